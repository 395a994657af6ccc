// Who is sick and replaced, and when nobody is: while most are unwell.
import { isGoing, isSound, type Staged } from "./phase.ts";
import type { Memory, Reason } from "./types.ts";

/** Told where most are unwell, and so nobody is replaced. */
export const outage = (staged: readonly Staged[], isOutage: boolean): readonly Reason[] => {
  const { unwell, sound } = healthOf(staged);
  return isOutage ? [{ kind: "outage", unhealthyCount: unwell.length, servingCount: sound.length }] : [];
};

/**
 * At most a tenth at a time, those that drain for it included, and none while most are unhealthy, however lately: that is an outage, not
 * a sick instance. What is protected stays, and another serves in its place.
 */
export function replaceable(
  staged: readonly Staged[],
  memory: Memory,
): { readonly sick: ReadonlySet<string>; readonly isOutage: boolean } {
  const sick = staged.filter(({ phase }) => phase === "unhealthy");
  const { unwell, sound } = healthOf(staged);
  if (sick.length > 0 && unwell.length > sound.length) return { sick: new Set(), isOutage: true };
  const known = new Set(memory.unhealthy.map(({ id }) => id));
  const leaving = staged.filter((one) => isGoing(one) && known.has(one.instance.id)).length;
  const atOnce = Math.max(1, Math.floor((unwell.length + sound.length) / 10)) - leaving;
  const idsOf = (some: readonly Staged[]): readonly string[] => some.map(({ instance }) => instance.id).sort();
  const stay = idsOf(sick.filter(({ instance }) => instance.isProtected));
  const go = idsOf(sick.filter(({ instance }) => !instance.isProtected)).slice(0, Math.max(0, atOnce));
  return { sick: new Set([...stay, ...go]), isOutage: false };
}

/** In the load balancer: by what it says now, whatever the grace. */
const healthOf = (staged: readonly Staged[]): Readonly<Record<"unwell" | "sound", readonly Staged[]>> => {
  const served = staged.filter(({ phase }) => phase === "serving" || phase === "unhealthy");
  return { unwell: served.filter((one) => !isSound(one)), sound: served.filter(isSound) };
};
