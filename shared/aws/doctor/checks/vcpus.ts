// vCPU quotas: they are the account's, so all fleets at their max and whatever else runs have to fit together.
import type { InstanceType, Running } from "../facts.ts";
import { about, type Finding, listed } from "../finding.ts";
import { type Quota, vcpuQuota } from "../quotas.ts";
import { checkQuota } from "./checkQuota.ts";
import { type Launching, ownerOf } from "./examined.ts";

const quotas = about("quota");
type Fleet = Pick<Launching, "policy" | "stage" | "facts">;
type Account = Launching["account"];
interface Need {
  readonly quota: Quota;
  readonly fleet: string;
  readonly count: number;
}

export function checkVcpus(account: Account, fleets: readonly Fleet[]): readonly Finding[] {
  const needs = fleets.flatMap(needsOf);
  const distinct = [...new Map(needs.map(({ quota }) => [quota.code, quota])).values()];
  const owners = new Set(fleets.map(ownerOf));
  const others = (account.running.kind === "ok" ? account.running.value : []).filter(({ owner }) => !owners.has(owner));
  return [
    ...distinct.map((quota) =>
      checkQuota(account, {
        quota,
        unit: "vCPUs",
        needs: [
          ...needs.filter((need) => need.quota.code === quota.code).map(({ fleet, count }) => ({ what: fleet, count })),
          ...elsewhere(quota, others),
        ],
      }),
    ),
    ...leftOut(account, fleets),
  ];
}

/** The quotas that a fleet's types meet. */
export const quotasOf = (fleets: readonly Fleet[]): readonly Quota[] =>
  fleets.flatMap(needsOf).map(({ quota }) => quota);

/** At its max, bought as the policy says, of the largest type of each family. */
function needsOf({ policy, facts }: Fleet): readonly Need[] {
  const { launch, bounds, fleet } = policy;
  const above = Math.max(0, bounds.max - launch.purchase.onDemandBase);
  const spotCount = Math.floor(above * launch.purchase.spotShareRatio + 1e-9);
  const counts = { "on-demand": bounds.max - spotCount, spot: spotCount };
  const largest = new Map<string, Need>();
  for (const purchase of ["on-demand", "spot"] as const)
    for (const { name, vcpuCount } of typesOf(facts)) {
      const quota = vcpuQuota(name, purchase);
      const count = counts[purchase] * vcpuCount;
      if (quota !== "none" && count > (largest.get(quota.code)?.count ?? 0))
        largest.set(quota.code, { quota, fleet, count });
    }
  return [...largest.values()];
}

const typesOf = ({ instanceTypes: { found } }: Fleet["facts"]): readonly InstanceType[] =>
  found.kind === "ok" ? found.value : [];

function elsewhere({ code }: Quota, others: readonly Running[]): readonly { what: string; count: number }[] {
  const counting = others.filter(({ type, purchase }) => {
    const quota = vcpuQuota(type, purchase);
    return quota !== "none" && quota.code === code;
  });
  const count = counting.reduce((sum, { vcpuCount }) => sum + vcpuCount, 0);
  return count > 0 ? [{ what: "running elsewhere", count }] : [];
}

function leftOut({ running }: Account, fleets: readonly Fleet[]): readonly Finding[] {
  const unknown = fleets.filter(({ facts }) => typesOf(facts).length === 0).map(({ policy }) => policy.fleet);
  const alone = fleets.flatMap(({ facts }) => typesOf(facts).map(({ name }) => name));
  const unlisted = [...new Set(alone.filter((name) => vcpuQuota(name, "on-demand") === "none"))];
  return [
    ...quotas.judged("what runs besides the fleets", running, () => []),
    ...(unknown.length > 0
      ? [quotas.warning(`vCPU quotas leave out ${listed(unknown)}: no instance type known`, "see the fleet's findings")]
      : []),
    ...(unlisted.length > 0
      ? [quotas.warning(`the vCPU quota of ${listed(unlisted)} is not known to doctor`, "look it up in Service Quotas")]
      : []),
  ];
}
