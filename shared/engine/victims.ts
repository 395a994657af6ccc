// Who leaves when there are too many: first what serves nothing yet, youngest first; then the unhealthy; then what another version
// of the launch template made; then from the fullest zone, oldest first. Whom somebody has protected never.
import { isOutdated, type Staged } from "./phase.ts";

interface Excess {
  readonly surplus: number;
  readonly target: number;
  /** Of the launch template, as the policy wants it. */
  readonly templateVersion: string;
}

/**
 * Ids to let go. Serving instances never fall below the target for the sake of ones that are still booting. One that returns
 * may still be answering what it had when it left: it is left to come back, and drained then.
 */
export function pickVictims(all: readonly Staged[], { surplus, target, templateVersion }: Excess): ReadonlySet<string> {
  if (surplus <= 0) return new Set();
  const counted = all.filter(({ instance }) => !instance.isProtected);
  const isServing = ({ phase }: Staged): boolean => phase === "serving" || phase === "unhealthy";
  const cancelled = counted
    .filter((one) => !isServing(one) && one.phase !== "returning")
    .sort((a, b) => b.instance.launchedAt - a.instance.launchedAt || byId(a, b))
    .slice(0, surplus);
  const serving = counted.filter(isServing);
  // A sick one that stays because it is protected takes nobody's place.
  const servingCount = all.filter((one) => isServing(one) && !(one.instance.isProtected && isSick(one))).length;
  const drainCount = Math.max(0, Math.min(surplus - cancelled.length, servingCount - target));
  const sick = serving.filter(isSick).sort(oldestFirst).slice(0, drainCount);
  const sound = serving.filter((one) => !isSick(one));
  const isOlder = ({ instance }: Staged): boolean => isOutdated(instance, templateVersion);
  const older = balanced(sound.filter(isOlder), drainCount - sick.length);
  const newest = balanced(
    sound.filter((one) => !isOlder(one)),
    drainCount - sick.length - older.length,
  );
  const drained = [...sick, ...older, ...newest];
  return new Set([...cancelled, ...drained].map(({ instance }) => instance.id));
}

const isSick = ({ instance }: Staged): boolean => instance.target.kind === "unhealthy";

const byId = (a: Staged, b: Staged): number => (a.instance.id < b.instance.id ? -1 : 1);

/** Takes one at a time from the zone that has most left, the oldest first within it. */
function balanced(serving: readonly Staged[], count: number): readonly Staged[] {
  const zones = new Map<string, Staged[]>();
  for (const one of serving) zones.set(one.instance.zone, [...(zones.get(one.instance.zone) ?? []), one]);
  for (const queue of zones.values()) queue.sort(oldestFirst);
  return Array.from({ length: count }, () => fullest(zones).shift()).filter((one) => one !== undefined);
}

const oldestFirst = (a: Staged, b: Staged): number => a.instance.launchedAt - b.instance.launchedAt || byId(a, b);

/** Ties go to the zone whose name sorts first, so that the order instances come in does not matter. */
function fullest(zones: ReadonlyMap<string, Staged[]>): Staged[] {
  return [...zones].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))[0]?.[1] ?? [];
}
