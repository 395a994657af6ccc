// What is added where some are short: started from the reserve first, then launched; how many, of which version, and where.
import type { Policy } from "../policy/index.ts";
import { type Breaker, roomUnder } from "./breaker.ts";
import { type Leavers, surgeOf } from "./leavers.ts";
import type { Make } from "./moves.ts";
import type { Staged } from "./phase.ts";
import { spreadOver, subnetsFor } from "./places.ts";
import { split } from "./purchase.ts";
import { isOld } from "./templates.ts";
import { pickStarted, type Tended } from "./tend.ts";
import type { Action, Snapshot } from "./types.ts";

/** One CreateFleet, and what one look may take on; the next look goes on. */
export const launchCountMax = 500;

interface Growing {
  readonly tended: Tended;
  readonly leavers: Leavers;
  readonly breaker: Breaker;
  readonly make: Make;
  readonly counted: readonly Staged[];
  /** With the launches that EC2 does not show yet. */
  readonly countedCount: number;
  readonly livingCount: number;
  /** Beyond those that are taken back. */
  readonly shortage: number;
}

export interface Growth {
  /** Ids of the reserve's. */
  readonly started: readonly string[];
  readonly launched: readonly Action[];
}

export function grow(policy: Policy, snapshot: Snapshot, growing: Growing): Growth {
  const { tended, leavers, breaker, shortage } = growing;
  const room = Math.min(launchCountMax, shortage, roomFor(policy, snapshot, growing));
  // Whom the reserve has stands where it stands.
  const started = pickStarted(tended, leavers.moveTo === "anywhere" ? room : 0);
  const launchCount = Math.min(room - started.length, roomUnder(breaker, snapshot.now, isTried(snapshot, growing)));
  return { started, launched: launchCount > 0 ? [launch(policy, snapshot, { ...growing, launchCount })] : [] };
}

/** One of the template's version is on its way, or has not served for long enough to tell. */
const isTried = ({ now }: Snapshot, { tended, counted, countedCount }: Growing): boolean =>
  countedCount > counted.length ||
  counted.some(({ instance }) => instance.templateVersion === tended.templateVersion && !isOld(instance, now));

/**
 * Where nothing may be terminated, what never turns healthy is not replaced without end; and what stands beside those it replaces
 * passes the maximum by no more than the surge.
 */
function roomFor(policy: Policy, { brakes }: Snapshot, { leavers, countedCount, livingCount }: Growing): number {
  const { max } = policy.bounds;
  const beside = countedCount + leavers.renewed.size;
  const surging = leavers.renewed.size === 0 ? launchCountMax : Math.max(0, max + surgeOf(policy, max) - beside);
  return brakes.length === 0 ? surging : Math.min(surging, Math.max(0, max - livingCount));
}

function launch(policy: Policy, snapshot: Snapshot, wanted: Growing & { readonly launchCount: number }): Action {
  const { tended, leavers, breaker, counted, launchCount, make } = wanted;
  const onDemandCount = counted.filter(({ instance }) => instance.purchase === "on-demand").length;
  const spotAllowed = !lacksSpot(snapshot);
  const counts = split(policy, { launchCount, onDemandCount, counted: counted.length, spotAllowed });
  const subnets = leavers.moveTo === "anywhere" ? subnetsFor(policy, tended.memory, counted) : [leavers.moveTo];
  return {
    kind: "launch",
    id: make("launch", ""),
    ...counts,
    templateVersion: breaker.kind === "last-good" ? breaker.templateVersion : tended.templateVersion,
    subnets,
    ...spreadOver(subnets, counted, counts.onDemandCount),
  };
}

/** On demand: spot instances cannot be stopped. */
export function launchForReserve(
  { policy, memory, templateVersion }: Tended,
  { launchCount, make, counted }: Pick<Growing, "make" | "counted"> & { readonly launchCount: number },
): readonly Action[] {
  if (launchCount === 0) return [];
  const subnets = subnetsFor(policy, memory, counted);
  const counts = { onDemandCount: Math.min(launchCountMax, launchCount), spotCount: 0 };
  const spread = spreadOver(subnets, counted, counts.onDemandCount);
  return [{ kind: "launch", id: make("launch", ""), ...counts, templateVersion, subnets, ...spread, for: "reserve" }];
}

/** Spot that could not be had a look ago is bought on demand now, as a new request with a token of its own. */
function lacksSpot({ previous }: Snapshot): boolean {
  if (previous.kind === "none") return false;
  const short = new Set(
    previous.outcomes.filter(({ kind }) => kind === "insufficient-capacity").map(({ action }) => action),
  );
  return previous.actions.some((action) => action.kind === "launch" && action.spotCount > 0 && short.has(action.id));
}
