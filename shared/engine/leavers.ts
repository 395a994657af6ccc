// Who is replaced though nobody wants fewer: spot instances that EC2 is about to take, and, a share at a time, those that policy
// wants renewed. None of them counts towards the target; one that still serves well goes only when another serves in its place.
import type { EpochMs } from "../core/index.ts";
import type { Policy, Renew } from "../policy/index.ts";
import { by, oldestFirst } from "./age.ts";
import { type Move, moveIn, type Standing } from "./balance.ts";
import { breakerOf } from "./breaker.ts";
import { isWithin } from "./hours.ts";
import { isGoing, isOutdated, isSound, type Staged } from "./phase.ts";
import type { Reason, Renewed, Snapshot } from "./types.ts";

export interface Leavers {
  /** EC2 takes them within two minutes. */
  readonly interrupted: ReadonlySet<string>;
  /** In the order in which they are to go. */
  readonly renewed: ReadonlyMap<string, Renewed>;
  /** The subnet that lacks one, where it is for that that one is replaced. */
  readonly moveTo: string;
  /** What of it is to be told. */
  readonly told: readonly Reason[];
}

interface Given extends Standing {
  /** With foreign targets. */
  readonly target: number;
}

/** So many more than the target may stand for the sake of replacements. */
export const surgeOf = ({ limits: { surgeRatio } }: Policy, target: number): number =>
  Math.max(1, Math.floor(surgeRatio * target));

export function leaversOf(policy: Policy, snapshot: Snapshot, given: Given): Leavers {
  const noticed = new Map(snapshot.notices.map(({ instance, kind }) => [instance, kind]));
  const living = given.staged.filter(({ phase }) => phase !== "leaving");
  const isOf =
    (kind: "interruption" | "rebalance") =>
    ({ instance }: Staged) =>
      noticed.get(instance.id) === kind;
  const interrupted = living.filter(isOf("interruption"));
  const rebalanced = living.filter(isOf("rebalance"));
  const surge = surgeOf(policy, given.target);
  const free = serving(rebalanced).slice(0, surge);
  const isMoved = interrupted.length + rebalanced.length > 0;
  const { aged, told } = renewals(policy, snapshot, { ...given, isMoved });
  const move: Move = isMoved || told.length > 0 ? { kind: "none", told: [] } : moveIn(policy, snapshot, given);
  const renewed = [
    ...free.map(({ instance }): [string, Renewed] => [instance.id, "rebalanced"]),
    ...aged.slice(0, Math.max(0, surge - free.length)),
    ...(move.kind === "moves" ? [[move.instance, "unbalanced"] as [string, Renewed]] : []),
  ];
  const notice: readonly Reason[] = !isMoved
    ? []
    : [{ kind: "noticed", interruptionCount: interrupted.length, rebalanceCount: rebalanced.length }];
  return {
    interrupted: new Set(interrupted.map(({ instance }) => instance.id)),
    renewed: new Map(renewed),
    moveTo: move.kind === "moves" ? move.to : "anywhere",
    told: [...notice, ...told, ...move.told],
  };
}

const serving = (staged: readonly Staged[]): readonly Staged[] =>
  staged.filter((one) => isSound(one) && !one.instance.isProtected).sort(by(oldestFirst));

/** Whether the policy wants an instance renewed, whatever else there is to be done. */
export function dueIn({ renew }: Policy, now: EpochMs, templateVersion: string): (one: Staged) => boolean {
  if (renew.kind === "never") return () => false;
  const because = becauseIn(renew, now, templateVersion);
  return (one) => because(one) !== "fresh";
}

type Renews = Extract<Renew, { kind: "renews" }>;

function renewals(policy: Policy, { now, brakes }: Snapshot, given: Given & { readonly isMoved: boolean }) {
  const { renew } = policy;
  const none = { aged: [] as readonly [string, Renewed][], told: [] as readonly Reason[] };
  if (renew.kind === "never") return none;
  const because = becauseIn(renew, now, given.templateVersion);
  const due = (staged: readonly Staged[]): readonly [string, Renewed][] =>
    staged.flatMap((one) => {
      const why = because(one);
      return why === "fresh" ? [] : [[one.instance.id, why] as [string, Renewed]];
    });
  const aged = due(serving(given.staged));
  if (aged.length === 0) return none;
  const leaving = due(given.staged.filter(isGoing)).length;
  const atOnce = Math.max(1, Math.floor(renew.atOnceRatio * serving(given.staged).length)) - leaving;
  const waits = brakes.length > 0 ? "brake" : waitsFor(renew, now, given);
  const count = waits === "nothing" ? Math.max(0, Math.min(atOnce, aged.length)) : 0;
  const reason: Reason = {
    kind: "renewing",
    templateVersion: given.templateVersion,
    outdatedCount: aged.filter(([, why]) => why === "outdated").length,
    tooOldCount: aged.filter(([, why]) => why === "too-old").length,
    now: waits === "nothing" ? { kind: "replaces", count } : { kind: "waits", because: waits },
  };
  return { aged: aged.slice(0, count), told: [reason] };
}

const becauseIn =
  ({ outdated, maxAgeMs }: Renews, now: EpochMs, version: string) =>
  ({ instance }: Staged): "outdated" | "too-old" | "fresh" => {
    if (outdated && isOutdated(instance, version)) return "outdated";
    return maxAgeMs !== "any" && now - instance.launchedAt > maxAgeMs ? "too-old" : "fresh";
  };

/** A fleet that is unwell, or whose new version fails, is not renewed. */
function waitsFor(
  { during }: Renews,
  now: EpochMs,
  { staged, memory, templateVersion, isMoved }: Given & { readonly isMoved: boolean },
): "nothing" | "hours" | "unwell" | "breaker" {
  if (breakerOf(memory, templateVersion).kind !== "closed") return "breaker";
  if (isMoved || staged.some(({ phase }) => phase === "unhealthy" || phase === "never-healthy")) return "unwell";
  return isWithin(during, now) ? "nothing" : "hours";
}
