// Why, in numbers: one arm for each thing that can be said of a wish or a step.
import type { DurationMs, EpochMs, Ratio } from "../../core/index.ts";
import type { Change } from "../../policy/index.ts";
import type { MetricName, PeakFinding } from "./snapshot.ts";

interface SubnetCount {
  readonly subnet: string;
  readonly count: number;
}

/** Why, in numbers. Sentences are made of it in explain/ and nowhere else. */
export type Reason =
  // proposals
  | {
      readonly kind: "demand";
      readonly perMinute: number;
      readonly at: EpochMs;
      readonly partial: "partial" | "settled";
      readonly perInstancePerMinute: number;
      readonly targetRatio: Ratio;
    }
  | {
      readonly kind: "utilization";
      readonly ratio: Ratio;
      readonly at: EpochMs;
      readonly servingCount: number;
      readonly targetRatio: Ratio;
    }
  /** The same of a reading in its metric's own unit. */
  | {
      readonly kind: "level";
      readonly value: number;
      readonly at: EpochMs;
      readonly servingCount: number;
      readonly level: number;
    }
  | {
      readonly kind: "total";
      readonly value: number;
      readonly at: EpochMs;
      readonly partial: "partial" | "settled";
      readonly perInstance: number;
    }
  | {
      readonly kind: "step-breached";
      readonly value: number;
      readonly side: "above" | "below";
      readonly threshold: number;
      readonly servingCount: number;
      readonly change: Change;
    }
  | { readonly kind: "step-quiet"; readonly value: number }
  | {
      readonly kind: "schedule-active";
      readonly startsAt: EpochMs;
      readonly endsAt: EpochMs;
      readonly leadMs: DurationMs;
    }
  | {
      readonly kind: "schedule-idle";
      readonly next: { readonly kind: "none" } | { readonly kind: "at"; readonly at: EpochMs };
    }
  | {
      readonly kind: "peak-active";
      readonly phase: "ramp" | "hold" | "release";
      readonly perMinute: number;
      readonly expectedPerMinute: number;
      readonly baselinePerMinute: number;
      readonly leadMs: DurationMs;
      readonly perInstancePerMinute: number;
      readonly targetRatio: Ratio;
    }
  | { readonly kind: "peak-idle"; readonly startsAt: EpochMs; readonly endsAt: EpochMs }
  /** The same, with a warning: as demand stands, it will want `count`, and there may be `most`. */
  | {
      readonly kind: "peak-beyond";
      readonly startsAt: EpochMs;
      readonly endsAt: EpochMs;
      readonly count: number;
      readonly most: number;
    }
  /** The same, with a warning: the day that it is to be like is not read yet. */
  | { readonly kind: "peak-unread"; readonly startsAt: EpochMs; readonly endsAt: EpochMs }
  /** Found in its way before it comes, and what to do about it. */
  | { readonly kind: "peak-finding"; readonly finding: PeakFinding }
  /** Released early: for `forMs` no minute has had more than `perMinute`. */
  | {
      readonly kind: "peak-unattended";
      readonly perMinute: number;
      readonly expectedPerMinute: number;
      readonly ratio: Ratio;
      readonly forMs: DurationMs;
    }
  | {
      readonly kind: "forecast";
      /** What counted: an order, not letting go, or the load that is there. */
      readonly by: "buy" | "keep" | "load";
      readonly perMinute: number;
      /** When it may be so high. */
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly level: Ratio;
      readonly perInstancePerMinute: number;
      readonly limitRatio: Ratio;
    }
  /** No forecast to go by: what was seen lately, and more. */
  | {
      readonly kind: "unforecast";
      readonly because: string;
      readonly perMinute: number;
      readonly marginRatio: Ratio;
      readonly perInstancePerMinute: number;
      readonly limitRatio: Ratio;
    }
  /** As full as they may be, while `metric` says that answers are late or refused. */
  | {
      readonly kind: "saturated";
      readonly metric: string;
      readonly perMinute: number;
      readonly moreRatio: Ratio;
      readonly servingCount: number;
    }
  | { readonly kind: "forecast-shadow"; readonly count: number; readonly reason: Reason }
  // stages
  | { readonly kind: "largest-wish"; readonly rule: string }
  | { readonly kind: "blind-hold"; readonly rules: readonly string[] }
  /** The largest wish asks for that many at least, and says nothing against more. */
  | { readonly kind: "floor-below"; readonly rule: string; readonly count: number }
  | { readonly kind: "no-wish"; readonly fallback: "hold" | "min" }
  | { readonly kind: "stable" }
  | {
      readonly kind: "recent-wish";
      readonly side: "above" | "below";
      readonly count: number;
      readonly at: EpochMs;
      readonly windowMs: DurationMs;
    }
  | { readonly kind: "within-velocity" }
  | {
      readonly kind: "velocity";
      readonly direction: "out" | "in";
      readonly base: number;
      readonly ratio: Ratio;
      readonly windowMs: DurationMs;
    }
  | { readonly kind: "nothing-ahead" }
  | {
      readonly kind: "needed-again";
      readonly rule: string;
      readonly count: number;
      readonly at: EpochMs;
      readonly bridgeMs: DurationMs;
    }
  | { readonly kind: "would-breach"; readonly rule: string; readonly ratio: Ratio; readonly limitRatio: Ratio }
  /** The same of a metric that is no ratio. */
  | {
      readonly kind: "would-pass";
      readonly rule: string;
      readonly metric: MetricName;
      readonly value: number;
      readonly limit: number;
    }
  | { readonly kind: "within-bounds" }
  | { readonly kind: "capped"; readonly max: number }
  | { readonly kind: "raised"; readonly min: number }
  | { readonly kind: "no-budget" }
  /** Dollars an hour of the number so far, against the limit. */
  | { readonly kind: "within-budget"; readonly usd: number }
  | { readonly kind: "near-budget"; readonly usd: number; readonly softUsd: number }
  | { readonly kind: "over-budget"; readonly usd: number; readonly hardUsd: number }
  | { readonly kind: "no-override" }
  | {
      readonly kind: "overridden";
      readonly id: string;
      readonly bound: "min" | "max";
      readonly count: number;
      readonly until: EpochMs;
      readonly by: string;
      readonly why: string;
    }
  | { readonly kind: "brakes-off" }
  | {
      readonly kind: "braked";
      readonly scope: "all-fleets" | "fleet";
      readonly since: EpochMs;
      readonly by: string;
      readonly why: string;
    }
  // what is replaced, and what is not
  /** Most are unhealthy: that is an outage, and new ones would be no better. */
  | { readonly kind: "outage"; readonly unhealthyCount: number; readonly servingCount: number }
  | { readonly kind: "noticed"; readonly interruptionCount: number; readonly rebalanceCount: number }
  | {
      readonly kind: "renewing";
      readonly templateVersion: string;
      readonly outdatedCount: number;
      readonly tooOldCount: number;
      readonly now:
        | { readonly kind: "waits"; readonly because: "hours" | "unwell" | "breaker" | "brake" }
        | { readonly kind: "replaces"; readonly count: number };
    }
  /** Settled instances of the subnets that have most and fewest; one is replaced from here to there. */
  | {
      readonly kind: "uneven";
      readonly fullest: SubnetCount;
      readonly emptiest: SubnetCount;
      readonly now:
        | { readonly kind: "waits"; readonly because: "hours" }
        | { readonly kind: "moves"; readonly instance: string };
    }
  /** Stopped instances that may be started, and those on their way there; dollars an hour of the former. */
  | {
      readonly kind: "reserve";
      readonly wantedCount: number;
      readonly keptCount: number;
      readonly fillingCount: number;
      readonly usdPerHour: number;
    }
  /** Launches of this version have failed in a row. */
  | {
      readonly kind: "breaker";
      readonly templateVersion: string;
      readonly failureCount: number;
      readonly instead:
        | { readonly kind: "last-good"; readonly templateVersion: string }
        | { readonly kind: "one-at"; readonly at: EpochMs };
    }
  | { readonly kind: "recovering"; readonly generation: number; readonly unfinishedCount: number }
  | { readonly kind: "frozen"; readonly violations: readonly string[] }
  // peers, in a comparison: which rule of theirs moved the number, and the figures it went by
  | { readonly kind: "peer-rule"; readonly says: string; readonly figures: Readonly<Record<string, number>> };
