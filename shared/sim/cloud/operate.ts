// What is done to instances that exist: terminate, register, deregister, warm.
import { type EpochMs, error, ok, type Result, secondMs } from "../../core/index.ts";
import { AwsError, instanceNotFound } from "./errors.ts";
import { type Fleet, targetRules } from "./fleet.ts";
import { instant, isBy, type Machine, never, restAt, servingFrom, stateAt, stintAt, targetAt } from "./machine.ts";
import type { InstanceState } from "./types.ts";

export function find(fleet: Fleet, ids: readonly string[]): Result<readonly Machine[], AwsError> {
  const found: Machine[] = [];
  for (const id of ids) {
    const machine = fleet.byId.get(id);
    if (machine === undefined) return error(instanceNotFound(id));
    found.push(machine);
  }
  return ok(found);
}

/** All or nothing: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html */
export function terminate(fleet: Fleet, ids: readonly string[]): Result<void, AwsError> {
  const found = find(fleet, ids);
  if (found.kind === "error") return found;
  for (const machine of found.value) if (!isBy(machine.end, fleet.now)) machine.end = instant(fleet.now);
  return ok(undefined);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html */
export function stop(fleet: Fleet, ids: readonly string[]): Result<void, AwsError> {
  const found = find(fleet, ids);
  if (found.kind === "error") return found;
  const other = found.value.find(
    (machine) => !isStoppable(stateAt(machine, fleet.now)) || machine.pool.purchase === "spot",
  );
  if (other !== undefined) return error(wrongState(other.id, "stopped"));
  for (const machine of found.value)
    if (stateAt(machine, fleet.now) === "running") machine.rests.push({ stoppedAt: fleet.now, startedAt: never });
  return ok(undefined);
}

const isStoppable = (state: InstanceState): boolean =>
  state === "running" || state === "stopping" || state === "stopped";

/** What is stopped has booted once: the operating system starts, and the application. */
const restartMs = 40 * secondMs;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html */
export function start(fleet: Fleet, ids: readonly string[]): Result<void, AwsError> {
  const { now } = fleet;
  const found = find(fleet, ids);
  if (found.kind === "error") return found;
  const other = found.value.find((machine) => !isStartable(stateAt(machine, now)));
  if (other !== undefined) return error(wrongState(other.id, "started"));
  for (const machine of found.value) {
    const rest = restAt(machine, now);
    if (rest === undefined) continue;
    rest.startedAt = instant(now);
    machine.runningAt = now + restartMs / 2;
    machine.fate = { kind: "boots", readyAt: now + restartMs };
    machine.warm = { kind: "not-started" };
  }
  return ok(undefined);
}

const isStartable = (state: InstanceState): boolean =>
  state === "stopped" || state === "running" || state === "pending";

const wrongState = (id: string, verb: string): AwsError =>
  new AwsError("IncorrectInstanceState", `The instance '${id}' is not in a state from which it can be ${verb}.`);

/** All or nothing: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html */
export function register(fleet: Fleet, ids: readonly string[]): Result<void, AwsError> {
  const machines: Machine[] = [];
  for (const id of ids) {
    const machine = fleet.byId.get(id);
    if (machine === undefined || stateAt(machine, fleet.now) !== "running") return error(notRunning(id));
    machines.push(machine);
  }
  for (const machine of machines) enter(fleet, machine);
  return ok(undefined);
}

const notRunning = (id: string): AwsError =>
  new AwsError(
    "InvalidTargetException",
    `The following targets are not in a running state and cannot be registered: '${id}'`,
  );

function enter(fleet: Fleet, machine: Machine): void {
  const { now } = fleet;
  const target = targetAt(machine, now, targetRules(fleet));
  if (target.kind !== "unregistered" && target.kind !== "draining") return;
  const left = stintAt(machine, now);
  const served = left?.drainingAt.kind === "at" && isBy(left.servingAt, left.drainingAt.at);
  const servingAt = served ? instant(now) : servingFrom(machine, now);
  machine.stints.push({ registeredAt: now, servingAt, drainingAt: never });
}

export function deregister(fleet: Fleet, ids: readonly string[]): Result<void, AwsError> {
  for (const id of ids) {
    const stint = fleet.byId.get(id)?.stints.at(-1);
    if (stint?.drainingAt.kind === "never") stint.drainingAt = instant(fleet.now);
  }
  return ok(undefined);
}

/** Requires a running instance; a target that does not serve yet waits for the warming to end. */
export function startWarm(fleet: Fleet, id: string): Result<void, AwsError> {
  const { now } = fleet;
  const machine = fleet.byId.get(id);
  if (machine === undefined) return error(instanceNotFound(id));
  if (stateAt(machine, now) !== "running") return error(notWarmable(id));
  if (machine.warm.kind === "started" && !(machine.warm.ends === "failed" && machine.warm.endsAt <= now)) {
    return ok(undefined);
  }
  const ends = machine.fate.kind === "fails" || fleet.options.faults.warmFails(id) ? "failed" : "done";
  machine.warm = { kind: "started", at: now, endsAt: warmedAt(fleet, machine), ends };
  const stint = machine.stints.at(-1);
  if (stint?.drainingAt.kind === "never" && !isBy(stint.servingAt, now)) stint.servingAt = servingFrom(machine, now);
  return ok(undefined);
}

const notWarmable = (id: string): AwsError =>
  new AwsError("IncorrectInstanceState", `The instance '${id}' is not running`);

function warmedAt({ now, options }: Fleet, { fate, warmShare }: Machine): EpochMs {
  const [shortest, longest] = options.warmSeconds;
  const readyAt = fate.kind === "boots" ? fate.readyAt : now;
  return Math.max(now, readyAt) + Math.round((shortest + warmShare * (longest - shortest)) * secondMs);
}
