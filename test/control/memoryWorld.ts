// A World in a variable: a log, a fleet that launches at once, and a clock that stands still unless it is moved.
import { type Newest, type Row, snapshotOf, type World } from "../../shared/control/index.ts";
import type { EpochMs } from "../../shared/core/index.ts";
import type { Action, Instance, Outcome } from "../../shared/engine/index.ts";
import { instance, noon, points } from "../support/given.ts";

export interface MemoryWorld extends World {
  readonly rows: Row[];
  readonly recorded: { readonly row: string; readonly outcomes: readonly Outcome[] }[];
  /** What was asked of the outside, batch by batch. */
  readonly asked: (readonly Action[])[];
  readonly fleet: Instance[];
  clock: EpochMs;
  demand: number;
  /** Runs in place of a call, before it takes effect: to crash there, or to let another evaluator in. */
  before: {
    commit?: () => Promise<void>;
    act?: (batch: readonly Action[]) => Promise<void>;
    record?: () => Promise<void>;
  };
  /** Outcome of an action; by default it is done. */
  answer: (action: Action) => readonly Outcome[];
}

export function memoryWorld(fleet: readonly Instance[]): MemoryWorld {
  const world: MemoryWorld = {
    rows: [],
    recorded: [],
    asked: [],
    fleet: [...fleet],
    clock: noon,
    demand: 1_000,
    before: {},
    answer: (action) => [done(world, action)],
    now: () => world.clock,
    observe: async (policy) =>
      snapshotOf(policy, {
        now: world.clock,
        newest: newestOf(world),
        instances: {
          kind: "seen",
          instances: world.fleet,
          foreignCount: 0,
          deregistrationDelayMs: 0,
          templateVersion: "1",
        },
        metrics: { requests: { kind: "points", points: demandPoints(world) } },
        peaks: [],
        preflight: "none",
        overrides: [],
        notices: [],
        brakes: [],
        forecast: "none",
      }),
    glance: ({ policy }) => world.observe(policy),
    lookCloser: (policy) => world.observe(policy),
    commit: async (_, row) => {
      await world.before.commit?.();
      if ((world.rows.at(-1)?.generation ?? 0) >= row.generation) return "superseded";
      world.rows.push(row);
      return "committed";
    },
    act: async (_policy, _row, batch) => {
      await world.before.act?.(batch);
      world.asked.push(batch);
      return batch.flatMap(world.answer);
    },
    record: async (row, outcomes) => {
      await world.before.record?.();
      world.recorded.push({ row: row.id, outcomes });
    },
  };
  return world;
}

const demandPoints = ({ clock, demand }: MemoryWorld) => {
  const signal = points([demand, demand], clock - 120_000);
  return signal.kind === "known" ? signal.points : [];
};

function newestOf({ rows, recorded }: MemoryWorld): Newest {
  const row = rows.at(-1);
  if (!row) return { kind: "none" };
  return { kind: "row", row, outcomes: recorded.findLast((one) => one.row === row.id)?.outcomes ?? [] };
}

/** As EC2 does: a launch asked for again under its old id starts nothing new. */
function done(world: MemoryWorld, action: Action): Outcome {
  if (action.kind !== "launch") return { kind: "done", action: action.id, instances: [action.instance] };
  const known = world.fleet.filter(({ launchedBy }) => launchedBy === action.id);
  const born =
    known.length > 0
      ? []
      : Array.from({ length: action.onDemandCount + action.spotCount }, (_, index) =>
          instance(`new-${world.fleet.length + index}`, {
            state: "pending",
            target: { kind: "unregistered" },
            launchedAt: world.clock,
            launchedBy: action.id,
          }),
        );
  world.fleet.push(...born);
  return { kind: "done", action: action.id, instances: [...known, ...born].map(({ id }) => id) };
}
