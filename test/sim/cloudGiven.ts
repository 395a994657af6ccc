// A cloud whose boots all take 100 s, so that instants can be worked out by hand.
import { minuteMs, type Result, secondMs } from "../../shared/core/index.ts";
import {
  type AwsError,
  type Cloud,
  type CloudOptions,
  calmFaults,
  createCloud,
  type LaunchRequest,
  usualCloud,
} from "../../shared/sim/cloud/index.ts";

export const start = Date.parse("2026-03-02T00:00:00Z");
export const atSecond = (seconds: number): number => start + seconds * secondMs;
export const atMinute = (minutes: number): number => start + minutes * minuteMs;

export const plant: CloudOptions["plant"] = {
  capacityPerMinute: 1000,
  lagSeconds: 120,
  boot: { nominalSeconds: 180, p50Seconds: 100, p95Seconds: 100, failureRate: 0 },
  cold: { seconds: 0, ratio: 1 },
  drainSeconds: 60,
};

export const givenCloud = (changed: Partial<CloudOptions> = {}): Cloud =>
  createCloud({
    ...usualCloud,
    plant,
    seed: 1,
    startAt: start,
    traffic: { load: () => 600, filled: () => false },
    faults: { ...calmFaults(), visibilityLagMs: 0 },
    ...changed,
  });

const one: LaunchRequest = { onDemandCount: 1, spotCount: 0, countMin: 1, pools: [], tags: {}, token: "" };

export const launched = (cloud: Cloud, changed: Partial<LaunchRequest> = {}): readonly string[] =>
  must(cloud.launch({ ...one, ...changed })).instances.map(({ id }) => id);

/** The id of one fresh instance. */
export function launchedOne(cloud: Cloud): string {
  const [id] = launched(cloud);
  if (id === undefined) throw new Error("nothing was launched");
  return id;
}

export function must<Value>(result: Result<Value, AwsError>): Value {
  if (result.kind === "error") throw result.error;
  return result.value;
}

export const errorName = (result: Result<unknown, AwsError>): string =>
  result.kind === "error" ? result.error.name : "none";

/** State, target and warming of one instance, or "not described". */
export function lookAt(cloud: Cloud, id: string, asOf = cloud.now): string {
  const seen = cloud.describe(asOf).find((instance) => instance.id === id);
  return seen === undefined ? "not described" : `${seen.state} ${seen.target.kind} ${seen.warm.kind}`;
}
