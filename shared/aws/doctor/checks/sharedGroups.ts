// Two fleets on one target group would each count the other's instances as foreign, and both scale for all of the traffic.
import { about, type Finding, listed } from "../finding.ts";
import type { Examined } from "./examined.ts";

const group = about("target group");

export function checkSharedGroups(fleets: readonly Pick<Examined, "policy" | "facts">[]): readonly Finding[] {
  const namesByArn = new Map<string, readonly string[]>();
  for (const { policy, facts } of fleets) {
    if (facts.targetGroup.kind === "error") continue;
    const { arn } = facts.targetGroup.value;
    namesByArn.set(arn, [...(namesByArn.get(arn) ?? []), policy.fleet]);
  }
  return [...namesByArn].flatMap(([arn, names]) => {
    if (names.length === 1) return [];
    const found = `${arn.split("/").at(-2)} is the target group of ${listed(names)}`;
    return [group.problem(found, "give each fleet a target group of its own")];
  });
}
