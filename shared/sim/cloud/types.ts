// What the imagined AWS is made with, what it shows, and what it leaves behind for scoring.
import type { DurationMs, EpochMs, Ratio, Result } from "../../core/index.ts";
import type { MetricName, Point, TargetState, WarmState } from "../../engine/index.ts";
import type { OwnMetric } from "../../policy/index.ts";
import type { Plant } from "../plant.ts";
import type { InstanceRow as ScoredInstance } from "../score/types.ts";
import type { AwsError } from "./errors.ts";
import type { Faults } from "./faults.ts";

export interface CloudOptions {
  readonly plant: CloudPlant;
  readonly seed: number;
  readonly startAt: EpochMs;
  readonly traffic: Traffic;
  readonly targetGroup: {
    readonly name: string;
    readonly loadBalancerName: string;
    /** May be changed at any time. */
    readonly tags: Readonly<Record<string, string>>;
  };
  readonly launchTemplate: { readonly name: string; readonly id: string; readonly defaultVersion: number };
  readonly zones: readonly string[];
  readonly newestMinute: NewestMinute;
  /** Metrics of the applications' own. */
  readonly published: readonly Published[];
  /** The same object as `cloud.faults`: change it at any time. */
  readonly faults: Faults;
  /** Ids of instances count on from here: those of two clouds differ where the clouds are one account. */
  readonly idsFrom: number;
  /** Shortest and longest time that filling a cache takes. */
  readonly warmSeconds: readonly [number, number];
}
/** The part of a plant that the cloud obeys. Policy bounds and the objective are none of its business. */
export type CloudPlant = Pick<Plant, "capacityPerMinute" | "lagSeconds" | "boot" | "cold" | "drainSeconds">;

/** Also asked about minutes before `startAt`: the metrics' history. A `filled` minute has no metrics at all. */
export interface Traffic {
  /** Requests in the minute that starts at `minuteAt`. */
  load(minuteAt: EpochMs): number;
  filled(minuteAt: EpochMs): boolean;
}

/** One series that an application publishes. A filled minute of the traffic has none of it either. */
export interface Published {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** In the minute that starts at `minuteAt`, in the order of their coming; none makes it silent. */
  samples(minuteAt: EpochMs): readonly number[];
}

/** Whether a minute that is complete but younger than the lag is unseen, or seen with a share of its sums. */
export type NewestMinute = { readonly kind: "hidden" } | { readonly kind: "partial"; readonly ratio: Ratio };

/** Where EC2 may put an instance. */
export interface Pool {
  readonly instanceType: string;
  readonly subnetId: string;
  readonly zone: string;
  readonly purchase: Purchase;
}
export type Purchase = "on-demand" | "spot";

export interface LaunchRequest {
  readonly onDemandCount: number;
  readonly spotCount: number;
  /** With fewer places than this nothing is launched and the call fails. */
  readonly countMin: number;
  /** Types in order of preference, subnets taken in turn; empty means the template's own. */
  readonly pools: readonly { readonly instanceType: string; readonly subnetId: string }[];
  readonly tags: Readonly<Record<string, string>>;
  /** A repeated token gets the first answer again; "" is no token. */
  readonly token: string;
}
export interface LaunchAnswer {
  /** Counts the launches from 1. */
  readonly launch: number;
  readonly instances: readonly { readonly id: string; readonly pool: Pool }[];
  /** Pools that were tried and had no room, also when another one had. */
  readonly refused: readonly Pool[];
}

export type InstanceState = "pending" | "running" | "stopping" | "stopped" | "shutting-down" | "terminated";

/** One instance as EC2 and the load balancer describe it together. */
export interface SeenInstance {
  readonly id: string;
  readonly zone: string;
  readonly subnetId: string;
  readonly instanceType: string;
  readonly purchase: Purchase;
  readonly launchedAt: EpochMs;
  readonly tags: Readonly<Record<string, string>>;
  readonly state: Exclude<InstanceState, "terminated">;
  readonly target: TargetState;
  readonly warm: WarmState;
}

/** The life of one instance as far as it has happened; `drainingAt` is when it last stopped serving. */
export interface InstanceRow extends ScoredInstance {
  /** Pauses between two times of serving: deregistered, and taken back. */
  readonly takenBack: readonly { readonly drainingAt: EpochMs; readonly servingAt: EpochMs }[];
}

/** Instances in the minute that starts at t. Those in `cold` are in `serving` too. */
export interface Counts {
  readonly serving: number;
  readonly cold: number;
  readonly booting: number;
  readonly warming: number;
  readonly draining: number;
}

export interface SentMessage {
  readonly queueUrl: string;
  readonly body: string;
  readonly delaySeconds: number;
  readonly at: EpochMs;
}

/** Everything acts at `now`. A refused call changes nothing. */
export interface Cloud {
  readonly now: EpochMs;
  readonly faults: Faults;
  /** What SQS was given, oldest first. */
  readonly sent: SentMessage[];
  /** Never backwards. */
  advanceTo(at: EpochMs): void;
  /** Instances launched one nominal boot before the start, warmed, and serving from the start on. */
  seedServing(count: number, tags: Readonly<Record<string, string>>): readonly string[];
  launch(request: LaunchRequest): Result<LaunchAnswer, AwsError>;
  /** One unknown id fails the call. */
  terminate(ids: readonly string[]): Result<void, AwsError>;
  /** Only those that run, and then are not in the load balancer; one that is no such fails the call. */
  stop(ids: readonly string[]): Result<void, AwsError>;
  /** Those that run are passed over; one that is still stopping fails the call. */
  start(ids: readonly string[]): Result<void, AwsError>;
  /** One target that is not running fails the call. A draining one is taken back. */
  register(ids: readonly string[]): Result<void, AwsError>;
  /** Targets that are not registered are passed over. */
  deregister(ids: readonly string[]): Result<void, AwsError>;
  /** Only when running. Again after a failure; otherwise a second start changes nothing. */
  startWarm(id: string): Result<void, AwsError>;
  /** Visible instances that are not terminated, as of now or, read stale, earlier. Tags are always the newest. */
  describe(asOf: EpochMs): readonly SeenInstance[];
  /** Minutes of the last hour. */
  countsAt(minuteAt: EpochMs): Counts;
  /** Once for each minute, after acting at its start: fixes its metrics. */
  closeMinute(minuteAt: EpochMs): Counts;
  /** Ascending points of [from, to) that are visible at `now`. `cpu` is a ratio, latencies are in ms. */
  points(metric: MetricName, window: MetricWindow): readonly Point[];
  /** The same of what `published` holds. */
  ownPoints(metric: OwnMetric, window: MetricWindow): readonly Point[];
  /** The share of answers within the bound. */
  withinPoints(boundMs: DurationMs, window: MetricWindow): readonly Point[];
  /** Every instance that ever was, in order of launch. */
  rows(): readonly InstanceRow[];
  /**
   * Answers an SDK client: service "EC2", "ElasticLoadBalancingV2", "CloudWatch" or "SQS", command with or without
   * "Command". Throws AwsError.
   */
  answer(service: string, commandName: string, input: unknown): object;
}
export interface MetricWindow {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly now: EpochMs;
}

/** How long a terminated instance is still described, and how far back counts reach. */
export const forgottenAfterMs: DurationMs = 3_600_000;
