// The lab's World: processes for EC2, a real HAProxy for the load balancer, the log in memory, time compressed.
import {
  type Newest,
  type Readings,
  type Row,
  restingView,
  snapshotOf,
  type World,
} from "../../shared/control/index.ts";
import { type DurationMs, error, ok, type Result } from "../../shared/core/index.ts";
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
  /** What operators have put beside the log. */
  readonly facts: Pick<Readings, "peaks" | "overrides" | "brakes">;
  /** Of the loop's time. */
  readonly deregistrationDelayMs: DurationMs;
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
      peaks: [...given.facts.peaks],
      preflight: "none",
      overrides: [...given.facts.overrides],
      brakes: [...given.facts.brakes],
      notices: [],
      forecast: "none",
    });
  const whole = async (policy: Policy): Promise<Snapshot> => snapshot(policy, await viewOf(given));
  return {
    now: clock.now,
    observe: whole,
    glance: async (versioned) => {
      const { policy } = versioned;
      const resting = restingView(newest, clock.now(), versioned);
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

async function viewOf({ fleet, haproxy, deregistrationDelayMs }: LabGiven): Promise<InstancesView> {
  const slots = await haproxy.slots();
  if (slots.kind === "error") return { kind: "missing", how: "failed", because: slots.error };
  return {
    kind: "seen",
    instances: fleet.described().map((machine) => instanceOf(machine, slots.value)),
    foreignCount: 0,
    deregistrationDelayMs,
    templateVersion: "1",
  };
}

const instanceOf = (
  { id, zone, instanceType, purchase, launchedAt, launchedBy, address, warm }: Machine,
  slots: readonly Slot[],
): Instance => ({
  id,
  zone,
  subnet: "",
  instanceType,
  purchase,
  launchedAt,
  launchedBy,
  templateVersion: "1",
  isProtected: false,
  state: address === "none" ? "pending" : "running",
  target: address === "none" ? { kind: "unregistered" } : targetStateOf(slots, address),
  warm,
});

async function run(given: LabGiven, policy: Policy, action: Action): Promise<Outcome> {
  if (action.kind === "launch") return launch(given, action);
  const machine = given.fleet.machine(action.instance);
  return outcomeOf(action, await runOn(given, policy, { kind: action.kind, machine }));
}

function launch({ fleet }: LabGiven, action: Extract<Action, { kind: "launch" }>): Outcome {
  const launched = fleet.launch({ ...action, launchedBy: action.id });
  if (launched.kind === "mismatch")
    return {
      kind: "failed",
      action: action.id,
      because: "IdempotentParameterMismatch: it has asked for others before",
    };
  const came = { action: action.id, instances: launched.machines.map(({ id }) => id) };
  if (launched.kind === "all") return { kind: "done", ...came };
  return {
    kind: "insufficient-capacity",
    ...came,
    because: "there is no room in the lab",
    attempts: [],
    shortSubnets: [],
  };
}

type InstanceAction = Exclude<Action, { kind: "launch" }>;
interface OnMachine {
  readonly kind: InstanceAction["kind"];
  readonly machine: Machine | "unknown";
}

async function runOn(given: LabGiven, policy: Policy, { kind, machine }: OnMachine): Promise<Result<void, string>> {
  const { haproxy } = given;
  const isGone = machine === "unknown" || machine.life.kind === "terminated";
  switch (kind) {
    case "register":
    case "take-back":
      if (isGone || machine.address === "none") return error("IncorrectInstanceState: it does not run");
      return await haproxy.register(machine.address);
    case "drain":
      return isGone ? ok(undefined) : await onAddress(machine, haproxy.deregister);
    case "warm":
      return isGone ? error("IncorrectInstanceState: it does not run") : warm(given, policy, machine);
    case "start":
    case "stop":
      return error("a process cannot be stopped and kept");
    case "terminate":
      return isGone ? ok(undefined) : await terminate(given, machine);
  }
}

/** What takes traffic leaves the load balancer first; what cannot leave it stays. */
async function terminate({ fleet, haproxy }: LabGiven, machine: Machine): Promise<Result<void, string>> {
  const released = await onAddress(machine, haproxy.release);
  if (released.kind === "ok") fleet.terminate(machine.id);
  return released;
}

/** What does not listen yet is not in the load balancer. */
const onAddress = async (
  { address }: Machine,
  call: (address: Address) => Promise<Result<void, string>>,
): Promise<Result<void, string>> => (address === "none" ? ok(undefined) : await call(address));

const outcomeOf = (action: InstanceAction, result: Result<void, string>): Outcome =>
  result.kind === "ok"
    ? { kind: "done", action: action.id, instances: [action.instance] }
    : { kind: "failed", action: action.id, because: result.error };

/** Only starts: a later look reads how it ended, as it does of the warmer in the cloud. */
function warm({ warmer, clock, onWarmed }: LabGiven, { warm: wanted }: Policy, machine: Machine): Result<void, string> {
  if (machine.address === "none") return error("IncorrectInstanceState: it does not run");
  if (wanted.kind !== "http") return error("the lab warms by HTTP alone");
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
  return ok(undefined);
}
