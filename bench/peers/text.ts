// The tables as text: for a terminal, and as the document that is never written by hand.
import { headlineOf } from "./plan.ts";
import { tablesOf } from "./report.ts";
import type { Report, TableOf } from "./words.ts";

/** For standard output: the tables that are numbers. */
export const textOf = (report: Report): string =>
  tablesOf(report)
    .filter(({ heads }) => !heads.includes("rule"))
    .map((table) => `${table.title}\n${table.says}\n\n${aligned(table)}`)
    .join("\n\n");

function aligned({ heads, rows }: TableOf): string {
  const widths = widthsOf([heads, ...rows]);
  return [heads, ...rows]
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const widthsOf = (rows: readonly (readonly string[])[]): readonly number[] =>
  (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));

/** `docs/benchmark.md`. */
export function markdownOf(report: Report, command: string): string {
  const { given } = report;
  const opening = `# How well it scales

Written by \`${command}\`; not by hand.

[How it is measured](simulator.md#the-benchmark): one simulator, one plant, the same metrics at the same age for everybody. Tidegate's
own tick runs in it, and a peer's rule takes the place of its sizing. Headline: a boot of ${headlineOf(given)} s, ${given.seedCount} seed${given.seedCount === 1 ? "" : "s"}${given.depth === "pictured" ? ",\na quick run: the first week of each scored window, after a week to learn from" : ""}.
`;
  return `${[opening, ...tablesOf(report).map(section)].join("\n")}`;
}

function section({ title, says, heads, rows }: TableOf): string {
  const escaped = [heads, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = widthsOf(escaped).map((width) => Math.max(3, width));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = escaped;
  return [
    `## ${title}`,
    "",
    says,
    "",
    line(head),
    `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`,
    ...body.map(line),
    "",
  ].join("\n");
}
