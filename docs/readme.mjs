// Keeps the docs true: what stands under a `<!-- shows: … -->` is what the commands print. `npm run readme` writes it anew; with
// --check it only says whether it still is.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const isCheck = process.argv.includes("--check");
const folder = mkdtempSync(join(tmpdir(), "tidegate-readme-"));
const log = join(folder, "log");

const tidegate = (...args) =>
  execFileSync(process.execPath, ["cli/bin.mjs", ...args], {
    cwd: new URL("..", import.meta.url),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });

const fenced = (text) => `\`\`\`\n${text.trim()}\n\`\`\`\n`;

/** What each file shows, by what stands in its comments. */
const shown = {
  "README.md": () => {
    const start = tidegate("start", "--folder", log);
    const [, id] = /explain (\S+) --local/.exec(start) ?? [];
    return {
      "npm start": fenced(start.slice(0, start.indexOf("\nNext:"))),
      explain: fenced(`$ npx tidegate explain ${id} --local\n${tidegate("explain", id, "--local", log)}`),
    };
  },
  "docs/costs.md": (text) => ({
    "cost --fleets 100": fenced(tidegate("cost", "--fleets", "100")),
    "four sizes": sizesTable(text),
  }),
};

/** Ten thousand take minutes: a check takes their row as it stands. */
const slowest = "10,000";

function sizesTable(text) {
  const standing = text.split("\n").find((line) => line.startsWith(`| ${slowest} `));
  const rows = ["1", "100", "1,000", slowest].map((size) =>
    size === slowest && isCheck
      ? cellsIn(standing)
      : [size, ...sizeRow(JSON.parse(tidegate("cost", "--json", "--fleets", size.replace(",", ""))))],
  );
  return tableOf(
    [
      "fleets",
      "other calls a minute, calm",
      "USD a month, calm",
      "busy",
      "a calm look ends after, at most",
      "in a ramp of a fifth: launched within the minute",
      "the neediest tenth, median",
      "the least needy, median",
      "to be raised",
    ],
    rows,
  );
}

const cellsIn = (row) =>
  row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

const usd = (bill) => bill.reduce((sum, line) => sum + line.usd, 0).toFixed(2);
const seconds = (ms) => (ms === "never" ? ms : `${(ms / 1000).toFixed(1)} s`);
const sizeRow = ({ calm, busy, waits, ramp, limits }) => [
  calm.otherCallsPerMinute.toFixed(2),
  usd(calm.bill),
  usd(busy.bill),
  seconds(waits.ended.longest),
  `${(100 * ramp.withinMinuteRatio).toFixed(0)} % of ${ramp.fleetCount}`,
  seconds(ramp.neediest.median),
  seconds(ramp.leastNeedy.median),
  limits
    .filter(({ raiseTo }) => raiseTo !== "nothing")
    .map(({ limit, raiseTo }) => `${limit}: ${raiseTo}`)
    .join("; ") || "nothing",
];

/** As the formatter aligns it. */
function tableOf(heads, rows) {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [line(heads), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)]
    .map((one) => `${one}\n`)
    .join("");
}

/** A block runs to the end of its fence, a table to the empty line behind it. */
function rewritten(text, blocks) {
  return text.replace(/(<!-- shows: (.+?) -->\n+)(```\n[\s\S]*?```\n|(?:\|.*\n)*)/g, (_, opens, name) => {
    if (!(name in blocks)) throw new Error(`it shows ${name}, which nothing here prints`);
    return `${opens}${blocks[name]}`;
  });
}

try {
  for (const [name, blocksOf] of Object.entries(shown)) {
    const file = new URL(`../${name}`, import.meta.url);
    const text = readFileSync(file, "utf8");
    const now = rewritten(text, blocksOf(text));
    if (!isCheck) writeFileSync(file, now);
    else if (now !== text) throw new Error(`${name} shows what is no longer printed: run \`npm run readme\``);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
