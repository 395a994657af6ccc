// What the engine asks to be told next time, and the lead time that it measures so.
import type { DurationMs, EpochMs, Ratio } from "../../core/index.ts";
import type { Point } from "./snapshot.ts";

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
  /** Since when other than the target's number serve. */
  readonly unmet: { readonly kind: "none" } | { readonly kind: "since"; readonly at: EpochMs };
  /** The newest measured launches, oldest first. */
  readonly launches: readonly MeasuredLaunch[];
  readonly capacity: CapacityMemory;
  readonly templates: TemplateMemory;
  /** Subnets in which launches have lately found no capacity, and until when they are gone round. */
  readonly shortSubnets: readonly { readonly subnet: string; readonly until: EpochMs }[];
  /** Left out where there is none. */
  readonly reserve?: ReserveMemory;
}
/** Instances that are the fleet's and are not to serve. */
export interface ReserveMemory {
  /** Launched to be stopped. */
  readonly filling: readonly { readonly id: string; readonly since: EpochMs }[];
  /** Stopped. */
  readonly kept: readonly { readonly id: string; readonly since: EpochMs }[];
}
/** How versions of the launch template have done. */
export interface TemplateMemory {
  /** Launches that failed, of which one never turned healthy since their version last did, or of which one died young; oldest first. */
  readonly failures: readonly {
    readonly templateVersion: string;
    /** Names the launch: what one launch brought fails as one. */
    readonly requestedAt: EpochMs;
    readonly at: EpochMs;
    /** It served at first, and then turned unhealthy while others, older ones, went on. */
    readonly served?: true;
  }[];
  /** The version of the newest instance that turned healthy; "" where none has yet. */
  readonly proven: string;
}
/** What one instance serves, as far as it is learned: sums over minutes, each of which fades to a half within a day. */
export type CapacityMemory =
  | { readonly kind: "none" }
  | {
      readonly kind: "learning";
      /** The newest minute that is counted. */
      readonly until: EpochMs;
      readonly count: number;
      /** Of requests a minute and host, of the processors' share in use, and of their products. */
      readonly rate: number;
      readonly cpu: number;
      readonly rateRate: number;
      readonly rateCpu: number;
      readonly cpuCpu: number;
      /** Requests a minute and host at which answers were late: what stands below 100 % of it is in time. */
      readonly latePerMinute: number | "never";
    };
export interface LaunchingInstance {
  readonly id: string;
  readonly requestedAt: EpochMs;
  /** "" where nobody knows. */
  readonly templateVersion: string;
  readonly marks: readonly {
    readonly kind:
      | "seen"
      | "running"
      | "warm-started"
      | "warm-refused"
      | "warmed"
      | "registered"
      | "taken-back"
      | "restarted";
    readonly at: EpochMs;
  }[];
}
/** Request → running → warm → healthy, each from the request. */
export interface MeasuredLaunch {
  readonly at: EpochMs;
  readonly runningMs: DurationMs;
  /** Left out where nothing warmed it, or an older engine measured it. */
  readonly warmedMs?: DurationMs;
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
      /** How well the requests were served; none where nobody asks for a share of them. */
      readonly service: ServiceMemory;
    }
  /** A peer's, in a comparison: its own newest recommendations, ascending. */
  | { readonly kind: "wishes"; readonly wishes: readonly Count[] }
  /** A peer's whose alarms look back further than one look sees. */
  | { readonly kind: "readings"; readonly readings: readonly UsedShare[] }
  /** A peer's that learns from days gone by. */
  | PastMemory;
/** Counted minute by minute, and what follows from it for the quantile to buy by. */
export type ServiceMemory =
  | { readonly kind: "none" }
  | {
      readonly kind: "counted";
      /** The minute before the first that is counted; unknown where an older engine began. */
      readonly since: EpochMs | "unknown";
      /** The newest minute that is counted. */
      readonly until: EpochMs;
      /** ln(p ÷ (1 − p)) of the quantile p that takes. */
      readonly logit: number;
      /** Of the last day or so. */
      readonly meanPerMinute: number;
      /** Requests of the last week or so, and those of them beyond what could be answered in time. */
      readonly requests: number;
      readonly late: number;
    };
export interface Count {
  readonly at: EpochMs;
  readonly count: number;
}
/** What share of their capacity those in service used in the minute that began at `at`. */
export interface UsedShare {
  readonly at: EpochMs;
  readonly ratio: Ratio;
  readonly inServiceCount: number;
}
/** Hours are handed on as they are from look to look: only the open one grows. All ascend. */
export interface PastMemory {
  readonly kind: "past";
  readonly hours: readonly PastHour[];
  readonly open: PastHour;
  /** The newest forecasts, in requests a minute, each at the start of the hour it is for. */
  readonly forecasts: readonly Point[];
  readonly readings: readonly UsedShare[];
}
export interface PastHour {
  readonly at: EpochMs;
  /** Requests a minute; a minute that nobody saw is not among them. */
  readonly points: readonly Point[];
}

/** What sizing by rules remembers. */
export type RulesMemory = Extract<SizingMemory, { kind: "rules" }>;
