// AWS predictive scaling beside target tracking. Its model is not disclosed; the proxy declared here stands in for it.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/predictive-scaling-policy-overview.html
import { type DurationMs, type EpochMs, minuteMs, secondMs } from "../../core/index.ts";
import type { PastMemory, Sizing, Snapshot, Step } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";
import { neededAtTarget } from "./demand.ts";
import { highestForecast, hourOf, learntPast, meanOf, sameHours, withForecast } from "./past.ts";
import { gridOf, type Peer, settingOf } from "./peer.ts";
import { moved, sized, stays } from "./steps.ts";
import { documentedInMs, pointsOf, trackTarget } from "./targetTracking.ts";
import { readingsOf } from "./usedShare.ts";

/** The documented default buffer by which instances are launched ahead of the hour. */
const earlyMs: DurationMs = 300 * secondMs;
/** The same weekday counts so many times in the mean. */
const weekdayWeight = 3;

/** A Sizer. The forecast's vote for its hour forbids less; more is target tracking's to ask for. */
export const sizeByPredictive =
  (inMs: DurationMs) =>
  (policy: Policy, snapshot: Snapshot): Sizing => {
    const { now } = snapshot;
    const learnt = learntPast(snapshot);
    const past = [hourOf(now), hourOf(now + earlyMs)].reduce(
      (made, hour) => withForecast(made, hour, () => weightedMean(made, hour)),
      learnt,
    );
    const readings = readingsOf(policy, snapshot, pointsOf(inMs));
    const tracked = trackTarget(policy, snapshot, { readings, inMs });
    const perMinute = highestForecast(past, now, now + earlyMs);
    return sized(policy, [tracked, raised(tracked.to, perMinute, policy)], { ...past, readings });
  };

function raised(from: number, perMinute: number, policy: Policy): Step {
  const forecast = neededAtTarget(perMinute, policy);
  return forecast > from
    ? moved({ from, to: forecast, says: "the hour's forecast", figures: { "a minute": perMinute } })
    : stays(from, "the hour's forecast asks for no more", { "a minute": perMinute });
}

/** Of the same hour's means over fourteen days; none before a day has passed. */
function weightedMean(past: PastMemory, hour: EpochMs): number | undefined {
  const sums = { value: 0, weight: 0 };
  for (const { hour: before, days } of sameHours(past, hour)) {
    const weight = days % 7 === 0 ? weekdayWeight : 1;
    sums.value += weight * meanOf(before.points);
    sums.weight += weight;
  }
  return sums.weight === 0 ? undefined : sums.value / sums.weight;
}

export const predictive: Peer = {
  kind: "product",
  about:
    "AWS predictive scaling and target tracking. Proxy: the hour's forecast is the mean of that hour over 14 days, the same " +
    "weekday three times, raised to 5 min ahead and kept as the hour's floor",
  documented: settingOf(sizeByPredictive, { target: "of-policy", windowMs: documentedInMs }),
  grid: gridOf(sizeByPredictive, documentedInMs, 60 * minuteMs),
};
