// The two faces of the World over one and the same imagined cloud: the simulator's own, and the real one over SDK clients and
// a table. A contract test is written once and run against both.
import { createAwsWorld, putBrake, putOverride, putWarm, type Table, type Warmer } from "../../shared/aws/index.ts";
import type { Row, World } from "../../shared/control/index.ts";
import { type DurationMs, secondMs } from "../../shared/core/index.ts";
import {
  type Action,
  type Brake,
  generationAfter,
  initialMemory,
  type Override,
  type Snapshot,
} from "../../shared/engine/index.ts";
import { policyVersion } from "../../shared/policy/index.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { createSimWorld } from "../../shared/sim/index.ts";
import { cloudPolicy } from "./awsFleet.ts";
import { never, simulatedClients } from "./cloudClients.ts";

/** A cloud with worlds over it that share one log. */
export interface Stage {
  readonly cloud: Cloud;
  /** By whom an evaluator is known. */
  world(evaluator?: string): World;
  /** The value of the fleet's tag. */
  readonly owner: string;
  /** A fact that the next look sees. */
  override(override: Override): Promise<void>;
  brake(brake: Brake): Promise<void>;
  /** Time passes; what warming has come to is written down. */
  passTo(at: number): Promise<void>;
}

export type Open = (cloud: Cloud) => Stage;

const drainMs: DurationMs = 60 * secondMs;

export const simStage: Open = (cloud) => {
  const overrides: Override[] = [];
  const brakes: Brake[] = [];
  const world = createSimWorld({ cloud, deregistrationDelayMs: drainMs, overrides, brakes, onRow: () => {} });
  return {
    cloud,
    world: () => world,
    owner: "shop",
    override: async (override) => void overrides.push(override),
    brake: async (brake) => void brakes.push(brake),
    passTo: async (at) => cloud.advanceTo(at),
  };
};

export const awsStage = (cloud: Cloud, table: Table): Stage => {
  const warming = warmerOver(cloud, table);
  const clients = simulatedClients(cloud);
  return {
    cloud,
    world: (evaluator = "one") =>
      createAwsWorld({
        clients,
        table,
        now: () => cloud.now,
        evaluator: () => evaluator,
        warmer: warming.warmer,
        abortIn: never,
      }),
    owner: `${table.stage}/shop`,
    override: (override) => putOverride(table, "shop", override),
    brake: ({ scope, ...brake }) =>
      putBrake(table, scope === "fleet" ? { kind: "fleet", fleet: "shop" } : { kind: "all-fleets" }, brake),
    passTo: async (at) => {
      cloud.advanceTo(at);
      await warming.report();
    },
  };
};

function warmerOver(cloud: Cloud, table: Table): { readonly warmer: Warmer; report(): Promise<void> } {
  const report = async (): Promise<void> => {
    for (const { id, warm } of cloud.describe(cloud.now))
      if (warm.kind !== "not-started") await putWarm(table, "shop", { instance: id, state: warm });
  };
  const start = async (_policy: unknown, instance: string): Promise<void> => {
    const started = cloud.startWarm(instance);
    if (started.kind === "error") throw refusedBySdk(started.error);
    await report();
  };
  return { warmer: { kind: "warmer", start }, report };
}

/** As an SDK client throws what a service refuses. */
export const refusedBySdk = ({ name, message }: Error): Error =>
  Object.assign(new Error(message), { name, $fault: "client", $metadata: { httpStatusCode: 400 } });

/** Lists things backwards: the order AWS answers in is nobody's promise. */
export const backwards = (cloud: Cloud): Cloud => {
  const reversing = (output: object): object =>
    Object.fromEntries(
      Object.entries(output).map(([key, value]) => [
        key,
        Array.isArray(value) && ["Reservations", "TargetHealthDescriptions"].includes(key) ? value.toReversed() : value,
      ]),
    );
  return Object.create(cloud, {
    describe: { value: (asOf: number) => cloud.describe(asOf).toReversed() },
    answer: {
      value: (service: string, command: string, input: unknown) => reversing(cloud.answer(service, command, input)),
    },
  }) as Cloud;
};

/** The row that follows a snapshot, with these actions and nothing else to it. */
export function rowUpon(snapshot: Snapshot, actions: readonly Action[], target = 4): Row {
  const generation = generationAfter(snapshot.previous);
  const reason = { kind: "within-bounds" } as const;
  return {
    id: `shop@${generation}`,
    fleet: "shop",
    generation,
    at: snapshot.now,
    actBy: snapshot.now + 20 * secondMs,
    engineVersion: "1",
    policyVersion: policyVersion(cloudPolicy()),
    snapshot,
    decision: {
      kind: "decided",
      proposals: [],
      steps: [{ stage: "bound", from: target, to: target, reason }],
      actions,
      memory: { ...initialMemory, target: { kind: "set", count: target } },
      lookAgain: { at: snapshot.now + 60 * secondMs, because: "moving" },
    },
  };
}

/** An action as generation 1 names it. */
export const launchOf = (onDemandCount: number, spotCount = 0, generation = 1): Action => ({
  kind: "launch",
  id: `shop@${generation}/launch`,
  onDemandCount,
  spotCount,
  templateVersion: "1",
});
export const onEach = (kind: "register" | "take-back" | "warm", ids: readonly string[]): readonly Action[] =>
  ids.map((instance) => ({ kind, id: `shop@1/${kind}/${instance}`, instance }));
export const drainEach = (ids: readonly string[]): readonly Action[] =>
  ids.map((instance) => ({ kind: "drain", id: `shop@1/drain/${instance}`, instance, because: "surplus" }));
export const terminateEach = (ids: readonly string[]): readonly Action[] =>
  ids.map((instance) => ({
    kind: "terminate",
    id: `shop@1/terminate/${instance}`,
    instance,
    because: "drained",
    registered: "unregistered",
  }));
