// Keeps the README true: what its fenced blocks show under a `<!-- shows: … -->` is what the commands print. `npm run readme`
// writes them anew; with --check it only says whether they still are.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const readme = new URL("../README.md", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "tidegate-readme-"));
const log = join(folder, "log");

const tidegate = (...args) =>
  execFileSync(process.execPath, ["cli/bin.mjs", ...args], {
    cwd: new URL("..", import.meta.url),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });

/** Blocks by what stands in their comment. */
function shown() {
  const start = tidegate("start", "--folder", log);
  const [, id] = /explain (\S+) --local/.exec(start) ?? [];
  const explain = tidegate("explain", id, "--local", log);
  return {
    "npm start": start.slice(0, start.indexOf("\nNext:")),
    explain: `$ npx tidegate explain ${id} --local\n${explain}`,
  };
}

function rewritten(text, blocks) {
  return text.replace(/(<!-- shows: (.+?) -->\n```\n)[\s\S]*?(```\n)/g, (_, opens, name, closes) => {
    if (!(name in blocks)) throw new Error(`the README shows ${name}, which nothing here prints`);
    return `${opens}${blocks[name].trim()}\n${closes}`;
  });
}

try {
  const text = readFileSync(readme, "utf8");
  const now = rewritten(text, shown());
  if (!process.argv.includes("--check")) writeFileSync(readme, now);
  else if (now !== text) throw new Error("the README shows what is no longer printed: run `npm run readme`");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
