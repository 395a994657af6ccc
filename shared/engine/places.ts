// Where to launch: first where the fleet has fewest, and for a while not where there was no capacity.
import { type DurationMs, minuteMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Staged } from "./phase.ts";
import type { Memory, Snapshot } from "./types.ts";

/** Capacity that EC2 does not have it seldom has a minute later. */
const shortMs: DurationMs = 10 * minuteMs;

/** What the newest row's launches have found. */
export function shortSubnetsAfter({ memory, previous, now }: Snapshot): Memory["shortSubnets"] {
  const known = memory.shortSubnets.filter(({ until }) => until > now);
  if (previous.kind === "none") return known;
  const found = previous.outcomes.flatMap((outcome) => ("shortSubnets" in outcome ? outcome.shortSubnets : []));
  const until = previous.at + shortMs;
  const older = known.filter(({ subnet }) => !found.includes(subnet));
  return until <= now ? known : [...older, ...[...new Set(found)].map((subnet) => ({ subnet, until }))];
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
