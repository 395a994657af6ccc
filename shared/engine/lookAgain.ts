// When to look again: each minute while something moves or a ramp climbs, in time for what is announced, else at the heartbeat.
import { minuteMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import { targetOf } from "./current.ts";
import { leadTimeOf } from "./leadTime.ts";
import { mayOutgrow } from "./rules/forecast.ts";
import { nextStart } from "./rules/occurrences.ts";
import { isClimbing, spanOf } from "./rules/peak.ts";
import type { Decision, Reason, Sizing, Snapshot } from "./types.ts";

/** What a calm fleet is looked at all the same; alarms cut the wait short. */
export const heartbeatMs = 5 * minuteMs;

type LookAgain = Decision["lookAgain"];

export function lookAgain(policy: Policy, snapshot: Snapshot, given: { sizing: Sizing; calm: boolean }): LookAgain {
  const { now } = snapshot;
  if (!given.calm) return { at: now + minuteMs, because: "moving" };
  if (isWaiting(given.sizing)) return { at: now + minuteMs, because: "wish-waiting" };
  const lead = leadTimeOf(policy, snapshot.memory);
  const leadMs = lead.p95Ms;
  const schedules = policy.rules.flatMap((rule) => (rule.kind === "schedule" ? [nextStart(rule, now + leadMs)] : []));
  const peaks = snapshot.peaks.map((peak) =>
    isClimbing(peak, now, leadMs) ? now + minuteMs : spanOf(peak)[0] - leadMs - minuteMs,
  );
  const ahead: LookAgain[] = [
    ...schedules.map(
      (at): LookAgain => ({ at: at === "never" ? Number.MAX_SAFE_INTEGER : at - leadMs, because: "schedule-ahead" }),
    ),
    ...peaks.map((at): LookAgain => ({ at, because: "peak-ahead" })),
  ];
  if (mayOutgrow({ policy, snapshot, lead }, targetOf(given.sizing.steps)))
    ahead.push({ at: now + minuteMs, because: "forecast-ahead" });
  const heartbeat: LookAgain = { at: now + heartbeatMs, because: "heartbeat" };
  return ahead
    .filter(({ at }) => at > now)
    .reduce((soonest, next) => (next.at < soonest.at ? next : soonest), heartbeat);
}

/** A stage kept the number from where the rules wanted it: the next minute may let it go, unless a bound holds it anyway. */
export const isWaiting = ({ steps }: Sizing): boolean =>
  steps.some(({ reason: { kind } }) => held.has(kind)) && !steps.some(({ reason: { kind } }) => bounding.has(kind));

const bounding: ReadonlySet<Reason["kind"]> = new Set(["capped", "raised", "over-budget", "overridden"]);
const held: ReadonlySet<Reason["kind"]> = new Set(["recent-wish", "velocity", "needed-again", "would-breach"]);
