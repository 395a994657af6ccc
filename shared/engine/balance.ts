// A calm fleet that stands unevenly, as after a zone was without capacity, is evened out: one at a time is bought where there are
// fewest, and when it serves one is let go where there are most. All is read from what stands there, so nothing has to be remembered.
import { type DurationMs, minuteMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import { by, oldestFirst } from "./age.ts";
import { failureCountOf } from "./breaker.ts";
import { isWithin } from "./hours.ts";
import { countedPhases, isSound, type Staged } from "./phase.ts";
import type { Memory, Reason, Snapshot } from "./types.ts";

/** Who serves for so long stays; and so at most two an hour are moved. */
const settledMs: DurationMs = 30 * minuteMs;
/** Between one and two in three zones nothing is gained. */
const unevenFrom = 2;
/** A launch that failed may have been bad luck; a second one is left to those that are needed. */
const failuresMax = 1;

export interface Standing {
  readonly staged: readonly Staged[];
  /** Launches that EC2 does not show yet. */
  readonly unseenCount: number;
  readonly memory: Memory;
  /** Without foreign targets. */
  readonly ownTarget: number;
  /** Of the launch template, as the policy wants it. */
  readonly templateVersion: string;
  /** Fewer are wanted and soon allowed, or may be, for the number is held for want of readings. */
  readonly mayShrink: boolean;
}

export type Move =
  | { readonly kind: "none"; readonly told: readonly Reason[] }
  | { readonly kind: "moves"; readonly instance: string; readonly to: string; readonly told: readonly Reason[] };

const none: Move = { kind: "none", told: [] };

/** Who is replaced in another subnet. Once its replacement is bought it stays chosen until that serves. */
export function moveIn(policy: Policy, snapshot: Snapshot, standing: Standing): Move {
  const { renew, launch } = policy;
  if (renew.kind === "never" || !renew.balanced || launch.subnets.length < 2) return none;
  const { ownTarget, unseenCount } = standing;
  const settled = standing.staged.filter((one) => isSettled(one, snapshot.now));
  const others = standing.staged.filter((one) => !isSettled(one, snapshot.now));
  if (settled.length !== ownTarget || others.length + unseenCount > 1) return none;
  const [emptiest, fullest] = extremes(launch.subnets, settled);
  const [leaver] = fullest.open;
  if (leaver === undefined || !others.every((one) => isComing(one, fullest, settled))) return none;
  if (fullest.count - emptiest.count < unevenFrom) return none;
  const isBegun = others.length + unseenCount === 1;
  const waits = isBegun ? "nothing" : waitsFor(policy, snapshot, standing);
  if (waits === "trouble") return none;
  const told: Reason = {
    ...{ kind: "uneven", fullest: tallyOf(fullest), emptiest: tallyOf(emptiest) },
    now: waits === "hours" ? { kind: "waits", because: "hours" } : { kind: "moves", instance: leaver.instance.id },
  };
  return waits === "hours"
    ? { kind: "none", told: [told] }
    : { kind: "moves", instance: leaver.instance.id, to: emptiest.subnet, told: [told] };
}

const isSettled = (one: Staged, now: number): boolean => isSound(one) && now - one.instance.launchedAt >= settledMs;

interface Subnet {
  readonly subnet: string;
  readonly count: number;
  /** Whom nobody protects, the oldest first. */
  readonly open: readonly Staged[];
}

const tallyOf = ({ subnet, count }: Subnet) => ({ subnet, count });

/** Of as many instances the policy's order decides. */
function extremes(subnets: readonly string[], settled: readonly Staged[]): readonly [Subnet, Subnet] {
  const [first, ...rest] = subnets.map((subnet): Subnet => {
    const there = settled.filter(({ instance }) => instance.subnet === subnet);
    const open = there.filter(({ instance }) => !instance.isProtected);
    return { subnet, count: there.length, open: open.toSorted(by(oldestFirst)) };
  });
  const start = first as Subnet;
  return [
    rest.reduce((few, one) => (one.count < few.count ? one : few), start),
    rest.reduce((many, one) => (one.count > many.count ? one : many), start),
  ];
}

/** On its way to serve, or serving for a while, where there are too few. */
const isComing = ({ instance, phase }: Staged, fullest: Subnet, settled: readonly Staged[]): boolean =>
  countedPhases.includes(phase) &&
  fullest.count - settled.filter((one) => one.instance.subnet === instance.subnet).length >= unevenFrom;

function waitsFor(policy: Policy, snapshot: Snapshot, standing: Standing): "nothing" | "hours" | "trouble" {
  const { memory, templateVersion, mayShrink } = standing;
  const isShort = memory.shortSubnets.some(({ subnet }) => policy.launch.subnets.includes(subnet));
  const isFailing = failureCountOf(memory, templateVersion) > failuresMax;
  if (snapshot.brakes.length > 0 || isShort || isFailing || mayShrink) return "trouble";
  return policy.renew.kind === "never" || isWithin(policy.renew.during, snapshot.now) ? "nothing" : "hours";
}
