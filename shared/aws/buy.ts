// A launch, and where it falls back to when there is no capacity: other types, then other zones, then on demand instead of
// spot. Each attempt is a request of its own with a token of its own, and each stands in the outcome.
import { CreateFleetCommand, type CreateFleetCommandOutput, type EC2Client } from "@aws-sdk/client-ec2";
import type { Attempt, Outcome } from "../engine/index.ts";
import type { Launch } from "../policy/index.ts";
import { type Ask, fleetRequest, type LaunchRequest } from "./fleetRequest.ts";
import { call, type Ended, type Lease, unsuccessful } from "./lease.ts";
import { done, kindOfCode, refused } from "./outcomes.ts";

export interface Buying {
  readonly ec2: EC2Client;
  readonly lease: Lease;
  readonly request: LaunchRequest;
  /** Of the attempt that is so manieth. */
  token(attempt: number): string;
}

/** What EC2 has said has no capacity, and the pools that it named. */
interface Refused {
  readonly types: ReadonlySet<string>;
  readonly subnets: ReadonlySet<string>;
  readonly pools: ReadonlySet<string>;
}
/** How far a launch has come. */
interface Bought {
  readonly instances: readonly string[];
  readonly attempts: readonly Attempt[];
  /** What is still to be had. */
  readonly onDemandCount: number;
  readonly spotCount: number;
  readonly refused: Refused;
  /** Whether another attempt may bring what is missing. */
  readonly more: "worth-trying" | "no-use";
  readonly kind: "insufficient-capacity" | "throttled" | "denied" | "failed";
}

/** One CreateFleet. `number` makes its token: a launch of one request has the numbers 0 to 3, whatever came in between. */
interface Planned {
  readonly from: Attempt["from"];
  readonly number: number;
  ask(bought: Bought): Omit<Ask, "token"> | "nothing-new";
}
const fallbacks = ["other-types", "other-zones", "on-demand-instead"] as const satisfies readonly Attempt["from"][];

const planned = (action: LaunchRequest["action"], launch: Launch): readonly Planned[] => [
  ...sharesOf(action, launch).map(
    (share, i): Planned => ({ from: "every-pool", number: i === 0 ? 0 : fallbacks.length + i, ask: () => share }),
  ),
  ...fallbacks.map((from, i): Planned => ({ from, number: i + 1, ask: (bought) => askFor(from, launch, bought) })),
];

/** The first attempt is as many requests as there are subnets with a share: each prefers its own, and may go to the others. */
function sharesOf({ onDemandCount, spotCount, onDemandIn = [onDemandCount] }: LaunchRequest["action"], launch: Launch) {
  return onDemandIn
    .map((count, i) => ({
      onDemandCount: count,
      spotCount: i === 0 ? spotCount : 0,
      pools: { ...launch, subnets: [...launch.subnets.slice(i), ...launch.subnets.slice(0, i)] },
    }))
    .filter((share) => share.onDemandCount + share.spotCount > 0);
}

/** No outcome where the end of an attempt is not known: the next look finds by the tag what came. */
export async function buy(buying: Buying): Promise<readonly Outcome[]> {
  const { action } = buying.request;
  let bought: Bought = nothingYet(action);
  for (const { from, number, ask: askAfter } of planned(action, placed(buying.request))) {
    const ask = askAfter(bought);
    if (ask === "nothing-new") continue;
    const ended = await attempt(buying, { ...ask, token: buying.token(number) });
    if (ended.kind !== "answered") return cutShort(buying, bought, ended);
    bought = after(bought, { from, ask, answer: ended.answer });
    if (bought.onDemandCount + bought.spotCount <= 0 || bought.more === "no-use") break;
  }
  return [outcomeOf(buying.request, bought)];
}

const nothingYet = ({ onDemandCount, spotCount }: LaunchRequest["action"]): Bought => ({
  instances: [],
  attempts: [],
  onDemandCount,
  spotCount,
  refused: { types: new Set(), subnets: new Set(), pools: new Set() },
  more: "worth-trying",
  kind: "insufficient-capacity",
});

/** What to ask for next; nothing new where it would be what was just refused. */
function askFor(from: (typeof fallbacks)[number], launch: Launch, bought: Bought): Omit<Ask, "token"> | "nothing-new" {
  const { onDemandCount, spotCount, refused: short } = bought;
  const instanceTypes = launch.instanceTypes.filter((type) => !short.types.has(type));
  const subnets = launch.subnets.filter((subnet) => !short.subnets.has(subnet));
  switch (from) {
    case "other-types":
      if (instanceTypes.length === 0 || instanceTypes.length === launch.instanceTypes.length) return "nothing-new";
      return { onDemandCount, spotCount, pools: { instanceTypes, subnets: launch.subnets } };
    case "other-zones":
      if (subnets.length === 0 || subnets.length === launch.subnets.length) return "nothing-new";
      return { onDemandCount, spotCount, pools: { instanceTypes: launch.instanceTypes, subnets } };
    case "on-demand-instead":
      if (spotCount === 0) return "nothing-new";
      return { onDemandCount: onDemandCount + spotCount, spotCount: 0, pools: launch };
  }
}

const attempt = ({ ec2, lease, request }: Buying, ask: Ask): Promise<Ended<CreateFleetCommandOutput>> =>
  call(lease, (options) => ec2.send(new CreateFleetCommand(fleetRequest(request, ask)), options));

interface Tried {
  readonly from: Attempt["from"];
  readonly ask: Omit<Ask, "token">;
  readonly answer: CreateFleetCommandOutput;
}

function after(bought: Bought, { from, ask, answer }: Tried): Bought {
  const { Instances: groups = [], Errors: errors = [] } = answer;
  const came = groups.flatMap(({ InstanceIds }) => InstanceIds ?? []);
  const spot = groups.flatMap(({ Lifecycle, InstanceIds }) => (Lifecycle === "spot" ? (InstanceIds ?? []) : []));
  const kinds = errors.map(({ ErrorCode }) => kindOfCode(ErrorCode ?? ""));
  const isShort = came.length < ask.onDemandCount + ask.spotCount;
  const short = errors.filter((_, index) => kinds[index] === "insufficient-capacity");
  const pools = short.map(({ LaunchTemplateAndOverrides }) => LaunchTemplateAndOverrides?.Overrides ?? {});
  const { onDemandCount, spotCount } = ask;
  return {
    instances: [...bought.instances, ...came],
    attempts: [
      ...bought.attempts,
      { onDemandCount, spotCount, from, came: came.length, because: isShort ? reasonsOf(errors) : "" },
    ],
    ...left(bought, { onDemand: came.length - spot.length, spot: spot.length }),
    refused: {
      types: new Set([...bought.refused.types, ...pools.flatMap(({ InstanceType }) => InstanceType ?? [])]),
      subnets: new Set([...bought.refused.subnets, ...pools.flatMap(({ SubnetId }) => SubnetId ?? [])]),
      pools: new Set([
        ...bought.refused.pools,
        ...pools.map(({ SubnetId = "", InstanceType = "" }) => poolOf(SubnetId, InstanceType)),
      ]),
    },
    more: kinds.length === 0 || kinds.includes("insufficient-capacity") ? "worth-trying" : "no-use",
    kind: kinds.includes("insufficient-capacity") ? "insufficient-capacity" : (kinds[0] ?? "insufficient-capacity"),
  };
}

/** An emulator may not tell spot from on demand: the sum is what counts. */
function left(wanted: Pick<Bought, "onDemandCount" | "spotCount">, came: { onDemand: number; spot: number }) {
  const total = Math.max(0, wanted.onDemandCount + wanted.spotCount - came.onDemand - came.spot);
  const onDemandCount = Math.min(total, Math.max(0, wanted.onDemandCount - came.onDemand));
  return { onDemandCount, spotCount: total - onDemandCount };
}

/** One sentence a code, however many pools said the same. */
function reasonsOf(errors: NonNullable<CreateFleetCommandOutput["Errors"]>): string {
  const messages = new Map(errors.map(({ ErrorCode, ErrorMessage }) => [ErrorCode, ErrorMessage]));
  const reasons = [...messages].map(([code, message]) => `${code}: ${message}`);
  return reasons.length > 0 ? reasons.join("; ") : "CreateFleet launched fewer and did not say why";
}

function outcomeOf(request: LaunchRequest, { instances, attempts, kind, refused: short, ...rest }: Bought): Outcome {
  const { action } = request;
  const shortSubnets = shortIn(request, short);
  const isWhole = rest.onDemandCount + rest.spotCount === 0;
  if (isWhole && attempts.every(({ because }) => because === "")) return done(action, ...instances);
  if (isWhole) return { kind: "fell-back", action: action.id, instances, attempts, shortSubnets };
  const because = [...new Set(attempts.map((one) => one.because).filter((one) => one !== ""))].join("; ");
  if (instances.length === 0 && kind !== "insufficient-capacity") return refused(action, { kind, because });
  return { kind: "insufficient-capacity", action: action.id, instances, because, attempts, shortSubnets };
}

const poolOf = (subnet: string, type: string): string => `${subnet} ${type}`;

/** Where no type had any. EC2 names the pools that it looked at. */
function shortIn(request: LaunchRequest, { pools, subnets: refused }: Refused): readonly string[] {
  const { instanceTypes, subnets } = placed(request);
  // The template's own is the only one then, whatever EC2 calls it.
  if (instanceTypes.length === 0) return subnets.filter((subnet) => refused.has(subnet));
  return subnets.filter((subnet) => instanceTypes.every((type) => pools.has(poolOf(subnet, type))));
}

/** The policy's launch, where the decision wants it. A row that an older release wrote leaves that to the policy. */
const placed = ({ launch, action }: LaunchRequest): Launch => ({
  ...launch,
  subnets: action.subnets ?? launch.subnets,
});

/** An attempt that did not come to its end. What earlier ones brought is told; where the last may have brought more, nothing is. */
function cutShort(
  { request }: Buying,
  bought: Bought,
  ended: Exclude<Ended<never>, { kind: "answered" }>,
): readonly Outcome[] {
  if (mayHaveLaunched(ended)) return [];
  if (bought.attempts.length === 0) return unsuccessful(request.action, ended);
  return [outcomeOf(request, bought)];
}

/** The next look finds out by the tag, or asks again with the same token. */
const mayHaveLaunched = (ended: Exclude<Ended<never>, { kind: "answered" }>): boolean =>
  ended.kind === "refused" &&
  (ended.failure.kind === "unanswered" || (ended.failure.kind === "failed" && ended.failure.fault === "server"));
