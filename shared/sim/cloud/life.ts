// A machine's life as rows for scoring, and what it counts as in one minute.
import { type EpochMs, minuteMs } from "../../core/index.ts";
import { type Instant, isBy, type Machine, restAt, type Stint, stintAt } from "./machine.ts";
import type { InstanceRow } from "./types.ts";

/** The row of an instance as far as its life has happened at `now`. */
export function rowOf(machine: Machine, now: EpochMs): InstanceRow {
  const { id, launchedAt, end, fate, rests } = machine;
  const spells = spellsOf(machine, now);
  const terminatedAt = end.kind === "at" && end.at <= now ? end.at : null;
  const servingAt = spells[0]?.servingAt ?? null;
  return {
    id,
    launchedAt,
    servingAt,
    warmed: isWarmedBy(machine, servingAt ?? terminatedAt ?? now),
    drainingAt: spells.length > 0 ? (spells.at(-1)?.drainingAt ?? null) : cancelledAt(machine, terminatedAt ?? now + 1),
    terminatedAt,
    failed: fate.kind === "fails" && terminatedAt === fate.at,
    takenBack: pausesOf(spells),
    ...(rests.length === 0
      ? {}
      : { stopped: rests.map(({ stoppedAt, startedAt }) => restOf(stoppedAt, startedAt, now)) }),
  };
}

const restOf = (from: EpochMs, startedAt: Instant, now: EpochMs) => ({
  from,
  to: startedAt.kind === "at" && startedAt.at <= now ? startedAt.at : null,
});

/** When a launch that had not served yet was taken out of the target group again. */
function cancelledAt({ stints }: Machine, before: EpochMs): EpochMs | null {
  const drainingAt = stints.at(-1)?.drainingAt;
  return drainingAt?.kind === "at" && drainingAt.at < before ? drainingAt.at : null;
}

interface Spell {
  readonly servingAt: EpochMs;
  readonly drainingAt: EpochMs | null;
}
/** The times of serving that have begun: a target deregistered or terminated before it was healthy has none. */
function spellsOf({ stints, end }: Machine, now: EpochMs): readonly Spell[] {
  const endsAt = end.kind === "at" && end.at <= now ? end.at : now + 1;
  return stints.flatMap(({ servingAt, drainingAt }) => {
    if (servingAt.kind === "never" || servingAt.at >= endsAt || isBy(drainingAt, servingAt.at)) return [];
    const leaves = drainingAt.kind === "at" && drainingAt.at < endsAt;
    return [{ servingAt: servingAt.at, drainingAt: leaves ? drainingAt.at : null }];
  });
}

const pausesOf = (spells: readonly Spell[]): InstanceRow["takenBack"] =>
  spells.slice(1).map(({ servingAt }, i) => ({ drainingAt: spells[i]?.drainingAt ?? servingAt, servingAt }));

const isWarmedBy = ({ warm }: Machine, at: EpochMs): boolean =>
  warm.kind === "started" && warm.ends === "done" && warm.endsAt <= at;

/** The question put to every machine alike. */
export interface Count {
  readonly at: EpochMs;
  readonly coldMs: number;
  readonly unhealthy: ReadonlySet<string>;
}
export type Phase = "serving" | "cold" | "unhealthy" | "booting" | "warming" | "draining" | "gone";

/**
 * What the instance counts as in the minute that starts at `count.at`. It serves only if it does so for the whole minute.
 * Once deregistered it is `draining` until it is terminated, for so long it is paid.
 */
export function phaseAt(machine: Machine, count: Count): Phase {
  const { at } = count;
  if (machine.launchedAt > at || isBy(machine.end, at) || restAt(machine, at)) return "gone";
  const stint = stintAt(machine, at);
  if (stint !== undefined && isBy(stint.servingAt, at)) return servingPhase(machine, stint, count);
  if (stint !== undefined && endsWithin(stint.drainingAt, at)) return "draining";
  return machine.warm.kind === "started" && machine.warm.at <= at ? "warming" : "booting";
}

function servingPhase(machine: Machine, stint: Stint, { at, coldMs, unhealthy }: Count): Phase {
  if (endsWithin(stint.drainingAt, at) || endsWithin(machine.end, at)) return "draining";
  if (unhealthy.has(machine.id)) return "unhealthy";
  return coldMs > 0 && isColdAt(machine, at, coldMs) ? "cold" : "serving";
}

const endsWithin = (moment: Stint["drainingAt"], minuteAt: EpochMs): boolean => isBy(moment, minuteAt + minuteMs - 1);

function isColdAt(machine: Machine, at: EpochMs, coldMs: number): boolean {
  const first = machine.stints.find(({ servingAt, drainingAt }) => {
    return servingAt.kind === "at" && !isBy(drainingAt, servingAt.at);
  });
  if (first?.servingAt.kind !== "at") return false;
  return at < first.servingAt.at + coldMs && !isWarmedBy(machine, first.servingAt.at);
}
