// How fast a fleet may change, and what it may come to.
import type { DurationMs, Ratio } from "../core/index.ts";

export interface Limits {
  readonly scaleOut: Velocity;
  readonly scaleIn: Velocity;
  readonly budget: Budget;
  /** Replacements may stand beside what they replace: so many more than the target, at least one, `bounds.max` or not. */
  readonly surgeRatio: Ratio;
}

/** What the fleet may cost, in dollars an hour. */
export type Budget =
  | { readonly kind: "none" }
  | {
      readonly kind: "hourly";
      /** Beyond it a decision warns. */
      readonly softUsd: number | "none";
      /** Beyond it no target goes, the minimum aside. */
      readonly hardUsd: number | "none";
      /** One instance, of the dearest of the fleet's types. */
      readonly onDemandUsd: number;
      readonly spotUsd: number;
    };

/** At most `ratio` of max(current, min) in any `windowMs`. */
export interface Velocity {
  readonly ratio: Ratio;
  readonly windowMs: DurationMs;
}
