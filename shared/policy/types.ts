// A policy as the engine sees it: parsed, complete, no optional field left. The YAML's spelling stays in the parser.
import type { DurationMs, EpochMs, Ratio } from "../core/index.ts";
import type { HaproxyBackend } from "./haproxyTypes.ts";
import type { Limits } from "./limitTypes.ts";
import type { Renew } from "./renewTypes.ts";
import type { Reserve } from "./reserveTypes.ts";
import type { Warm } from "./warmTypes.ts";

export type { HaproxyBackend, HaproxyNode } from "./haproxyTypes.ts";
export type { Budget, Limits, Velocity } from "./limitTypes.ts";
export type { Hours, Renew } from "./renewTypes.ts";
export type { Reserve } from "./reserveTypes.ts";
export type { Warm, WarmHook, WarmHttp } from "./warmTypes.ts";

export interface Policy {
  /** At most 40 characters of a–z, 0–9 and `-`. */
  readonly fleet: string;
  /** Whose targets the instances are: name or ARN of the ALB target group, or a backend of HAProxy's. */
  readonly targetGroup: string | HaproxyBackend;
  readonly launch: Launch;
  readonly bounds: { readonly min: number; readonly max: number };
  readonly capacity: Capacity;
  /** The operator's own metrics, by name. Each is read by a rule. */
  readonly metrics: Readonly<Record<string, OwnMetric>>;
  readonly rules: readonly Rule[];
  readonly peaks: readonly Peak[];
  readonly warm: Warm;
  readonly drain: { readonly timeoutMs: DurationMs; readonly takeBack: "allowed" | "never" };
  /** For every built-in metric and every one of the operator's own. */
  readonly missing: Readonly<Record<RuleMetric, MissingChoice> & Record<string, MissingChoice>>;
  /** A wish below the target counts only when every wish of this window was below it, and likewise above. */
  readonly stabilization: { readonly scaleOutMs: DurationMs; readonly scaleInMs: DurationMs };
  readonly limits: Limits;
  readonly renew: Renew;
  readonly reserve: Reserve;
  readonly mode: "live" | "shadow";
}

export interface Launch {
  readonly template: { readonly kind: "id" | "name"; readonly value: string; readonly version: string };
  /** Subnet ids; empty leaves the choice to the launch template. */
  readonly subnets: readonly string[];
  /** In order of preference; empty leaves the choice to the launch template. */
  readonly instanceTypes: readonly string[];
  readonly purchase: { readonly onDemandBase: number; readonly spotShareRatio: Ratio };
  /** Name or ARN of the IAM role that instances get from the launch template; empty when they get none. */
  readonly role: string;
  /** Request to serving, assumed until the fleet's own launches have been measured. */
  readonly leadTimeMs: DurationMs;
}

export interface Capacity {
  /** Requests a minute that one instance serves at 100 %. */
  readonly perInstancePerMinute: number;
  /** The share of it to plan for. */
  readonly targetRatio: Ratio;
  /** The share of it up to which its answers come in time: what forecasts fill it to. */
  readonly limitRatio: Ratio;
  /** Whether what one instance serves is learned, from what is written on and within what bounds. */
  readonly learn:
    | { readonly kind: "none" }
    | { readonly kind: "between"; readonly fromPerMinute: number; readonly toPerMinute: number };
}

/**
 * What a rule may read without naming it under `metrics`. `requests`, `errors-5xx`, `rejected` are sums a minute, and
 * `requests-per-target` is each target's share of the first; `cpu` is a ratio; latencies are in ms.
 */
export const ruleMetrics = [
  "requests",
  "cpu",
  "latency-p50",
  "latency-p90",
  "latency-p95",
  "latency-p99",
  "errors-5xx",
  "rejected",
  "requests-per-target",
] as const;
export type RuleMetric = (typeof ruleMetrics)[number];

/** A metric of the operator's own: one series as CloudWatch keeps it, or what metric math makes of a few. */
export type OwnMetric =
  | { readonly kind: "series"; readonly series: OwnSeries }
  | {
      readonly kind: "expression";
      /** Ends up as one series; its names are keys of `using`, all of them. */
      readonly parts: readonly ExpressionPart[];
      readonly using: Readonly<Record<string, OwnSeries>>;
    };
export interface OwnSeries {
  readonly namespace: string;
  readonly name: string;
  /** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p95`. */
  readonly statistic: string;
  readonly dimensions: Readonly<Record<string, string>>;
}
/** Metric math with its names told apart, so that whoever asks for it may call the series what it likes. */
export type ExpressionPart =
  | { readonly kind: "series"; readonly name: string }
  | { readonly kind: "text"; readonly text: string };

export type Rule = TargetRule | StepRule | ScheduleRule | ForecastRule;

/** Total demand ÷ what one instance serves at the target share. */
export type TargetRule = DemandTargetRule | UtilizationTargetRule | LevelTargetRule | TotalTargetRule;
export interface DemandTargetRule {
  readonly kind: "target-demand";
  readonly name: string;
  readonly metric: "requests";
}
/** A per-instance reading (0–1) to hold; converted to demand with the count that produced the reading. */
export interface UtilizationTargetRule {
  readonly kind: "target-utilization";
  readonly name: string;
  readonly metric: "cpu";
  readonly targetRatio: Ratio;
}

/** The same for any other per-instance reading, in the metric's own unit. */
export interface LevelTargetRule {
  readonly kind: "target-level";
  readonly name: string;
  /** `requests-per-target`, or one of the operator's own. */
  readonly metric: string;
  readonly level: number;
}
/** A total of the operator's own ÷ how much of it one instance takes on. The capacity's target share has no part in it. */
export interface TotalTargetRule {
  readonly kind: "target-total";
  readonly name: string;
  readonly metric: string;
  readonly perInstance: number;
}

export interface StepRule {
  readonly kind: "step";
  readonly name: string;
  /** A built-in one, or one of the operator's own. */
  readonly metric: string;
  /** Ascending by `over`; the highest tier that is exceeded counts. */
  readonly above: readonly { readonly over: number; readonly add: Change }[];
  /** Descending by `under`; the lowest tier that is undercut counts. */
  readonly below: readonly { readonly under: number; readonly remove: Change }[];
  /** How many newest minutes in a row must all be over (or under): at least 1. */
  readonly minutes: number;
}
export type Change =
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "ratio"; readonly ratio: Ratio };

export interface ScheduleRule {
  readonly kind: "schedule";
  readonly name: string;
  /** Five fields, Unix syntax, read in `timeZone` (IANA): as written, and taken apart. */
  readonly cron: string;
  readonly starts: Starts;
  readonly timeZone: string;
  readonly min: number;
  readonly forMs: DurationMs;
}

/** What the clock and the calendar must show for a schedule to start: each set ascending. */
export interface Starts {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  /** 1 is January. */
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** As in Unix: a day of the month and a weekday that are both restricted are alternatives. */
  readonly dayIs: "both" | "either";
  /** When the clocks change: each time of the day once, or as often as the clocks show it. */
  readonly clockChange: "once" | "as-shown";
}

/** Sizes for the requests that the coming minutes may bring, as this site's history and its last minutes tell. */
export interface ForecastRule {
  readonly kind: "forecast";
  readonly name: string;
  readonly metric: "requests";
  readonly aim: ForecastAim;
  /** In shadow it says what it would wish for, and wishes for nothing. */
  readonly mode: "active" | "shadow";
  /** IANA; the clocks that the site's users live by. */
  readonly timeZone: string;
  /** Whole days by those clocks, such as 2027-12-25: expected like days of rest, and taken out of what ordinary days teach. */
  readonly holidays: readonly string[];
}
export type ForecastAim =
  /** So many requests are to meet capacity in time; the quantile that takes is found by counting. */
  | { readonly kind: "serve"; readonly ratio: Ratio }
  /** The same, and what the load balancer sees answered later than this is late as well. */
  | { readonly kind: "serve-within"; readonly ratio: Ratio; readonly boundMs: DurationMs }
  /** The load that is not passed with this probability. */
  | { readonly kind: "quantile"; readonly ratio: Ratio };

/** One announced event. Capacity stands in full from `atMs` to `atMs + holdMs`; it climbs during the ramp before. */
export interface Peak {
  readonly name: string;
  readonly atMs: EpochMs;
  readonly expect: Expectation;
  readonly rampMs: DurationMs;
  readonly holdMs: DurationMs;
  readonly releaseMs: DurationMs;
  /** Let go before its time when, `afterMs` into the hold, no more than `ratio` of what is expected has come for so long. */
  readonly early:
    | { readonly kind: "never" }
    | { readonly kind: "below"; readonly ratio: Ratio; readonly afterMs: DurationMs };
  /** Not there where nothing is to be fetched, nor in a row of the log: no decision depends on it. */
  readonly prefetch?: Prefetch;
}

export interface Prefetch {
  readonly urls: readonly string[];
  /** Before the ramp begins. */
  readonly beforeMs: DurationMs;
}

export type Expectation =
  | { readonly kind: "factor"; readonly factor: number }
  | { readonly kind: "absolute"; readonly perMinute: number }
  /** As from `fromMs` on, for as long as it holds: still to be read from history. */
  | { readonly kind: "like"; readonly fromMs: EpochMs }
  /** The same, read: one figure for each `everyMs` of the hold. */
  | {
      readonly kind: "figures";
      readonly fromMs: EpochMs;
      readonly everyMs: DurationMs;
      readonly perMinute: readonly number[];
    };

/** What a rule does when its metric is missing. Every choice is a floor: none ever lowers the target. */
export type MissingChoice =
  | { readonly kind: "hold" }
  | { readonly kind: "ignore" }
  | { readonly kind: "floor"; readonly count: number }
  | { readonly kind: "scale-out"; readonly by: Change };
