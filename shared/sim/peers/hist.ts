// Hist: a histogram for each hour of the day. B. Urgaonkar et al., "Agile dynamic provisioning of multi-tier Internet
// applications", TAAS 2008, https://doi.org/10.1145/1342171.1342172.
import { type DurationMs, type EpochMs, minuteMs } from "../../core/index.ts";
import { currentTarget, leadTimeOf, type PastMemory, type Sizing, type Snapshot } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";
import { demandOf, neededAtTarget } from "./demand.ts";
import { aheadOf, highestForecast, hourAt, hourOf, learntPast, quantileOf, sameHours, withForecast } from "./past.ts";
import { gridOf, type Peer, settingOf } from "./peer.ts";
import { moved, sized, stays } from "./steps.ts";

const quantile = 0.9;
/** The mean error is that of so many hours. */
const errorHours = 3;

/** A Sizer: the forecasts of the hours that touch the window behind now and the lead time ahead. */
export const sizeByHist =
  (windowMs: DurationMs) =>
  (policy: Policy, snapshot: Snapshot): Sizing => {
    const { now, memory } = snapshot;
    const current = currentTarget(policy, snapshot);
    const until = now + aheadOf(leadTimeOf(policy, memory).p95Ms);
    const past = [hourOf(now), hourOf(until)].reduce(
      (made, hour) => withForecast(made, hour, () => ofHistogram(made, hour)),
      learntPast(snapshot),
    );
    const perMinute = highestForecast(past, now - windowMs, until);
    if (perMinute > 0) {
      const error = meanError(past, hourOf(now));
      const to = neededAtTarget(Math.max(0, perMinute - error), policy);
      return sized(
        policy,
        [moved({ from: current, to, says: "the hour's histogram", figures: { perMinute, error } })],
        past,
      );
    }
    const newest = demandOf(snapshot).at(-1);
    if (newest === undefined) return sized(policy, [stays(current, "no metric")], past);
    const to = neededAtTarget(newest.value, policy);
    return sized(policy, [moved({ from: current, to, says: "no day yet: the need", figures: {} })], past);
  };

/** The 0.9 quantile of the minutes of this hour of the day. */
function ofHistogram(past: PastMemory, hour: EpochMs): number | undefined {
  const points = sameHours(past, hour).flatMap(({ hour: before }) => before.points);
  return points.length === 0 ? undefined : quantileOf(points, quantile);
}

/** Forecast less what the hour's own 0.9 quantile then was, over the last whole hours that had both. */
function meanError(past: PastMemory, openHour: EpochMs): number {
  const errors = past.forecasts
    .filter(({ at }) => at < openHour && at !== past.open.at)
    .slice(-errorHours)
    .flatMap(({ at, value }) => {
      const hour = hourAt(past, at);
      return hour === undefined ? [] : [value - quantileOf(hour.points, quantile)];
    });
  return errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length);
}

export const hist: Peer = {
  kind: "research",
  about: "Hist (Urgaonkar et al.): 0.9 quantile of the hour of the day over 14 days, less the mean error of 3 hours",
  documented: settingOf(sizeByHist, { target: "of-policy", windowMs: 0 }),
  grid: gridOf(sizeByHist, 0, 60 * minuteMs),
};
