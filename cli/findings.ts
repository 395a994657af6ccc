// What a check found, a line each, and how many of each kind.
import type { Finding } from "../shared/core/index.ts";
import { colours } from "./output.ts";

export const lineOf = (finding: Finding): string => {
  const line = `  ${paint[finding.level](finding.level.padEnd(8))} ${finding.found}`;
  return finding.level === "ok" ? line : `${line} → ${finding.toDo}`;
};
const paint = { ok: colours.green, warning: colours.yellow, problem: colours.red };

export const summary = (all: readonly Finding[]): string =>
  (["problem", "warning", "ok"] as const)
    .map((level) => {
      const count = all.filter((finding) => finding.level === level).length;
      return `${count} ${level}${count === 1 || level === "ok" ? "" : "s"}`;
    })
    .join(", ");
