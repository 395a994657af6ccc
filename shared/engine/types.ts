// The nouns of a decision. All of it is plain JSON: what is stored is what was decided upon, and replays to the byte.
import type { DurationMs, EpochMs, Ratio } from "../core/index.ts";
import type { Change, MissingChoice, RuleMetric } from "../policy/index.ts";

/** All the engine may know at one instant. It never contains what woke the evaluator. */
export interface Snapshot {
  readonly now: EpochMs;
  readonly fleet: string;
  /** When this fleet's log began; part of every client token, so that a log begun anew never meets old tokens. */
  readonly birth: EpochMs;
  readonly instances: InstancesView;
  readonly signals: Readonly<Partial<Record<MetricName, Signal>>>;
  readonly overrides: readonly Override[];
  readonly memory: Memory;
  readonly previous: Previous;
}

export type InstancesView =
  | {
      readonly kind: "seen";
      readonly instances: readonly Instance[];
      /** How long the load balancer keeps a target `draining`. */
      readonly deregistrationDelayMs: DurationMs;
    }
  | { readonly kind: "missing"; readonly because: string };

/** One EC2 instance that carries the fleet's tag and is not terminated, with what the load balancer says of it. */
export interface Instance {
  readonly id: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly purchase: "on-demand" | "spot";
  readonly launchedAt: EpochMs;
  /** The launch action that asked for it, from its tag; "" when it carries none. */
  readonly launchedBy: string;
  readonly state: "pending" | "running" | "stopping" | "stopped" | "shutting-down";
  readonly target: TargetState;
  readonly warm: WarmState;
}
export type TargetState =
  | { readonly kind: "unregistered" }
  | { readonly kind: "initial" }
  | { readonly kind: "healthy" }
  | { readonly kind: "unhealthy"; readonly because: string }
  | { readonly kind: "draining" };
export type WarmState =
  | { readonly kind: "not-started" }
  | { readonly kind: "started"; readonly at: EpochMs }
  | { readonly kind: "done"; readonly at: EpochMs }
  | { readonly kind: "failed"; readonly at: EpochMs; readonly because: string };

export type MetricName = RuleMetric | "healthy-hosts";

/** `points` ascend; `at` is the start of the minute the value covers. Points under two minutes old may be partial. */
export type Signal =
  | { readonly kind: "known"; readonly points: readonly Point[] }
  | { readonly kind: "missing"; readonly because: string };
export interface Point {
  readonly at: EpochMs;
  readonly value: number;
}

/** A manual bound that ends by itself. `min` 0 and `max` MAX_COUNT leave that side alone. */
export interface Override {
  readonly id: string;
  readonly min: number;
  readonly max: number;
  readonly until: EpochMs;
  readonly by: string;
  readonly reason: string;
}

/** The newest row of the log, as far as the engine needs it. */
export type Previous =
  | { readonly kind: "none" }
  | {
      readonly kind: "row";
      readonly generation: number;
      readonly at: EpochMs;
      readonly actBy: EpochMs;
      readonly actions: readonly Action[];
      /** Fewer outcomes than actions: the evaluator died, or never learned how a call ended. */
      readonly outcomes: readonly Outcome[];
    };

/** What the engine asks to be told next time. */
export interface Memory {
  readonly target: { readonly kind: "none" } | { readonly kind: "set"; readonly count: number };
  readonly sizing: SizingMemory;
  /** Instances on their way to serving, seen or not yet. */
  readonly launching: readonly LaunchingInstance[];
  /** Instances taken out of the load balancer and not yet gone. */
  readonly draining: readonly { readonly id: string; readonly since: EpochMs }[];
  /** Since when an instance has been seen unhealthy. */
  readonly unhealthy: readonly { readonly id: string; readonly since: EpochMs }[];
  /** The newest measured launches, oldest first. */
  readonly launches: readonly MeasuredLaunch[];
}
export interface LaunchingInstance {
  readonly id: string;
  readonly requestedAt: EpochMs;
  readonly marks: readonly {
    readonly kind: "seen" | "running" | "warm-started" | "warm-refused" | "warmed" | "taken-back";
    readonly at: EpochMs;
  }[];
}
/** Request → running → healthy (warm-up included), each from the request. */
export interface MeasuredLaunch {
  readonly at: EpochMs;
  readonly runningMs: DurationMs;
  readonly servingMs: DurationMs;
}
export interface LeadTime {
  readonly p50Ms: DurationMs;
  readonly p95Ms: DurationMs;
  /** How many launches it was measured on; 0 means the policy's assumption. */
  readonly launchCount: number;
}

/** What a way of sizing wants to remember. A Sizer that needs more adds an arm. */
export type SizingMemory =
  | { readonly kind: "none" }
  | {
      readonly kind: "rules";
      /** Combined wishes inside the stabilisation windows, ascending. */
      readonly wishes: readonly Count[];
      /** Targets inside the velocity windows, ascending. */
      readonly targets: readonly Count[];
      /** Demand when a peak's ramp began, before the peak itself could swell it. */
      readonly peakBaselines: readonly { readonly name: string; readonly perMinute: number }[];
      /** The target when a rule went blind, so that a fallback built on it does not feed on itself. */
      readonly blindBases: readonly { readonly rule: string; readonly count: number }[];
    };
export interface Count {
  readonly at: EpochMs;
  readonly count: number;
}

/** How many, and why. The target is the last step's `to` and stands nowhere else. */
export interface Sizing {
  readonly proposals: readonly Proposal[];
  readonly steps: readonly Step[];
  readonly memory: SizingMemory;
}

export type Proposal =
  | { readonly kind: "wants"; readonly rule: string; readonly count: number; readonly reason: Reason }
  | { readonly kind: "stands-aside"; readonly rule: string; readonly reason: Reason }
  | {
      readonly kind: "blind";
      readonly rule: string;
      readonly metric: MetricName;
      readonly because: string;
      readonly choice: MissingChoice;
    };

export type StageName =
  | "combine"
  | "stabilise"
  | "limit"
  | "anticipate"
  | "bound"
  | "override"
  | "recover"
  | "refuse"
  | "scale-out"
  | "scale-in";

/** A stage moved the number from `from` to `to`, or left it, because. */
export interface Step {
  readonly stage: StageName;
  readonly from: number;
  readonly to: number;
  readonly reason: Reason;
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
  | { readonly kind: "within-bounds" }
  | { readonly kind: "capped"; readonly max: number }
  | { readonly kind: "raised"; readonly min: number }
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
  | { readonly kind: "recovering"; readonly generation: number; readonly unfinishedCount: number }
  | { readonly kind: "frozen"; readonly violations: readonly string[] }
  // peers
  | {
      readonly kind: "alarm-high";
      readonly ratio: Ratio;
      readonly targetRatio: Ratio;
      readonly pointCount: number;
      readonly inServiceCount: number;
    }
  | { readonly kind: "alarm-low"; readonly ratio: Ratio; readonly thresholdRatio: Ratio; readonly pointCount: number }
  | { readonly kind: "alarm-quiet"; readonly pointCount: number }
  | { readonly kind: "alarm-insufficient-data" }
  | { readonly kind: "scale-in-blocked"; readonly warmingCount: number };

/** What to do to the world. `id` is derived from fleet, generation and what it acts on. */
export type Action =
  | { readonly kind: "take-back"; readonly id: string; readonly instance: string }
  | { readonly kind: "register"; readonly id: string; readonly instance: string }
  | { readonly kind: "launch"; readonly id: string; readonly onDemandCount: number; readonly spotCount: number }
  | { readonly kind: "warm"; readonly id: string; readonly instance: string }
  | {
      readonly kind: "drain";
      readonly id: string;
      readonly instance: string;
      readonly because: "surplus" | "unhealthy";
    }
  | {
      readonly kind: "terminate";
      readonly id: string;
      readonly instance: string;
      readonly because: "drained" | "surplus" | "never-healthy" | "warm-failed";
      readonly registered: "registered" | "unregistered";
    };
export type ActionKind = Action["kind"];

/** What an action did, or why it could not. */
export type Outcome =
  | { readonly kind: "done"; readonly action: string; readonly instances: readonly string[] }
  /** `instances` are those that came all the same. */
  | {
      readonly kind: "insufficient-capacity";
      readonly action: string;
      readonly instances: readonly string[];
      readonly because: string;
    }
  | { readonly kind: "throttled" | "denied" | "failed"; readonly action: string; readonly because: string }
  /** Decided in shadow: nothing was touched. */
  | { readonly kind: "withheld"; readonly action: string }
  /** The lease had run out before the call began: nothing was touched. */
  | { readonly kind: "too-late"; readonly action: string };

export interface DecisionBody {
  readonly proposals: readonly Proposal[];
  readonly steps: readonly Step[];
  readonly actions: readonly Action[];
  readonly memory: Memory;
  readonly lookAgain: {
    readonly at: EpochMs;
    readonly because: "moving" | "wish-waiting" | "schedule-ahead" | "peak-ahead" | "heartbeat";
  };
}
export type Decision =
  | (DecisionBody & { readonly kind: "decided" })
  /** The newest row's unfinished actions, unchanged, before anything new. */
  | (DecisionBody & { readonly kind: "recovering"; readonly generation: number })
  /** `check` found a broken invariant: no actions, memory unchanged. */
  | (DecisionBody & { readonly kind: "refused"; readonly violations: readonly string[] });
