// A peak in a few words, for tables and answers.
import { endsAt, startsAt } from "../../shared/control/index.ts";
import type { EpochMs } from "../../shared/core/index.ts";
import type { Peak } from "../../shared/policy/index.ts";
import { minute } from "../../shared/preflight/index.ts";

export function expected({ expect }: Peak): string {
  switch (expect.kind) {
    case "factor":
      return `${expect.factor}x the usual`;
    case "absolute":
      return `${expect.perMinute} requests/min`;
    case "like":
      return `like ${minute(expect.fromMs)}, not read yet`;
    case "figures":
      return `like ${minute(expect.fromMs)}: up to ${Math.round(Math.max(...expect.perMinute))} requests/min`;
  }
}

export const sureness = ({ early }: Peak): string =>
  early.kind === "never"
    ? "certain"
    : `let go below ${Math.round(early.ratio * 100)}% for ${Math.round(early.afterMs / 60_000)}m`;

export function stateAt(peak: Peak, now: EpochMs): "ahead" | "on" | "over" {
  if (now >= endsAt(peak)) return "over";
  return now >= startsAt(peak) ? "on" : "ahead";
}

export const timesOf = (peak: Peak): string =>
  `climbs from ${minute(startsAt(peak))}, full ${minute(peak.atMs)} to ${minute(peak.atMs + peak.holdMs)}, down by ${minute(endsAt(peak))}`;
