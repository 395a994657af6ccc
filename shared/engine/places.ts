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
