// What the engine is told: one instant, frozen.
import type { DurationMs, EpochMs, Finding, Ratio } from "../../core/index.ts";
import type { Peak, RuleMetric } from "../../policy/index.ts";
import type { Action, Outcome } from "./action.ts";
import type { Memory } from "./memory.ts";

/** All the engine may know at one instant. It never contains what woke the evaluator. */
export interface Snapshot {
  readonly now: EpochMs;
  readonly fleet: string;
  /** When this fleet's log began; part of every client token, so that a log begun anew never meets old tokens. */
  readonly birth: EpochMs;
  readonly instances: InstancesView;
  /** By metric: each a MetricName, or the name of one of the operator's own. */
  readonly signals: Readonly<Record<string, Signal>>;
  /** Those of the policy and those added beside it, that are not over yet; no two of one name. */
  readonly peaks: readonly Peak[];
  /** What stood in their way when the account was last looked at. */
  readonly peakFindings: readonly PeakFinding[];
  readonly overrides: readonly Override[];
  readonly brakes: readonly Brake[];
  /** What EC2 has announced of spot instances. */
  readonly notices: readonly Notice[];
  readonly forecast: ForecastView;
  readonly memory: Memory;
  readonly previous: Previous;
}

export type InstancesView =
  | {
      readonly kind: "seen";
      readonly instances: readonly Instance[];
      /** Healthy targets of the group that are not the fleet's: they serve, and nobody of ours touches them. */
      readonly foreignCount: number;
      /** How long the load balancer keeps a target `draining`. */
      readonly deregistrationDelayMs: DurationMs;
      /** The number behind the launch template's version, so that one action launches one version. */
      readonly templateVersion: string;
    }
  /** Nothing moved at the last whole look, and nobody has looked since: a calm fleet costs no call to EC2 or the load balancer. */
  | {
      readonly kind: "resting";
      /** When the whole was last seen. */
      readonly since: EpochMs;
      /** The ids of those that served, oldest first. */
      readonly serving: readonly string[];
      readonly foreignCount: number;
    }
  | {
      readonly kind: "missing";
      /** Throttled: where everything stands is not in doubt, it was only asked for too often. */
      readonly how: "throttled" | "failed";
      readonly because: string;
    };

/** One EC2 instance that carries the fleet's tag and is not terminated, with what the load balancer says of it. */
export interface Instance {
  readonly id: string;
  readonly zone: string;
  /** "" where nobody knows. */
  readonly subnet: string;
  readonly instanceType: string;
  readonly purchase: "on-demand" | "spot";
  readonly launchedAt: EpochMs;
  /** The launch action that asked for it, from its tag; "" when it carries none. */
  readonly launchedBy: string;
  /** Of the launch template that it was launched from, as a number; "" where nobody knows. */
  readonly templateVersion: string;
  /** Somebody has tagged it as not to be let go: it is drained and terminated by nobody here. */
  readonly isProtected: boolean;
  /** In its VPC; said only where the load balancer knows its targets by address. */
  readonly address?: string;
  readonly state: "pending" | "running" | "stopping" | "stopped" | "shutting-down";
  readonly target: TargetState;
  readonly warm: WarmState;
}
export type TargetState =
  | { readonly kind: "unregistered" }
  | { readonly kind: "initial" }
  | { readonly kind: "healthy" }
  | { readonly kind: "unhealthy"; readonly because: string }
  | { readonly kind: "draining" }
  /** The same, by a load balancer that counts what is in flight there, and keeps the target until it is told to let go. */
  | { readonly kind: "draining"; readonly inFlightCount: number };
export type WarmState =
  | { readonly kind: "not-started" }
  | { readonly kind: "started"; readonly at: EpochMs }
  | { readonly kind: "done"; readonly at: EpochMs }
  | { readonly kind: "failed"; readonly at: EpochMs; readonly because: string }
  /** The same, measured; shown until the instance serves. */
  | { readonly kind: "done"; readonly at: EpochMs; readonly result: WarmResult }
  | { readonly kind: "failed"; readonly at: EpochMs; readonly because: string; readonly result: WarmResult };

/** How a warm-up went. */
export interface WarmResult {
  readonly verdict: WarmVerdict;
  readonly requests: number;
  /** Of the first and of the last so many answers; none where more than a twentieth of them were no good, or too few came. */
  readonly firstP95Ms: DurationMs | "none";
  readonly lastP95Ms: DurationMs | "none";
  /** Of the answers with the header that the policy names, those that a cache had. */
  readonly hitRatio: Ratio | "none";
  readonly durationMs: DurationMs;
  /** What went wrong first; "" where nothing did. */
  readonly trouble: string;
}
/** The first two are warm. */
export type WarmVerdict =
  | "under-bound"
  | "stopped-falling"
  | "time-up"
  | "requests-spent"
  /** Of what there was to ask for, nothing is worth asking for. */
  | "no-paths"
  /** The instance's address is none that may be asked. */
  | "address-refused";

/** An interruption comes within two minutes, a rebalance recommendation says that one is likelier than usual. */
export interface Notice {
  readonly instance: string;
  readonly kind: "interruption" | "rebalance";
  readonly at: EpochMs;
}

/** What every fleet has without anybody publishing it. */
export type MetricName = RuleMetric | "healthy-hosts";

/** `points` ascend; `at` is the start of the minute the value covers. Points under two minutes old may be partial. */
export type Signal =
  | { readonly kind: "known"; readonly points: readonly Point[] }
  | { readonly kind: "missing"; readonly because: string };
export interface Point {
  readonly at: EpochMs;
  readonly value: number;
}

/** What the coming minutes may bring, as forecast from this site's history and its last minutes. */
export type ForecastView =
  | { readonly kind: "none"; readonly because: string }
  | {
      readonly kind: "seen";
      readonly madeAt: EpochMs;
      readonly knownDays: number;
      /** In shadow it has lately been worse than none. */
      readonly standing: { readonly kind: "sound" } | { readonly kind: "shadow"; readonly because: string };
      /** Probabilities, ascending. */
      readonly levels: readonly number[];
      readonly windows: readonly ForecastWindow[];
    };
/**
 * What is ordered now serves from `buy` on; what is let go now is missing from `serve` on; what is wanted again within `keep` is not
 * worth letting go; and what the next half hour expects stays.
 */
export interface ForecastWindow {
  readonly role: "buy" | "serve" | "keep" | "half-hour";
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** For each level the requests a minute that the window's highest minute does not pass with that probability. */
  readonly loads: readonly number[];
}

/** A manual bound that ends by itself. A `min` of 0 leaves that side alone, and so does a `max` of a million or more. */
export interface Override {
  readonly id: string;
  readonly min: number;
  readonly max: number;
  readonly until: EpochMs;
  readonly by: string;
  readonly reason: string;
}

/** Of the pre-flight of one peak. */
export type PeakFinding = Extract<Finding, { readonly toDo: string }> & { readonly peak: string };

/** Somebody has said stop: while it stands, nothing is drained or terminated. */
export interface Brake {
  readonly scope: "all-fleets" | "fleet";
  readonly since: EpochMs;
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
