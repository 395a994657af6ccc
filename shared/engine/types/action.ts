// What is done to the world, and what came of it.
import type { WarmState } from "./snapshot.ts";

/** What to do to the world. `id` is derived from fleet, generation and what it acts on. */
export type Action =
  | { readonly kind: "take-back"; readonly id: string; readonly instance: string }
  | { readonly kind: "register"; readonly id: string; readonly instance: string }
  | {
      readonly kind: "launch";
      readonly id: string;
      readonly onDemandCount: number;
      readonly spotCount: number;
      /** Of the launch template. */
      readonly templateVersion: string;
      /** Where, the one to be preferred first; empty leaves the choice to the launch template. */
      readonly subnets: readonly string[];
      /** How many on demand in each of them; left out where all are for the first. */
      readonly onDemandIn?: readonly number[];
      /** To be stopped and kept; left out of what is to serve. */
      readonly for?: "reserve";
    }
  /** Out of the reserve. */
  | { readonly kind: "start"; readonly id: string; readonly instance: string }
  /** Into the reserve. */
  | { readonly kind: "stop"; readonly id: string; readonly instance: string }
  | { readonly kind: "warm"; readonly id: string; readonly instance: string }
  | {
      readonly kind: "drain";
      readonly id: string;
      readonly instance: string;
      readonly because: "surplus" | "unhealthy" | "interrupted" | Renewed;
    }
  | {
      readonly kind: "terminate";
      readonly id: string;
      readonly instance: string;
      readonly because: "drained" | "surplus" | "never-healthy" | "warm-failed" | Unkept;
      readonly registered: "registered" | "unregistered";
    };
/** Why one that serves well is replaced. */
export type Renewed = "rebalanced" | "outdated" | "too-old" | "unbalanced";
/** Why one of the reserve is kept no longer. */
export type Unkept = "reserve-surplus" | "reserve-outdated" | "reserve-failed";
export type ActionKind = Action["kind"];

/** One CreateFleet of a launch, and what it brought. */
export interface Attempt {
  readonly onDemandCount: number;
  readonly spotCount: number;
  readonly from: "every-pool" | "other-types" | "other-zones" | "on-demand-instead";
  readonly came: number;
  /** Why not all came; "" where all did. */
  readonly because: string;
}

/** What an action did, or why it could not. */
export type Outcome =
  | { readonly kind: "done"; readonly action: string; readonly instances: readonly string[] }
  /** `instances` are those that came all the same. */
  | {
      readonly kind: "insufficient-capacity";
      readonly action: string;
      readonly instances: readonly string[];
      readonly because: string;
      /** Of a launch; empty where none could be made. */
      readonly attempts: readonly Attempt[];
      /** In which no type that was asked for had capacity. */
      readonly shortSubnets: readonly string[];
    }
  /** All came, and not at the first attempt. */
  | {
      readonly kind: "fell-back";
      readonly action: string;
      readonly instances: readonly string[];
      readonly attempts: readonly Attempt[];
      readonly shortSubnets: readonly string[];
    }
  | { readonly kind: "throttled" | "denied" | "failed"; readonly action: string; readonly because: string }
  /** Decided in shadow: nothing was touched. */
  | { readonly kind: "withheld"; readonly action: string }
  /** The lease had run out before the call began: nothing was touched. */
  | { readonly kind: "too-late"; readonly action: string };

/** How a warm-up has ended. */
export type WarmEnd = Extract<WarmState, { kind: "done" | "failed" }>;

/**
 * What the log's readers are told of an action: beside what came of it at once, how the warm-up that it began has ended since. The
 * engine is told of that with the instance.
 */
export type ToldOutcome =
  | Outcome
  | {
      readonly kind: "warmed";
      readonly action: string;
      readonly instances: readonly string[];
      readonly end: WarmEnd;
    };
