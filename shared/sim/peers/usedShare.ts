// What CloudWatch's alarms of a scaling policy read: the average utilisation of those in service, minute by minute.
import { type DurationMs, minuteMs } from "../../core/index.ts";
import type { Point, Snapshot, UsedShare } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";

/** An alarm without a point for this long has insufficient data. */
const staleMs: DurationMs = 5 * minuteMs;

/** The newest points without a gap, ascending, at most `pointCount`: a missing one breaks an alarm's row. */
export function readingsOf(policy: Policy, snapshot: Snapshot, pointCount: number): readonly UsedShare[] {
  const before = rememberedReadings(snapshot);
  const newest = before.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const all = [...before, ...visible(policy, snapshot, newest)].slice(-pointCount);
  return newestRun(all);
}

function rememberedReadings({ memory: { sizing } }: Snapshot): readonly UsedShare[] {
  return sizing.kind === "readings" || sizing.kind === "past" ? sizing.readings : [];
}

/** Those after `after`. A minute without hosts in service has no average. */
function visible({ capacity }: Policy, { signals }: Snapshot, after: number): readonly UsedShare[] {
  const { requests } = signals;
  const hosts = signals["healthy-hosts"];
  if (requests?.kind !== "known" || hosts?.kind !== "known") return [];
  return requests.points.flatMap(({ at, value }: Point) => {
    if (at <= after) return [];
    const inServiceCount = hosts.points.findLast((point) => point.at === at)?.value ?? 0;
    if (inServiceCount === 0) return [];
    return [{ at, ratio: value / (inServiceCount * capacity.perInstancePerMinute), inServiceCount }];
  });
}

function newestRun(readings: readonly UsedShare[]): readonly UsedShare[] {
  const breakAt = readings.findLastIndex(
    ({ at }, index) => index > 0 && at - (readings[index - 1] as UsedShare).at !== minuteMs,
  );
  return breakAt === -1 ? readings : readings.slice(breakAt);
}

export type Newest =
  | { readonly kind: "insufficient-data" }
  | { readonly kind: "read"; readonly newest: UsedShare; readonly out: readonly UsedShare[] };

/** The newest point and the last `outPoints` of them, if there are so many and they are recent. */
export function newestOf(readings: readonly UsedShare[], { now }: Snapshot, outPoints: number): Newest {
  const out = readings.slice(-outPoints);
  const newest = out.at(-1);
  return newest === undefined || out.length < outPoints || now - newest.at > staleMs
    ? { kind: "insufficient-data" }
    : { kind: "read", newest, out };
}

/** The last `count` of them when all are so; none when there are fewer. */
export const allOf = (readings: readonly UsedShare[], count: number, holds: (ratio: number) => boolean): boolean =>
  readings.length >= count && readings.slice(-count).every(({ ratio }) => holds(ratio));
