// A fleet's minute behind HAProxy, out of two readings of sums that only grow.
import { type DurationMs, type EpochMs, minuteMs, minuteOf, ok, type Result } from "../shared/core/index.ts";
import { type Place, type RuntimeAt, ratesBetween, type Slot, slotsAt, targetsAmong } from "../shared/haproxy/index.ts";

export interface Counted {
  readonly at: EpochMs;
  /** Each node's. */
  readonly slots: readonly (readonly Slot[])[];
}
export interface CountMinute {
  readonly runtimeAt: RuntimeAt;
  readonly before: Counted | "none";
  now(): EpochMs;
}
interface Made {
  readonly reading: Counted;
  /** None without a reading to begin with: what is not known is not told, since a minute that is told without requests is one of none. */
  readonly minute: { readonly at: EpochMs; readonly metrics: Readonly<Record<string, number>> } | "none";
}

/** Between readings so far apart something was amiss: their mean would say nothing of the minute. */
const apartMaxMs: DurationMs = 5 * minuteMs;
/** Two of the clock's calls may come close together: a rate over a few seconds is chance. */
const apartMinMs: DurationMs = minuteMs / 3;

/** Error: a node does not answer, so that nobody knows the whole. */
export async function countMinute(
  place: Place,
  { runtimeAt, before, now }: CountMinute,
): Promise<Result<Made, string>> {
  const slots = await slotsAt(place, runtimeAt);
  if (slots.kind === "error") return slots;
  const reading = { at: now(), slots: slots.value };
  if (before === "none" || before.slots.length !== reading.slots.length) return ok({ reading, minute: "none" });
  const apartMs = reading.at - before.at;
  if (apartMs < apartMinMs) return ok({ reading: before, minute: "none" });
  if (apartMs > apartMaxMs) return ok({ reading, minute: "none" });
  return ok({ reading, minute: { at: minuteOf(reading.at) - minuteMs, metrics: metricsOf(before, reading) } });
}

function metricsOf(before: Counted, { at, slots }: Counted): Readonly<Record<string, number>> {
  const requests = slots.reduce(
    (sum, after, index) => sum + ratesBetween(before.slots[index] ?? [], after, at - before.at).perMinute,
    0,
  );
  const hosts = targetsAmong(slots).filter(({ state }) => state.kind === "healthy").length;
  return {
    Requests: Math.round(requests),
    HealthyHosts: hosts,
    ...(hosts === 0 ? {} : { RequestsPerTarget: requests / hosts }),
  };
}
