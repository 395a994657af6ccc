// Who leaves when there are too many: first the unhealthy; then what serves nothing yet, youngest first; then what EC2 may soon take;
// then what another version of the launch template made; then from the fullest zone, oldest first. Whom somebody has protected never.
import { by, oldestFirst, youngestFirst } from "./age.ts";
import { isOutdated, type Staged } from "./phase.ts";

interface Excess {
  readonly surplus: number;
  readonly target: number;
  /** Of the launch template, as the policy wants it. */
  readonly templateVersion: string;
  /** EC2 has announced that it may take them. */
  readonly noticed: ReadonlySet<string>;
}

/**
 * Ids to let go. Serving instances never fall below the target for the sake of ones that are still booting. One that returns
 * may still be answering what it had when it left: it is left to come back, and drained then.
 */
export function pickVictims(all: readonly Staged[], excess: Excess): ReadonlySet<string> {
  const { surplus, target, templateVersion, noticed } = excess;
  if (surplus <= 0) return new Set();
  const counted = all.filter(({ instance }) => !instance.isProtected);
  const isServing = ({ phase }: Staged): boolean => phase === "serving" || phase === "unhealthy";
  const serving = counted.filter(isServing);
  const sick = serving.filter(isSick).sort(by(oldestFirst)).slice(0, surplus);
  const cancelled = counted
    .filter((one) => !isServing(one) && one.phase !== "returning")
    .sort(by(youngestFirst))
    .slice(0, surplus - sick.length);
  const soundCount = all.filter((one) => isServing(one) && !isSick(one)).length;
  let left = Math.max(0, Math.min(surplus - sick.length - cancelled.length, soundCount - target));
  const sound = serving.filter((one) => !isSick(one));
  const rankOf = ({ instance }: Staged): number =>
    noticed.has(instance.id) ? 0 : isOutdated(instance, templateVersion) ? 1 : 2;
  const drained = [0, 1, 2].flatMap((rank) => {
    const some = balanced(
      sound.filter((one) => rankOf(one) === rank),
      left,
    );
    left -= some.length;
    return some;
  });
  return new Set([...sick, ...cancelled, ...drained].map(({ instance }) => instance.id));
}

const isSick = ({ instance }: Staged): boolean => instance.target.kind === "unhealthy";

/** Takes one at a time from the zone that has most left, the oldest first within it. */
function balanced(serving: readonly Staged[], count: number): readonly Staged[] {
  const zones = new Map<string, Staged[]>();
  for (const one of serving) zones.set(one.instance.zone, [...(zones.get(one.instance.zone) ?? []), one]);
  for (const queue of zones.values()) queue.sort(by(oldestFirst));
  return Array.from({ length: count }, () => fullest(zones).shift()).filter((one) => one !== undefined);
}

/** Ties go to the zone whose name sorts first, so that the order instances come in does not matter. */
function fullest(zones: ReadonlyMap<string, Staged[]>): Staged[] {
  return [...zones].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))[0]?.[1] ?? [];
}
