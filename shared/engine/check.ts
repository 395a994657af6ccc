// The invariants, written apart from decide and sharing nothing with it but the types: what would hurt if it were ever false.
import type { Policy } from "../policy/index.ts";
import type { Action, Decision, Instance, Memory, Snapshot } from "./types.ts";

/** Every invariant that `decision` breaks, in words; empty when it may be carried out. */
export function check(policy: Policy, snapshot: Snapshot, decision: Decision): readonly string[] {
  if (decision.kind === "refused") return [];
  return [
    ...chainBroken(decision),
    ...targetOutOfBounds(policy, snapshot, decision),
    ...targetOverBudget(policy, snapshot, decision),
    ...actionsUnsound(decision.actions),
    ...(decision.kind === "recovering" ? [] : actionsUnsafe(policy, snapshot, decision)),
  ];
}

/** The steps are one chain of whole numbers. */
function chainBroken({ steps }: Decision): readonly string[] {
  if (steps.length === 0) return ["a decision has at least one step"];
  return steps.flatMap(({ from, to, stage }, index) => [
    ...(Number.isInteger(to) && to >= 0 ? [] : [`step ${stage} leads to ${to}, which is no count`]),
    ...(index === 0 || steps[index - 1]?.to === from
      ? []
      : [`step ${stage} starts at ${from}, not where the last one ended`]),
  ]);
}

/** The policy's bounds, above widened by what an operator's override asks for and by what a brake holds. */
function widestBounds({ bounds }: Policy, snapshot: Snapshot): { readonly min: number; readonly max: number } {
  const live = snapshot.overrides.filter(({ until }) => until > snapshot.now);
  // What may not shrink may stay above a bound that was lowered meanwhile.
  const stuck = snapshot.brakes.length > 0 ? [standing(snapshot)] : [];
  return {
    min: bounds.min,
    max: Math.max(bounds.max, ...live.map((one) => one.min), ...stuck),
  };
}

/** What there was to begin with. */
function standing({ memory, instances }: Snapshot): number {
  if (memory.target.kind === "set") return memory.target.count;
  return instances.kind === "seen" ? instances.instances.length + instances.foreignCount : 0;
}

function targetOutOfBounds(policy: Policy, snapshot: Snapshot, { kind, steps }: Decision): readonly string[] {
  if (kind === "recovering") return [];
  const target = steps.at(-1)?.to ?? 0;
  const { min, max } = widestBounds(policy, snapshot);
  return target >= min && target <= max ? [] : [`target ${target} lies outside ${min}–${max}`];
}

/** What the hard budget does not pay for is there only where a floor asks for it or a brake keeps it, or it was there before. */
function targetOverBudget(policy: Policy, snapshot: Snapshot, { kind, steps }: Decision): readonly string[] {
  const { bounds, limits, launch } = policy;
  if (kind === "recovering" || limits.budget.kind === "none" || limits.budget.hardUsd === "none") return [];
  const { hardUsd, onDemandUsd, spotUsd } = limits.budget;
  const target = steps.at(-1)?.to ?? 0;
  const floor = widestBounds({ ...policy, bounds: { min: bounds.min, max: bounds.min } }, snapshot).max;
  const { onDemandBase, spotShareRatio } = launch.purchase;
  const spot = Math.floor(Math.max(0, target - onDemandBase) * spotShareRatio + 1e-9);
  const usd = target * onDemandUsd - spot * (onDemandUsd - spotUsd);
  return target <= Math.max(floor, standing(snapshot)) || usd < hardUsd + 1e-3
    ? []
    : [`target ${target} costs ${usd} USD/h, over ${hardUsd}`];
}

/** One action an instance, one launch, ids that are never shared. */
function actionsUnsound(actions: readonly Action[]): readonly string[] {
  const instances = actions.flatMap((action) => (action.kind === "launch" ? [] : [action.instance]));
  return [
    ...(new Set(instances).size === instances.length ? [] : ["an instance has two actions"]),
    ...(new Set(actions.map(({ id }) => id)).size === actions.length ? [] : ["two actions share an id"]),
    ...(actions.filter(({ kind }) => kind === "launch").length <= 1 ? [] : ["more than one launch"]),
  ];
}

function actionsUnsafe(policy: Policy, snapshot: Snapshot, { actions, steps, memory }: Decision): readonly string[] {
  if (actions.length === 0) return [];
  if (snapshot.instances.kind !== "seen") return ["actions without having seen the instances"];
  const { foreignCount } = snapshot.instances;
  const seen = new Map(snapshot.instances.instances.map((instance) => [instance.id, instance]));
  return [
    ...actions.flatMap((action) =>
      action.kind === "launch" ? [] : unsafeFor(action, seen.get(action.instance), { policy, snapshot, memory }),
    ),
    ...leavingWhileBraked(snapshot, actions),
    ...tooManyReserved(policy, actions, memory),
    ...tooManyLaunched(actions, foreignCount + stayingHealthy(actions, remaining(seen, snapshot), memory), {
      target: steps.at(-1)?.to ?? 0,
      surge: surgeFor(policy, snapshot, steps.at(-1)?.to ?? 0),
    }),
    ...tooManyDrained(actions, {
      before: foreignCount + stayingHealthy(actions.filter(isForced), seen, memory),
      left: foreignCount + stayingHealthy(actions, seen, memory),
      min: widestBounds(policy, snapshot).min,
    }),
  ];
}

type OnInstance = Exclude<Action, { kind: "launch" }>;

interface Told {
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  readonly memory: Memory;
}

const leavingKinds: ReadonlySet<Action["kind"]> = new Set(["drain", "stop", "terminate"]);

function unsafeFor(action: OnInstance, instance: Instance | undefined, told: Told): readonly string[] {
  const { draining, reserve = { filling: [], kept: [] } } = told.memory;
  const isIn = (entries: readonly { readonly id: string }[]): boolean =>
    entries.some(({ id }) => id === action.instance);
  const say = (holds: boolean, what: string): readonly string[] =>
    holds ? [] : [`${action.kind} ${action.instance}: ${what}`];
  if (!instance) return [`${action.kind} ${action.instance}: not an instance of this snapshot`];
  const { state, target, isProtected } = instance;
  if (isProtected && leavingKinds.has(action.kind)) return say(false, "it is protected");
  switch (action.kind) {
    case "terminate":
      return say(target.kind !== "healthy" && !isStillDraining(instance, told), "it may still be answering users");
    case "register":
      return say(state === "running" && target.kind === "unregistered", "not a running, unregistered instance");
    case "warm":
      return say(state === "running" && target.kind !== "healthy", "not a running instance outside the traffic");
    case "take-back":
      return say(
        state === "running" && (target.kind === "draining" || (target.kind === "unregistered" && isIn(draining))),
        "not draining",
      );
    case "start":
      return say(state === "stopped" && isIn(reserve.kept), "not stopped by Tidegate");
    case "stop":
      return say(
        state === "running" && target.kind === "unregistered" && (isIn(draining) || isIn(reserve.filling)),
        "it may still be answering users",
      );
    case "drain":
      return say(target.kind !== "unregistered" && target.kind !== "draining", "not in the load balancer");
  }
}

/** Only a load balancer that counts what is in flight lets it be known that a draining target may go. */
function isStillDraining({ id, target }: Instance, { policy, snapshot, memory }: Told): boolean {
  if (target.kind !== "draining") return false;
  if (!("inFlightCount" in target)) return true;
  const since = memory.draining.find((entry) => entry.id === id)?.since;
  if (since === undefined || since >= snapshot.now) return true;
  return target.inFlightCount > 0 && snapshot.now - since < policy.drain.timeoutMs;
}

/** Healthy instances that nobody is taking out: not EC2, nor this decision, nor an earlier one that reads do not show yet. */
function stayingHealthy(actions: readonly Action[], seen: ReadonlyMap<string, Instance>, { draining }: Memory): number {
  const leaving = new Set(draining.map(({ id }) => id));
  for (const action of actions)
    if (action.kind === "drain" || action.kind === "terminate") leaving.add(action.instance);
  return [...seen.values()].filter(
    ({ id, state, target }) => state === "running" && target.kind === "healthy" && !leaving.has(id),
  ).length;
}

/** Without those that EC2 takes, drained or not: their places are to be filled all the same. */
const remaining = (seen: ReadonlyMap<string, Instance>, { notices }: Snapshot): ReadonlyMap<string, Instance> => {
  const taken = new Set(notices.filter(({ kind }) => kind === "interruption").map(({ instance }) => instance));
  return new Map([...seen].filter(([id]) => !taken.has(id)));
};

/** While somebody has said stop, nothing leaves. */
const leavingWhileBraked = ({ brakes }: Snapshot, actions: readonly Action[]): readonly string[] =>
  brakes.length === 0
    ? []
    : actions.flatMap(({ kind, id }) => (leavingKinds.has(kind) ? [`${id} while the brake is on`] : []));

/** Beside healthy ones that are to be replaced, some more may stand: announced as lost, or not as the policy wants them. */
function surgeFor({ launch, limits, renew }: Policy, { now, notices, instances }: Snapshot, target: number): number {
  if (instances.kind !== "seen") return 0;
  const { templateVersion: wanted } = instances;
  const noticed = new Set(notices.map(({ instance }) => instance));
  const isReplaced = instances.instances.some(
    ({ id, templateVersion, launchedAt }) =>
      noticed.has(id) ||
      (renew.kind === "renews" &&
        ((templateVersion !== "" && templateVersion !== wanted) ||
          (renew.maxAgeMs !== "any" && now - launchedAt > renew.maxAgeMs))),
  );
  if (!isReplaced && renew.kind === "renews" && renew.balanced && isUneven(launch.subnets, instances.instances))
    return 1;
  return isReplaced ? Math.max(1, Math.floor(limits.surgeRatio * target)) : 0;
}

/** One subnet has two more than another. */
function isUneven(subnets: readonly string[], instances: readonly Instance[]): boolean {
  const counts = subnets.map((subnet) => instances.filter((one) => one.subnet === subnet && isHealthy(one)).length);
  return Math.max(...counts) - Math.min(...counts) >= 2;
}

const isHealthy = ({ state, target }: Instance): boolean => state === "running" && target.kind === "healthy";

/** A launch may fill the fleet up to its target, beyond those that are healthy, and no further. */
function tooManyLaunched(
  actions: readonly Action[],
  healthyCount: number,
  { target, surge }: { target: number; surge: number },
): readonly string[] {
  const isForFleet = (action: Action): boolean => action.kind === "launch" && action.for !== "reserve";
  if (!actions.some((action) => action.kind === "start" || isForFleet(action))) return [];
  const count = actions.filter(({ kind }) => kind === "start").length + launchedCount(actions, "fleet");
  if (count >= 1 && healthyCount + count <= target + surge) return [];
  return [`launching ${count} beside ${healthyCount} healthy passes the target ${target}`];
}

const launchedCount = (actions: readonly Action[], whose: "fleet" | "reserve"): number =>
  actions
    .filter((action) => action.kind === "launch")
    .filter((action) => (action.for ?? "fleet") === whose)
    .reduce((sum, { onDemandCount, spotCount }) => sum + onDemandCount + spotCount, 0);

/** No more are launched to be kept than the policy wants; a policy may have wanted more of those that are there. */
function tooManyReserved({ reserve }: Policy, actions: readonly Action[], memory: Memory): readonly string[] {
  const count = launchedCount(actions, "reserve");
  const { filling, kept } = memory.reserve ?? { filling: [], kept: [] };
  const most = reserve.kind === "none" ? 0 : reserve.count;
  if (count === 0 || count + filling.length + kept.length <= most) return [];
  return [`launching ${count} for a reserve of ${most} that has ${filling.length + kept.length}`];
}

/** What is lost whatever is decided: EC2 takes it, or it serves nobody. */
const isForced = (action: Action): boolean =>
  action.kind === "drain" && (action.because === "interrupted" || action.because === "unhealthy");

/** A drain that nothing forces never takes the healthy ones under the fleet's minimum. */
function tooManyDrained(
  actions: readonly Action[],
  { before, left, min }: { before: number; left: number; min: number },
): readonly string[] {
  const drains = actions.some((action) => action.kind === "drain" && !isForced(action));
  if (!drains || left >= Math.min(min, before)) return [];
  return [`draining leaves ${left} healthy, under the minimum ${min}`];
}
