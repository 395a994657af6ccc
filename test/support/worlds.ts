// The two faces of the World over one and the same imagined cloud: the simulator's own, and the real one over SDK clients and
// a table. A contract test is written once and run against both, and by `npm run test:aws` against the real one over emulators.
import {
  createAwsWorld,
  putBrake,
  putOverride,
  putPeak,
  putWarm,
  type Table,
  type Warmer,
  type WarmOrder,
} from "../../shared/aws/index.ts";
import { fleetTag, type Row, type World } from "../../shared/control/index.ts";
import { type DurationMs, secondMs } from "../../shared/core/index.ts";
import {
  type Action,
  type Brake,
  generationAfter,
  initialMemory,
  type Override,
  type Snapshot,
} from "../../shared/engine/index.ts";
import { type Peak, policyVersion } from "../../shared/policy/index.ts";
import type { Cloud, CloudOptions } from "../../shared/sim/cloud/index.ts";
import { createSimWorld } from "../../shared/sim/index.ts";
import { givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy, tally } from "./awsFleet.ts";
import { never, simulatedClients } from "./cloudClients.ts";

/** A fleet's place in some cloud, with worlds over it that share one log. */
export interface Stage {
  /** What only an imagined cloud can do: its faults, and what time does to it. */
  readonly cloud: Cloud;
  /** By whom an evaluator is known, and in which table it keeps its log. */
  world(evaluator?: string, tableName?: string): World;
  /** The value of the fleet's tag. */
  readonly owner: string;
  /** A fact that the next look sees. */
  peak(peak: Peak): Promise<void>;
  override(override: Override): Promise<void>;
  brake(brake: Brake): Promise<void>;
  /** Time passes; what warming has come to is written down. */
  passTo(at: number): Promise<void>;
  /** The minute that begins now gets its metrics. */
  closeMinute(): Promise<void>;
  /** Ids, ascending, of so many instances that serve already; the fleet's, or whose it says. */
  serving(count: number, tags?: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** Ids, ascending, of all that were ever launched. */
  launched(): Promise<readonly string[]>;
  /** Behind Tidegate's back. */
  terminate(ids: readonly string[]): Promise<void>;
  /** How many instances are in each state, as EC2 and the load balancer say. */
  tally(): Promise<Readonly<Record<string, number>>>;
  /** What was asked of EC2 and the load balancer that changes anything, oldest first. */
  readonly calls: readonly string[];
}

export type Open = (changed?: Partial<CloudOptions>) => Promise<Stage>;

const drainMs: DurationMs = 60 * secondMs;

export const simStage: Open = async (changed) => {
  const calls: string[] = [];
  const cloud = witnessed(backwards(givenCloud(changed)), calls);
  const peaks: Peak[] = [];
  const overrides: Override[] = [];
  const brakes: Brake[] = [];
  const world = createSimWorld({
    cloud,
    deregistrationDelayMs: drainMs,
    peaks,
    overrides,
    brakes,
    forecast: () => "none",
    onRow: () => {},
  });
  return {
    ...imagined(cloud, "shop"),
    calls,
    world: () => world,
    peak: async (peak) => void peaks.push(peak),
    override: async (override) => void overrides.push(override),
    brake: async (brake) => void brakes.push(brake),
    passTo: async (at) => cloud.advanceTo(at),
  };
};

export const openAws =
  (table: () => Table): Open =>
  async (changed) => {
    const calls: string[] = [];
    return { ...awsStage(witnessed(backwards(givenCloud(changed)), calls), table()), calls };
  };

export const awsStage = (cloud: Cloud, table: Table): Stage => {
  const warming = warmerOver(cloud, table);
  const clients = simulatedClients(cloud);
  return {
    ...imagined(cloud, `${table.stage}/shop`),
    calls: [],
    world: (evaluator = "one", name = table.name) =>
      createAwsWorld({
        clients,
        table: { ...table, name },
        now: () => cloud.now,
        evaluator: () => evaluator,
        warmer: warming.warmer,
        abortIn: never,
      }),
    peak: (peak) => putPeak(table, "shop", { peak, by: "ann", addedAt: 0 }),
    override: (override) => putOverride(table, "shop", override),
    brake: brakeIn(table),
    passTo: async (at) => {
      cloud.advanceTo(at);
      await warming.report();
    },
  };
};

export const brakeIn =
  (table: Table): Stage["brake"] =>
  ({ scope, ...brake }) =>
    putBrake(table, scope === "fleet" ? { kind: "fleet", fleet: "shop" } : { kind: "all-fleets" }, brake);

const imagined = (cloud: Cloud, owner: string) => ({
  cloud,
  owner,
  closeMinute: async () => void cloud.closeMinute(cloud.now),
  serving: async (count: number, tags: Readonly<Record<string, string>> = { [fleetTag]: owner }) =>
    cloud.seedServing(count, tags),
  launched: async () => cloud.rows().map(({ id }) => id),
  terminate: async (ids: readonly string[]) => void cloud.terminate(ids),
  tally: async () => tally(cloud),
});

function warmerOver(cloud: Cloud, table: Table): { readonly warmer: Warmer; report(): Promise<void> } {
  const report = async (): Promise<void> => {
    for (const { id, warm } of cloud.describe(cloud.now))
      if (warm.kind !== "not-started") await putWarm(table, "shop", { instance: id, state: warm });
  };
  const start = async (_policy: unknown, { instance }: WarmOrder): Promise<void> => {
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
const backwards = (cloud: Cloud): Cloud => {
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

/** Notes what is asked of the load balancer and of EC2, by whichever face. */
const witnessed = (cloud: Cloud, calls: string[]): Cloud =>
  Object.create(cloud, {
    deregister: { value: (ids: readonly string[]) => calls.push("DeregisterTargets") && cloud.deregister(ids) },
    stop: { value: (ids: readonly string[]) => calls.push("StopInstances") && cloud.stop(ids) },
    start: { value: (ids: readonly string[]) => calls.push("StartInstances") && cloud.start(ids) },
    terminate: { value: (ids: readonly string[]) => calls.push("TerminateInstances") && cloud.terminate(ids) },
    answer: {
      value: (service: string, command: string, input: unknown) => {
        if (["DeregisterTargets", "StartInstances", "StopInstances", "TerminateInstances"].includes(command))
          calls.push(command);
        return cloud.answer(service, command, input);
      },
    },
  }) as Cloud;

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
  subnets: [],
  id: `shop@${generation}/launch`,
  onDemandCount,
  spotCount,
  templateVersion: "1",
});
export const onEach = (
  kind: "register" | "take-back" | "warm" | "start" | "stop",
  ids: readonly string[],
): readonly Action[] => ids.map((instance) => ({ kind, id: `shop@1/${kind}/${instance}`, instance }));
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
