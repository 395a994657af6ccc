// The seasonal naive forecast: it will be as it was a period ago. The first thing that any better forecast must beat.
import { type DurationMs, dayMs, minuteMs } from "../../core/index.ts";
import { currentTarget, leadTimeOf, type Sizing, type Snapshot } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";
import { demandOf, neededAtTarget } from "./demand.ts";
import { aheadOf, learntPast, pointsBetween } from "./past.ts";
import { gridOf, type Peer, type Rule, settingOf } from "./peer.ts";
import { moved, sized, stays } from "./steps.ts";

/** A Sizer: the highest minute a period ago, from the window behind to the lead time ahead; the need while it knows none. */
export const sizeBySeason =
  (periodMs: DurationMs): Rule =>
  (windowMs) =>
  (policy: Policy, snapshot: Snapshot): Sizing => {
    const { now, memory } = snapshot;
    const current = currentTarget(policy, snapshot);
    const past = learntPast(snapshot);
    const then = now - periodMs;
    const points = pointsBetween(past, then - windowMs, then + aheadOf(leadTimeOf(policy, memory).p95Ms));
    const newest = demandOf(snapshot).at(-1);
    if (points.length === 0 && newest === undefined) return sized(policy, [stays(current, "no metric")], past);
    const perMinute = points.reduce((most, { value }) => Math.max(most, value), 0);
    const [says, load] =
      points.length > 0 ? ["as a period ago", perMinute] : ["no period yet: the need", newest?.value ?? 0];
    return sized(
      policy,
      [moved({ from: current, to: neededAtTarget(load, policy), says, figures: { "a minute": load } })],
      past,
    );
  };

const seasonalNaive = (about: string, periodMs: DurationMs): Peer => ({
  kind: "yardstick",
  about,
  documented: settingOf(sizeBySeason(periodMs), { target: "of-policy", windowMs: 0 }),
  grid: gridOf(sizeBySeason(periodMs), 0, 60 * minuteMs),
});

export const seasonalNaiveDay = seasonalNaive("Seasonal naive: the load of a day ago, a lead time ahead", dayMs);
export const seasonalNaiveWeek = seasonalNaive("Seasonal naive: the load of a week ago, a lead time ahead", 7 * dayMs);
