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
  "docs/costs.md": (text) => {
    const one = report("1");
    const many = isCheck ? "as it stands" : report(slowest);
    return {
      "cost --fleets 100": fenced(tidegate("cost", "--fleets", "100")),
      "four sizes": sizesTable(text, { one, many }),
      prices: pricesTable(one),
      "raised for ten thousand": many === "as it stands" ? many : raisedList(many),
    };
  },
};

/** Ten thousand take minutes: a check takes what is said of them as it stands. */
const slowest = "10,000";

const report = (size) => JSON.parse(tidegate("cost", "--json", "--fleets", size.replace(",", "")));

function sizesTable(text, { one, many }) {
  const standing = text.split("\n").find((line) => line.startsWith(`| ${slowest} `));
  const rows = [["1", ...sizeRow(one)], ...["100", "1,000"].map((size) => [size, ...sizeRow(report(size))])];
  const last = many === "as it stands" ? cellsIn(standing) : [slowest, ...sizeRow(many)];
  return tableOf(sizeHeads, [...rows, last]);
}

const sizeHeads = [
  "fleets",
  "calls a minute, calm",
  "USD a month, calm",
  "busy",
  "Lambda ms a minute, calm and busy",
  "DynamoDB units a minute",
  "a calm look ends within",
  "a ramp of",
  "launched within the minute",
  "the neediest tenth after",
  "the least needy after",
];

const raisedList = ({ limits }) =>
  limits
    .filter(({ raiseTo }) => raiseTo !== "nothing")
    .map(({ limit, is, raiseTo }) => `- ${limit}: ${is} → ${raiseTo}\n`)
    .join("");

const cellsIn = (row) =>
  row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

const usd = (bill) => bill.reduce((sum, line) => sum + line.usd, 0).toFixed(2);
const seconds = (ms) => (ms === "never" ? ms : `${(ms / 1000).toFixed(1)} s`);
const perMinute = ({ usage }, ...keys) => (keys.reduce((sum, key) => sum + usage[key], 0) / 60).toFixed(1);
const pricesTable = ({ prices }) =>
  tableOf(
    ["what", `USD, ${prices.of}`],
    Object.entries(prices.usd).map(([what, usd]) => [
      what.replaceAll(/(?=[A-Z])/g, " ").toLowerCase(),
      Number(usd.toPrecision(6)).toString(),
    ]),
  );

const sizeRow = ({ calm, busy, waits, ramp }) => [
  calm.otherCallsPerMinute.toFixed(2),
  usd(calm.bill),
  usd(busy.bill),
  `${perMinute(calm, "lambda ms")}, ${perMinute(busy, "lambda ms")}`,
  `${perMinute(calm, "read units", "write units")}, ${perMinute(busy, "read units", "write units")}`,
  seconds(waits.ended.longest),
  `${ramp.fleetCount}`,
  `${(100 * ramp.withinMinuteRatio).toFixed(0)} %`,
  seconds(ramp.neediest.median),
  seconds(ramp.leastNeedy.median),
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

/** What stands under a comment: a fenced block, a table or a list. */
const block = /(<!-- shows: (.+?) -->\n+)(```\n[\s\S]*?```\n|(?:\|.*\n)+|(?:- .*\n)+)/g;

function rewritten(text, blocks) {
  return text.replace(block, (_, opens, name, stands) => {
    if (!(name in blocks)) throw new Error(`it shows ${name}, which nothing here prints`);
    return `${opens}${blocks[name] === "as it stands" ? stands : blocks[name]}`;
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
