// The lab's World: processes for EC2, a real HAProxy for the load balancer, the log in memory, time compressed.
import { type Newest, type Row, restingView, snapshotOf, type World } from "../../shared/control/index.ts";
import { ok, type Result } from "../../shared/core/index.ts";
import type { Action, Instance, InstancesView, Outcome, Snapshot, WarmResult } from "../../shared/engine/index.ts";
import { type Address, type Haproxy, type Slot, targetStateOf } from "../../shared/haproxy/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import type { Fleet, Machine } from "./fleet.ts";
import type { Metrics } from "./metrics.ts";
import type { Clock } from "./settings.ts";
import { isWarm, type Warmer } from "./warmer.ts";

export interface LabGiven {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly haproxy: Haproxy;
  readonly metrics: Metrics;
  readonly warmer: Warmer;
  readonly onRow: (row: Row) => void;
  readonly onWarmed: (result: WarmResult) => void;
}

export function createLabWorld(given: LabGiven): World {
  const { clock, metrics } = given;
  let newest: Newest = { kind: "none" };
  const snapshot = (policy: Policy, instances: InstancesView): Snapshot =>
    snapshotOf(policy, {
      now: clock.now(),
      newest,
      instances,
      metrics: metrics.raw(),
      peaks: [],
      preflight: "none",
      overrides: [],
      brakes: [],
      notices: [],
      forecast: "none",
    });
  const whole = async (policy: Policy): Promise<Snapshot> => snapshot(policy, await viewOf(given, policy));
  return {
    now: clock.now,
    observe: whole,
    glance: async ({ policy, policyVersion }) => {
      const resting = restingView(newest, clock.now(), policyVersion);
      return resting === "none" ? await whole(policy) : snapshot(policy, resting);
    },
    lookCloser: whole,
    commit: async (_policy, row) => {
      if (row.generation !== (newest.kind === "none" ? 0 : newest.row.generation) + 1) return "superseded";
      newest = { kind: "row", row, outcomes: [] };
      given.onRow(row);
      return "committed";
    },
    act: async (policy, _row, actions) => {
      const outcomes: Outcome[] = [];
      for (const action of actions) outcomes.push(await run(given, policy, action));
      return outcomes;
    },
    record: async (row, outcomes) => {
      if (newest.kind === "row" && newest.row.generation === row.generation && newest.outcomes.length === 0)
        newest = { ...newest, outcomes };
    },
  };
}

async function viewOf({ fleet, haproxy }: LabGiven, policy: Policy): Promise<InstancesView> {
  const slots = await haproxy.slots();
  if (slots.kind === "error") return { kind: "missing", how: "failed", because: slots.error };
  return {
    kind: "seen",
    instances: fleet.described().map((machine) => instanceOf(machine, slots.value)),
    foreignCount: 0,
    deregistrationDelayMs: policy.drain.timeoutMs,
    templateVersion: "1",
  };
}

const instanceOf = (
  { id, zone, launchedAt, launchedBy, address, warm }: Machine,
  slots: readonly Slot[],
): Instance => ({
  id,
  zone,
  subnet: "",
  instanceType: "process",
  purchase: "on-demand",
  launchedAt,
  launchedBy,
  templateVersion: "1",
  isProtected: false,
  state: address === "none" ? "pending" : "running",
  target: address === "none" ? { kind: "unregistered" } : targetStateOf(slots, address),
  warm,
});

async function run(given: LabGiven, policy: Policy, action: Action): Promise<Outcome> {
  const { fleet, haproxy } = given;
  if (action.kind === "launch") {
    const machines = fleet.launch(action.onDemandCount + action.spotCount, action.id);
    return { kind: "done", action: action.id, instances: machines.map(({ id }) => id) };
  }
  const machine = fleet.machine(action.instance);
  if (machine === "unknown") return { kind: "failed", action: action.id, because: "there is no such instance" };
  switch (action.kind) {
    case "register":
    case "take-back":
      return outcomeOf(action, await onAddress(machine, haproxy.register));
    case "drain":
      return outcomeOf(action, await onAddress(machine, haproxy.deregister));
    case "warm":
      warm(given, policy, machine);
      return outcomeOf(action, ok(undefined));
    case "terminate":
      fleet.terminate(machine.id);
      return outcomeOf(action, await onAddress(machine, haproxy.release));
  }
}

/** What does not listen yet is not in the load balancer. */
const onAddress = async (
  { address }: Machine,
  call: (address: Address) => Promise<Result<void, string>>,
): Promise<Result<void, string>> => (address === "none" ? ok(undefined) : await call(address));

const outcomeOf = (action: Exclude<Action, { kind: "launch" }>, result: Result<void, string>): Outcome =>
  result.kind === "ok"
    ? { kind: "done", action: action.id, instances: [action.instance] }
    : { kind: "failed", action: action.id, because: result.error };

/** Only starts: a later look reads how it ended, as it does of the warmer in the cloud. */
function warm({ warmer, clock, onWarmed }: LabGiven, { warm: wanted }: Policy, machine: Machine): void {
  if (wanted.kind !== "http" || machine.address === "none") return;
  machine.warm = { kind: "started", at: clock.now() };
  // The bound is of the lab's own milliseconds: an answer is not compressed, and waiting for it is.
  void warmer(machine.address, { ...wanted, timeoutMs: clock.taking(wanted.timeoutMs) }).then((result) => {
    // Wanted no more, it was terminated while it warmed: nobody's failure.
    if (machine.life.kind === "terminated") return;
    const at = clock.now();
    machine.warm = isWarm(result)
      ? { kind: "done", at, result }
      : { kind: "failed", at, because: result.verdict, result };
    onWarmed(result);
  });
}
