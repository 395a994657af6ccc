// Peaks that are to be like a day: the load of its same hours, read once they are past, and kept beside the log.
import {
  type DurationMs,
  dayMs,
  type EpochMs,
  error,
  hourMs,
  minuteMs,
  minuteOf,
  ok,
  type Result,
} from "../core/index.ts";
import type { Point } from "../engine/index.ts";
import type { Expectation, Peak, Policy } from "../policy/index.ts";
import type { Span } from "./history.ts";
import type { Loads } from "./loads.ts";
import { peaksAt } from "./peaks.ts";

/** The port to where days are read, and what was read is kept. */
export interface Days {
  now(): EpochMs;
  /** Those added beside the policy's, and what was read for its own. */
  added(policy: Policy): Promise<readonly Peak[]>;
  /** As the log's own decisions saw it. */
  logged(policy: Policy, span: Span): Promise<Loads>;
  /** As it was measured, each minute as fine as is still known. Throws where it cannot be read. */
  measured(policy: Policy, span: Span): Promise<Loads>;
  keep(policy: Policy, read: Peak): Promise<void>;
}

export interface UnreadDay extends Unread {
  readonly peak: string;
}
interface Unread {
  /** Its hours are not over yet; or nobody knows them, now or later. */
  readonly kind: "ahead" | "unknown";
  readonly because: string;
}
export interface DaysRead {
  /** All that are not over, with what is known now. */
  readonly peaks: readonly Peak[];
  /** Names of those that were read just now. */
  readonly read: readonly string[];
  readonly unread: readonly UnreadDay[];
}

/** The days of a fleet's peaks that nobody has read yet. A day that cannot be read is tried again whenever this is. */
export async function readDays(days: Days, policy: Policy): Promise<DaysRead> {
  const added = await days.added(policy);
  const [peaks, read, unread]: [Peak[], string[], UnreadDay[]] = [[], [], []];
  for (const peak of peaksAt(policy, added, days.now())) {
    const figures = await figuresFor(days, policy, peak);
    if (figures.kind === "error") unread.push({ peak: peak.name, ...figures.error });
    if (figures.kind === "ok" && figures.value !== "known") {
      const known = { ...peak, expect: figures.value };
      await days.keep(policy, known);
      peaks.push(known);
      read.push(peak.name);
    } else peaks.push(peak);
  }
  return { peaks, read, unread };
}

/** The log has minutes for longer than CloudWatch does, and knows nothing from before the fleet was Tidegate's. */
async function figuresFor(
  days: Days,
  policy: Policy,
  { expect, holdMs }: Peak,
): Promise<Result<Figures | "known", Unread>> {
  if (expect.kind !== "like") return ok("known");
  const span = { from: expect.fromMs, to: expect.fromMs + holdMs };
  if (span.to > days.now())
    return error({ kind: "ahead", because: `the hours that it is to be like end at ${iso(span.to)}, still ahead` });
  const asked = { fromMs: expect.fromMs, holdMs };
  const logged = await days.logged(policy, span);
  const figures = figuresOf(logged, asked);
  if (figures.kind === "ok") return figures;
  const all = figuresOf(new Map([...(await days.measured(policy, span)), ...logged]), asked);
  return all.kind === "ok" ? all : error({ kind: "unknown", because: all.error });
}

type Figures = Extract<Expectation, { kind: "figures" }>;

/** The highest minute of each quarter of an hour; of each hour where it lasts longer than a day. */
export function figuresOf(
  loads: Loads,
  { fromMs, holdMs }: { readonly fromMs: EpochMs; readonly holdMs: DurationMs },
): Result<Figures, string> {
  const everyMs = holdMs > dayMs ? hourMs : hourMs / 4;
  const starts = Array.from({ length: Math.ceil(holdMs / everyMs) }, (_, index) => minuteOf(fromMs) + index * everyMs);
  const highest = starts.map((from) =>
    Math.max(...[...loads].flatMap(([at, value]) => (at >= from && at < from + everyMs ? [value] : []))),
  );
  const from = starts[highest.indexOf(Number.NEGATIVE_INFINITY)];
  if (from === undefined) return ok({ kind: "figures", fromMs, everyMs, perMinute: highest });
  return error(`no load is known of ${iso(from)} to ${iso(from + everyMs)}, which it is to be like`);
}

const iso = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 16)}Z`;

/** Sums of longer steps as minutes: each has its share, since nobody knows better. */
export const minutesOf = (sums: readonly Point[], stepMs: DurationMs): Loads =>
  new Map(
    sums.flatMap(({ at, value }) =>
      Array.from(
        { length: stepMs / minuteMs },
        (_, minute) => [at + minute * minuteMs, (value * minuteMs) / stepMs] as const,
      ),
    ),
  );

const finest: readonly { readonly upToMs: DurationMs; readonly stepMs: DurationMs }[] = [
  { upToMs: 15 * dayMs, stepMs: minuteMs },
  { upToMs: 63 * dayMs, stepMs: 5 * minuteMs },
  { upToMs: 455 * dayMs, stepMs: hourMs },
];

/** How fine CloudWatch still has what was `ageMs` ago. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html */
export const finestStep = (ageMs: DurationMs): DurationMs | "none" =>
  finest.find(({ upToMs }) => ageMs <= upToMs)?.stepMs ?? "none";
