// What a peak teaches: how it went in numbers, and what to write next time. Functions of its course.
import { endsAt, startsAt } from "../../shared/control/index.ts";
import { type EpochMs, minuteMs } from "../../shared/core/index.ts";
import type { Peak, Policy } from "../../shared/policy/index.ts";
import type { CourseMinute } from "./course.ts";

export interface Totals {
  readonly baselinePerMinute: number;
  readonly expectedPerMinute: number;
  readonly highest: { readonly at: EpochMs; readonly perMinute: number } | "unknown";
  /** Minutes in which more came than those serving take on at 100 %. */
  readonly overloadedMinutes: number;
  /** Minutes in which more came than was planned. */
  readonly beyondPlanMinutes: number;
  /** Minutes in which another rule wanted more than the peak. */
  readonly reactionMinutes: number;
  /** Minutes of its hold for which it was let go early. */
  readonly releasedMinutes: number;
  readonly servingMost: number;
  readonly usd: number | "unknown";
}

export function totalsOf(policy: Policy, peak: Peak, course: readonly CourseMinute[], baseline: number): Totals {
  const during = course.filter(({ at }) => at >= startsAt(peak) && at < endsAt(peak));
  const known = during.filter((one): one is CourseMinute & { actual: number } => one.actual !== "unknown");
  const highest = known.reduce<(typeof known)[number] | undefined>(
    (best, next) => (best && best.actual >= next.actual ? best : next),
    undefined,
  );
  const count = (holds: (one: CourseMinute) => boolean): number => during.filter(holds).length;
  const inHold = ({ at }: CourseMinute): boolean => at >= peak.atMs && at < peak.atMs + peak.holdMs;
  const takes = policy.capacity.perInstancePerMinute;
  return {
    baselinePerMinute: baseline,
    expectedPerMinute: during.reduce((most, { planned }) => Math.max(most, planned), 0),
    highest: highest ? { at: highest.at, perMinute: highest.actual } : "unknown",
    overloadedMinutes: count(
      ({ actual, serving }) => actual !== "unknown" && serving !== "unknown" && actual > serving * takes,
    ),
    beyondPlanMinutes: count(({ actual, planned }) => actual !== "unknown" && actual > planned * 1.05),
    reactionMinutes: count(({ peak: said, by }) => said === "wants" && by !== "-" && by !== `peak ${peak.name}`),
    releasedMinutes: count((one) => inHold(one) && one.peak === "stands-aside"),
    servingMost: during.reduce((most, { serving }) => (serving === "unknown" ? most : Math.max(most, serving)), 0),
    usd: during.some(({ usdPerHour }) => usdPerHour === "unknown")
      ? "unknown"
      : during.reduce((sum, { usdPerHour }) => sum + (usdPerHour as number) / 60, 0),
  };
}

export type Lesson =
  | { readonly kind: "nothing-known" }
  /** What came does not stand out of the usual. */
  | { readonly kind: "nobody-came"; readonly perMinute: number }
  | {
      readonly kind: "write";
      readonly at: EpochMs;
      readonly expect: string;
      readonly rampMinutes: number;
      readonly holdMinutes: number;
      readonly releaseMinutes: number;
    };

/** A rise counts as begun at a tenth of itself, and as there at four fifths. */
const [beginsRatio, standsRatio] = [0.1, 0.8];
/** Less than this above the usual is no event. */
const riseRatioMin = 0.2;

export function lessonOf(peak: Peak, course: readonly CourseMinute[], baseline: number): Lesson {
  const known = course.filter((one): one is CourseMinute & { actual: number } => one.actual !== "unknown");
  if (known.length === 0) return { kind: "nothing-known" };
  const highest = known.reduce((most, { actual }) => Math.max(most, actual), 0);
  const rise = highest - baseline;
  if (rise < riseRatioMin * Math.max(1, baseline)) return { kind: "nobody-came", perMinute: highest };
  const stands = known.filter(({ actual }) => actual >= baseline + standsRatio * rise);
  const [first, last] = [stands[0]?.at as EpochMs, stands.at(-1)?.at as EpochMs];
  const isLow = ({ actual }: { readonly actual: number }): boolean => actual <= baseline + beginsRatio * rise;
  const lowBefore = known.findLast((one) => one.at < first && isLow(one))?.at ?? (known[0]?.at as EpochMs);
  const lowAfter = known.find((one) => one.at > last && isLow(one))?.at ?? (known.at(-1)?.at as EpochMs);
  return {
    kind: "write",
    at: first,
    expect: expectedAgain(peak, highest, baseline),
    rampMinutes: upTo(5, (first - lowBefore) / minuteMs),
    holdMinutes: upTo(5, (last - first) / minuteMs + 1),
    releaseMinutes: upTo(5, (lowAfter - last) / minuteMs),
  };
}

const upTo = (step: number, value: number): number => Math.ceil(value / step - 1e-9) * step;

/** As it was written, rounded up: a factor where one was. */
function expectedAgain({ expect }: Peak, highest: number, baseline: number): string {
  if (expect.kind === "factor" && baseline > 0)
    return `${(Math.ceil((highest / baseline) * 10 - 1e-9) / 10).toFixed(1)}x`;
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, highest))) - 1);
  return `${upTo(digits, highest)} requests/min`;
}
