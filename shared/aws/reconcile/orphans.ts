// Instances that carry a fleet's tag while no policy knows the fleet any more: its policy was removed or renamed. They are
// counted and told, and never touched: the operator adopts or retires them.
import { DescribeInstancesCommand, type EC2Client, type Instance } from "@aws-sdk/client-ec2";
import { fleetTag } from "../../control/index.ts";
import { assert } from "../../core/index.ts";
import type { OrphanedFleet } from "../log/orphans.ts";
import { autoScalingTag } from "../tokens.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
const pageSizeMax = 1_000;
/** A hundred times the quota of a large account. */
const pagesMax = 1_000;
const filters = [
  { Name: "tag-key", Values: [fleetTag] },
  { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] },
];

/** By fleet's name, ascending. `fleets` are those that have a policy. */
export async function orphansOf(
  ec2: EC2Client,
  { stage, fleets }: { readonly stage: string; readonly fleets: ReadonlySet<string> },
): Promise<readonly OrphanedFleet[]> {
  const counts = new Map<string, number>();
  let next: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const at = next ? { NextToken: next } : {};
    const answer = await ec2.send(new DescribeInstancesCommand({ Filters: filters, MaxResults: pageSizeMax, ...at }));
    for (const instance of (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)) {
      const fleet = fleetIn(instance, stage);
      if (fleet !== "none" && !fleets.has(fleet)) counts.set(fleet, (counts.get(fleet) ?? 0) + 1);
    }
    next = answer.NextToken;
    if (!next) return [...counts].map(([fleet, count]) => ({ fleet, count })).toSorted(byName);
  }
  assert(false, `an account's instances fit ${pagesMax} pages`);
}

/** None for another stage's, and for one that an Auto Scaling group looks after. */
function fleetIn({ Tags: tags = [] }: Instance, stage: string): string | "none" {
  if (tags.some(({ Key }) => Key === autoScalingTag)) return "none";
  const owner = tags.find(({ Key }) => Key === fleetTag)?.Value ?? "";
  return owner.startsWith(`${stage}/`) ? owner.slice(stage.length + 1) : "none";
}

const byName = (a: OrphanedFleet, b: OrphanedFleet): number => (a.fleet < b.fleet ? -1 : 1);
