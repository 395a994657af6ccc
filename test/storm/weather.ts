// What goes wrong when, and how badly: for each kind of fault a few spells, drawn from the seed. Then calm.
import { type EpochMs, hourMs, minuteMs, type Ratio } from "../../shared/core/index.ts";
import { type Draw, perInstancePerMinute } from "./policy.ts";

export const faultKinds = [
  "no-capacity",
  "slow-boots",
  "failing-boots",
  "metric-gaps",
  "stale-reads",
  "late-visibility",
  "throttled",
  "denied",
  "server-errors",
  "lost-answers",
  "table-trouble",
  "crashes",
  "pauses",
  "races",
  "lost-looks",
  "sick-instances",
  "killed-instances",
  "foreign-drains",
  "warm-trouble",
  "spot-notices",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Weather {
  readonly startsAt: EpochMs;
  readonly calmFrom: EpochMs;
  readonly endsAt: EpochMs;
  /** How hard a kind of fault blows: 0 not at all, 1 as hard as it ever does. */
  force(kind: FaultKind, at: EpochMs): Ratio;
  /** Requests in the minute that begins at `at`. */
  load(at: EpochMs): number;
}

interface Spell {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly force: Ratio;
}

/** Midnight of a Monday. */
const startsAt = Date.UTC(2026, 2, 2);
const ragesMs = hourMs;
/** What a fleet may take to come to rest: a boot given up, a slow scale-in, and then some. */
export const settlesMs = 55 * minuteMs;
/** After that it has to stay silent. */
export const silentMs = 15 * minuteMs;

export function drawWeather(draw: Draw): Weather {
  const calmFrom = startsAt + ragesMs;
  const spells = new Map(faultKinds.map((kind) => [kind, drawSpells(draw.fork(kind))]));
  return {
    startsAt,
    calmFrom,
    endsAt: calmFrom + settlesMs + silentMs,
    force: (kind, at) =>
      at >= calmFrom
        ? 0
        : Math.max(
            0,
            ...(spells.get(kind) ?? []).filter(({ from, to }) => from <= at && at < to).map((one) => one.force),
          ),
    load: drawLoad(draw.fork("load"), calmFrom),
  };
}

/** Half of all kinds stay away, so that storms differ; in the others a spell may begin at once, or last to the end. */
function drawSpells(draw: Draw): readonly Spell[] {
  if (draw.chance(0.5)) return [];
  return Array.from({ length: draw.whole(1, 3) }, () => {
    const from = startsAt + draw.between(-10 * minuteMs, ragesMs);
    return { from, to: from + draw.between(2, 30) * minuteMs, force: draw.between(0.05, 1) };
  });
}

/** A level that jumps, with crowds and silences; the last level stays when all is calm. */
function drawLoad(draw: Draw, calmFrom: EpochMs): (at: EpochMs) => number {
  const levels = Array.from({ length: draw.whole(1, 6) }, () => ({
    from: startsAt + draw.between(0, ragesMs),
    perMinute: draw.chance(0.1) ? 0 : draw.between(0.2, 22) * perInstancePerMinute,
  })).sort((a, b) => a.from - b.from);
  const noise = draw.between(0, 0.15);
  const swings = Array.from({ length: ragesMs / minuteMs }, () => 1 + noise * (2 * draw.between(0, 1) - 1));
  return (at) => {
    const level = levels.findLast(({ from }) => from <= Math.max(at, levels[0]?.from ?? 0))?.perMinute ?? 0;
    const swing = at >= calmFrom ? 1 : (swings[Math.max(0, Math.floor((at - startsAt) / minuteMs))] ?? 1);
    return Math.round(level * swing);
  };
}
