// A peer is somebody else's rule in the place of our sizing, re-made from its public description. It is run as it is documented,
// and on a published grid of at most eight settings of the same two knobs: how full it runs a fleet, how long it waits to shrink.
import { type DurationMs, minuteMs, type Ratio } from "../../core/index.ts";
import type { Sizer } from "../../engine/index.ts";

export interface Peer {
  /** Sold as a service, published as a rule, or nobody's: there to measure the others by. */
  readonly kind: "product" | "research" | "yardstick";
  /** Whose rule it is, in a line of a table, and what was assumed where its description is silent. */
  readonly about: string;
  readonly documented: Setting;
  /** At most eight: tuning picks one of them by the time before what is scored. */
  readonly grid: readonly Setting[];
}

export interface Setting {
  /** `55 %, 15 min`. */
  readonly label: string;
  readonly size: Sizer;
}

export interface Knobs {
  /** The share of an instance's capacity that is aimed at; its policy's where the peer documents none. */
  readonly target: Ratio | "of-policy";
  readonly windowMs: DurationMs;
}

/** A peer's rule for a scale-in window; its target is the policy's. */
export type Rule = (windowMs: DurationMs) => Sizer;

export function settingOf(rule: Rule, { target, windowMs }: Knobs): Setting {
  const size = rule(windowMs);
  const waits = `${windowMs / minuteMs} min`;
  if (target === "of-policy") return { label: `the policy's target, ${waits}`, size };
  const label = `${Math.round(100 * target)} %, ${waits}`;
  return { label, size: (policy, snapshot) => size(aimedAt(policy, target), snapshot) };
}

const aimedAt = (policy: Parameters<Sizer>[0], targetRatio: Ratio): Parameters<Sizer>[0] => ({
  ...policy,
  capacity: { ...policy.capacity, targetRatio },
});

/** From close to the objective's edge to a fleet four fifths idle: bursts within the boot are served by nothing else. */
const targets: readonly Ratio[] = [0.7, 0.55, 0.35, 0.18];

/** Every target with each of two windows. */
export const gridOf = (rule: Rule, ...windows: readonly [DurationMs, DurationMs]): readonly Setting[] =>
  targets.flatMap((target) => windows.map((windowMs) => settingOf(rule, { target, windowMs })));
