// A fleet in the imagined cloud, looked after by the real World over real SDK clients and a real table.
import { createAwsWorld, type Embedded, type Table } from "../../shared/aws/index.ts";
import { type Tick, tick, type World } from "../../shared/control/index.ts";
import { sizeByRules } from "../../shared/engine/index.ts";
import { type Policy, policyVersion } from "../../shared/policy/index.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { atSecond } from "../sim/cloudGiven.ts";
import { never, simulatedClients } from "./cloudClients.ts";
import { givenPolicy } from "./given.ts";

/** 600 requests a minute against 500 that one instance is planned for. */
export const cloudPolicy = (changed: Partial<Policy> = {}): Policy => {
  const usual = givenPolicy();
  const launch = { ...usual.launch, template: { kind: "name", value: "shop-web", version: "$Default" } } as const;
  return { ...usual, launch, bounds: { min: 4, max: 20 }, ...changed };
};

let stages = 0;
/** A table of its own inside the one database. */
export const freshTable = (embedded: Embedded): Table => ({ ...embedded.table, stage: `stage-${++stages}` });

export const cloudWorld = (cloud: Cloud, table: Table, evaluator = "one"): World =>
  createAwsWorld({
    clients: simulatedClients(cloud),
    table,
    now: () => cloud.now,
    evaluator: () => evaluator,
    warmer: { kind: "none" },
    abortIn: never,
  });

export const look = (world: World, policy: Policy): Promise<Tick> =>
  tick(world, { policy, policyVersion: policyVersion(policy) }, sizeByRules);

/** Looks once a minute from minute `from` up to `to`. */
export async function lookThrough(cloud: Cloud, world: World, { policy, from, to }: LookThrough): Promise<void> {
  for (let minute = from; minute <= to; minute++) {
    cloud.advanceTo(atSecond(minute * 60));
    await look(world, policy);
    cloud.closeMinute(cloud.now);
  }
}
interface LookThrough {
  readonly policy: Policy;
  readonly from: number;
  readonly to: number;
}

/** How many instances are in each state, as EC2 and the load balancer say. */
export function tally(cloud: Cloud): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state, target } of cloud.describe(cloud.now)) {
    const key = `${state} ${target.kind}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
