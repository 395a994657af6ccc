// Launching: choose pools, draw the fate, make machines.
import { type EpochMs, error, ok, type Result, secondMs } from "../../core/index.ts";
import { type AwsError, noCapacity } from "./errors.ts";
import type { Fleet } from "./fleet.ts";
import { instant, type Machine, never } from "./machine.ts";
import { once } from "./tokens.ts";
import type { LaunchAnswer, LaunchRequest, Pool, Purchase } from "./types.ts";

/** `parameters` is what a repeated token must come with again. */
export function launch(
  fleet: Fleet,
  request: LaunchRequest,
  parameters: unknown = request,
): Result<LaunchAnswer, AwsError> {
  return once(fleet.tokens, { token: request.token, parameters, at: fleet.now }, () => {
    const { placed, refused } = place(fleet, request);
    if (placed.length < request.countMin) return error(noCapacity());
    fleet.launchCount += 1;
    const instances = placed.map((pool) => ({ id: boot(fleet, pool, request.tags).id, pool }));
    return ok({ launch: fleet.launchCount, instances, refused });
  });
}

interface Placement {
  readonly placed: readonly Pool[];
  readonly refused: readonly Pool[];
}
function place(fleet: Fleet, { onDemandCount, spotCount, pools }: LaunchRequest): Placement {
  const placed: Pool[] = [];
  const refused = new Map<string, Pool>();
  const put = (purchase: Purchase, count: number): void => {
    const choices = poolsOf(fleet, pools, purchase);
    for (let i = 0; i < count; i++) {
      const turn = fleet.instanceCount + placed.length;
      for (const pool of inOrder(choices, turn)) {
        if (!fleet.options.faults.noCapacity(pool)) {
          placed.push(pool);
          break;
        }
        refused.set(`${purchase} ${pool.instanceType} ${pool.subnetId}`, pool);
      }
    }
  };
  put("on-demand", onDemandCount);
  put("spot", spotCount);
  return { placed, refused: [...refused.values()] };
}

/** The instance type of the launch template. */
export const templateType = "m7g.large";

function poolsOf(fleet: Fleet, pools: LaunchRequest["pools"], purchase: Purchase): readonly (readonly Pool[])[] {
  const templates = [...fleet.subnets.keys()].map((subnetId) => ({ instanceType: templateType, subnetId }));
  const all = (pools.length > 0 ? pools : templates).map((pool) => ({
    ...pool,
    zone: zoneOf(fleet, pool.subnetId),
    purchase,
  }));
  const types = [...new Set(all.map(({ instanceType }) => instanceType))];
  return types.map((type) => all.filter(({ instanceType }) => instanceType === type));
}

/** Every pool once: the preferred type's first, its subnets in turn. */
const inOrder = (choices: readonly (readonly Pool[])[], turn: number): readonly Pool[] =>
  choices.flatMap((pools) => pools.map((_, i) => pools[(turn + i) % pools.length] as Pool));

/** A subnet lies in the zone whose turn it was when it was first heard of. */
export function zoneOf({ subnets, options: { zones } }: Fleet, subnetId: string): string {
  const known = subnets.get(subnetId);
  if (known !== undefined) return known;
  const zone = zones[subnets.size % zones.length] as string;
  subnets.set(subnetId, zone);
  return zone;
}

/** From the launch to `running`, at most: the operating system stands before the application. */
const runningAfterMs = 25 * secondMs;
/** A fresh launch stays out of Describe for up to this long. */
const drawnLagMs = 2 * secondMs;

/** Each instance draws from its own stream: the same launches have the same fates whatever else happens. */
function boot(fleet: Fleet, pool: Pool, tags: Machine["tags"]): Machine {
  const { plant, faults } = fleet.options;
  fleet.drawCount += 1;
  const random = fleet.random.fork(`launch ${fleet.drawCount}`);
  const bootMs = Math.round(random.lognormal(plant.boot.p50Seconds, plant.boot.p95Seconds) * secondMs);
  const fails = random.chance(plant.boot.failureRate);
  const [warmShare, lagShare] = [random.uniform(), random.uniform()];
  const lagMs = faults.visibilityLagMs === "drawn" ? Math.round(lagShare * drawnLagMs) : faults.visibilityLagMs;
  const failsAt = fleet.now + plant.boot.p95Seconds * secondMs;
  return add(fleet, {
    pool,
    tags,
    launchedAt: fleet.now,
    visibleAt: fleet.now + lagMs,
    runningAt: fleet.now + Math.min(runningAfterMs, bootMs),
    fate: fails ? { kind: "fails", at: failsAt } : { kind: "boots", readyAt: fleet.now + bootMs },
    warmShare,
    warm: { kind: "not-started" },
    rests: [],
    stints: [],
    end: fails ? instant(failsAt) : never,
  });
}

export function seedServing(fleet: Fleet, count: number, tags: Machine["tags"]): readonly string[] {
  const { plant, startAt } = fleet.options;
  const launchedAt = startAt - plant.boot.nominalSeconds * secondMs;
  const [pools = []] = poolsOf(fleet, [], "on-demand");
  return Array.from({ length: count }, (_, i) => {
    const pool = pools[i % pools.length] as Pool;
    return add(fleet, served({ pool, tags, launchedAt, startAt })).id;
  });
}

type NewMachine = Omit<Machine, "id" | "ordinal">;

/** It booted in the nominal time, was warmed meanwhile, and serves from the start on. */
function served({
  startAt,
  ...given
}: Pick<Machine, "pool" | "tags" | "launchedAt"> & { startAt: EpochMs }): NewMachine {
  const { launchedAt } = given;
  return {
    ...given,
    visibleAt: launchedAt,
    runningAt: Math.min(launchedAt + runningAfterMs, startAt),
    fate: { kind: "boots", readyAt: startAt },
    warmShare: 0,
    warm: { kind: "started", at: launchedAt, endsAt: startAt, ends: "done" },
    rests: [],
    stints: [{ registeredAt: launchedAt, servingAt: instant(startAt), drainingAt: never }],
    end: never,
  };
}

function add(fleet: Fleet, machine: NewMachine): Machine {
  fleet.instanceCount += 1;
  const ordinal = fleet.instanceCount;
  const added = {
    ...machine,
    id: `i-${(fleet.options.idsFrom + ordinal - 1).toString(16).padStart(17, "0")}`,
    ordinal,
  };
  fleet.living.push(added);
  fleet.byId.set(added.id, added);
  return added;
}
