// What a check found, a line each, and how many of each kind.
import type { Finding } from "../shared/core/index.ts";
import { colours } from "./output.ts";

export const lineOf = (finding: Finding): string =>
  `  ${paint[finding.level](finding.level.padEnd(8))} ${told(finding)}`;

export const told = (finding: Finding): string =>
  "toDo" in finding ? `${finding.found} → ${finding.toDo}` : finding.found;

const paint = { ok: colours.green, note: colours.cyan, warning: colours.yellow, problem: colours.red };

export const summary = (all: readonly Finding[]): string =>
  (["problem", "warning", "note", "ok"] as const)
    .flatMap((level) => {
      const count = all.filter((finding) => finding.level === level).length;
      if (level === "note" && count === 0) return [];
      return [`${count} ${level}${count === 1 || level === "ok" ? "" : "s"}`];
    })
    .join(", ");
