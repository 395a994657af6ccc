// Where to launch: first where the fleet has fewest, and for a while not where there was no capacity.
import { type DurationMs, minuteMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Staged } from "./phase.ts";
import type { Memory, Outcome, Snapshot } from "./types.ts";

/** Capacity that EC2 does not have it seldom has a minute later. */
const shortMs: DurationMs = 10 * minuteMs;

/** What the newest row's launches have found. */
export function shortSubnetsAfter({ memory, previous, now }: Snapshot): Memory["shortSubnets"] {
  const known = memory.shortSubnets.filter(({ until }) => until > now);
  if (previous.kind === "none") return known;
  const named = previous.outcomes.flatMap((outcome) => ("shortSubnets" in outcome ? outcome.shortSubnets : []));
  const found = [...named, ...emptyHanded(previous)];
  const until = previous.at + shortMs;
  const older = known.filter(({ subnet }) => !found.includes(subnet));
  return until <= now ? known : [...older, ...[...new Set(found)].map((subnet) => ({ subnet, until }))];
}

const refusals: ReadonlySet<Outcome["kind"]> = new Set(["insufficient-capacity", "throttled", "denied", "failed"]);

/**
 * One that was to be had in one subnet alone, and was not, for whatever reason: nobody needs it as much as that it would have to be
 * asked for at every look. Where it is the only subnet left, being short changes nothing.
 */
function emptyHanded({ actions, outcomes }: Extract<Snapshot["previous"], { kind: "row" }>): readonly string[] {
  const refused = new Set(outcomes.filter(({ kind }) => refusals.has(kind)).map(({ action }) => action));
  return actions.flatMap((action) => {
    if (action.kind !== "launch" || action.onDemandCount + action.spotCount !== 1 || !refused.has(action.id)) return [];
    return action.subnets?.length === 1 ? action.subnets : [];
  });
}

/** Each goes where there are fewest by then, so that the loss of a zone takes no more than its share. */
export function spreadOver(
  subnets: readonly string[],
  counted: readonly Staged[],
  onDemandCount: number,
): { readonly onDemandIn?: readonly number[] } {
  if (subnets.length < 2 || onDemandCount < 2) return {};
  const standing = subnets.map((subnet) => counted.filter(({ instance }) => instance.subnet === subnet).length);
  const added = subnets.map(() => 0);
  for (let left = onDemandCount; left > 0; left--) {
    const total = (i: number): number => (standing[i] ?? 0) + (added[i] ?? 0);
    const fewest = added.reduce((best, _, i) => (total(i) < total(best) ? i : best), 0);
    added[fewest] = (added[fewest] ?? 0) + 1;
  }
  return added[0] === onDemandCount ? {} : { onDemandIn: added };
}

/** All of the policy's where all are short. Of as many instances the policy's order decides. */
export function subnetsFor(
  { launch: { subnets } }: Policy,
  { shortSubnets }: Memory,
  counted: readonly Staged[],
): readonly string[] {
  const short = new Set(shortSubnets.map(({ subnet }) => subnet));
  const open = subnets.filter((subnet) => !short.has(subnet));
  const countIn = (subnet: string): number => counted.filter(({ instance }) => instance.subnet === subnet).length;
  return (open.length > 0 ? open : subnets).toSorted((a, b) => countIn(a) - countIn(b));
}
