// All instances, and the clock. Those that live are apart from those that ended, so that a minute costs only the living;
// an hour after its end an instance is forgotten but for its row.
import { assert, type EpochMs, secondMs } from "../../core/index.ts";
import type { Random } from "../random.ts";
import { type Phase, phaseAt, rowOf } from "./life.ts";
import { isBy, type Machine, startedAt, stateAt, targetAt, warmAt } from "./machine.ts";
import type { Tokens } from "./tokens.ts";
import {
  type CloudOptions,
  type Counts,
  forgottenAfterMs,
  type InstanceRow,
  type LaunchAnswer,
  type SeenInstance,
} from "./types.ts";

export interface Fleet {
  readonly options: CloudOptions;
  readonly random: Random;
  now: EpochMs;
  instanceCount: number;
  launchCount: number;
  /** How many launched instances have drawn their fate. */
  drawCount: number;
  living: Machine[];
  /** Ended within the last hour. */
  ended: Machine[];
  readonly byId: Map<string, Machine>;
  readonly forgotten: InstanceRow[];
  /** Subnet id → zone, in order of first mention. */
  readonly subnets: Map<string, string>;
  readonly tokens: Tokens<LaunchAnswer>;
}

export function advanceTo(fleet: Fleet, at: EpochMs): void {
  assert(at >= fleet.now, "time never runs backwards");
  fleet.now = at;
  const gone = fleet.living.filter(({ end }) => isBy(end, at));
  if (gone.length > 0) {
    fleet.living = fleet.living.filter(({ end }) => !isBy(end, at));
    fleet.ended.push(...gone);
  }
  forget(fleet);
}

function forget(fleet: Fleet): void {
  const old = fleet.ended.filter(({ end }) => isBy(end, fleet.now - forgottenAfterMs));
  if (old.length === 0) return;
  fleet.ended = fleet.ended.filter((machine) => !old.includes(machine));
  for (const machine of old) {
    fleet.byId.delete(machine.id);
    fleet.forgotten.push(rowOf(machine, fleet.now));
  }
}

/** What EC2 would describe as of then, terminated ones of the last hour included and last. */
export function visibleAt(fleet: Fleet, asOf: EpochMs): readonly Machine[] {
  const visible = fleet.living.filter((machine) => machine.visibleAt <= asOf);
  for (const machine of fleet.ended) if (machine.visibleAt <= asOf) visible.push(machine);
  return visible;
}

export const targetRules = ({ options }: Fleet) => ({
  drainMs: options.plant.drainSeconds * secondMs,
  unhealthy: options.faults.unhealthy,
});

export function describe(fleet: Fleet, asOf: EpochMs): readonly SeenInstance[] {
  const rules = targetRules(fleet);
  const seen: SeenInstance[] = [];
  for (const machine of visibleAt(fleet, asOf)) {
    const state = stateAt(machine, asOf);
    if (state === "terminated") continue;
    const { id, pool, tags } = machine;
    const launchedAt = startedAt(machine);
    const { zone, subnetId, instanceType, purchase } = pool;
    const [target, warm] = [targetAt(machine, asOf, rules), warmAt(machine, asOf)];
    seen.push({ id, zone, subnetId, instanceType, purchase, launchedAt, tags, state, target, warm });
  }
  return seen;
}

export function countsAt(fleet: Fleet, minuteAt: EpochMs): Counts {
  assert(minuteAt > fleet.now - forgottenAfterMs, "counts reach back an hour");
  const { plant, faults } = fleet.options;
  const count = { at: minuteAt, coldMs: plant.cold.seconds * secondMs, unhealthy: faults.unhealthy };
  const tally: Record<Phase, number> = {
    serving: 0,
    cold: 0,
    unhealthy: 0,
    booting: 0,
    warming: 0,
    draining: 0,
    gone: 0,
  };
  for (const machine of fleet.living) tally[phaseAt(machine, count)] += 1;
  if (minuteAt < fleet.now) for (const machine of fleet.ended) tally[phaseAt(machine, count)] += 1;
  const { serving, cold, booting, warming, draining } = tally;
  return { serving: serving + cold, cold, booting, warming, draining };
}

/** Whether the target group has a target in any state but gone. */
export const hasTargets = (fleet: Fleet, at: EpochMs): boolean =>
  fleet.living.some((machine) => targetAt(machine, at, targetRules(fleet)).kind !== "unregistered");

export const rowsOf = (fleet: Fleet): readonly InstanceRow[] =>
  [...fleet.forgotten, ...[...fleet.ended, ...fleet.living].map((machine) => rowOf(machine, fleet.now))].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  );
