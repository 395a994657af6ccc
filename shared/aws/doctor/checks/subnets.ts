// Where instances launch: subnets that exist, in the load balancer's network, with room for all of them.
import type { Subnet } from "../facts.ts";
import { about, counted, type Finding, listed } from "../finding.ts";
import { type Examined, type Launching, ownerOf } from "./examined.ts";

const subnets = about("subnets");

export const checkSubnets = (examined: Examined): readonly Finding[] =>
  checkThere(examined, (there) => checkNetwork(examined, there));

/** Whoever knows no target group leaves out whose network it is. */
export const checkAddresses = (launching: Launching): readonly Finding[] => checkThere(launching, () => []);

function checkThere(
  launching: Launching,
  checkNetwork: (there: readonly Subnet[]) => readonly Finding[],
): readonly Finding[] {
  const { namedBy, ids, found } = launching.facts.subnets;
  if (namedBy === "nobody") {
    const toDo = "name subnets of the target group's VPC, best one in each zone";
    const said = "neither `launch.subnets` nor the template names a subnet: EC2 takes the default VPC";
    return launching.facts.template.kind === "ok" ? [subnets.warning(said, toDo)] : [];
  }
  return subnets.judged(`subnets ${listed(ids)}`, found, (there) => {
    const lost = ids.filter((id) => !there.some((subnet) => subnet.id === id));
    const toDo = namedBy === "policy" ? "correct `launch.subnets`" : "make a template version with a subnet that is";
    if (lost.length > 0) return [subnets.problem(`no ${listed(lost)} in this account and region`, toDo)];
    return [...checkNetwork(there), checkRoom(launching, there)];
  });
}

function checkNetwork({ facts: { targetGroup } }: Examined, there: readonly Subnet[]): readonly Finding[] {
  if (targetGroup.kind === "error") return [];
  const { name, vpc } = targetGroup.value;
  const outside = there.filter((subnet) => subnet.vpc !== vpc);
  if (outside.length === 0) return [subnets.fine(`${counted(there.length, "subnet")} in ${vpc}, as ${name}`)];
  const found = `${listed(outside.map((subnet) => `${subnet.id} (${subnet.vpc})`))} not in the VPC of ${name}, ${vpc}`;
  return [subnets.problem(found, "take subnets of that VPC: the target group refuses instances of another")];
}

/** What runs of the fleet already has its address. */
function checkRoom(launching: Launching, there: readonly Subnet[]): Finding {
  const { policy, account } = launching;
  const { max } = policy.bounds;
  const running = account.running.kind === "ok" ? account.running.value : [];
  const roomOf = ({ id, freeAddressCount }: Subnet): number =>
    freeAddressCount + running.filter(({ subnet, owner }) => subnet === id && owner === ownerOf(launching)).length;
  const room = there.reduce((sum, subnet) => sum + roomOf(subnet), 0);
  const toDo = "add larger subnets, or lower `bounds.max`";
  if (room < max) return subnets.problem(`addresses for ${room} instances only, of ${max} in \`bounds.max\``, toDo);
  const share = Math.ceil(max / there.length);
  const tight = there.filter((subnet) => roomOf(subnet) < share).map((subnet) => `${subnet.id} (${roomOf(subnet)})`);
  if (tight.length === 0) return subnets.fine(`addresses for ${room} instances, \`bounds.max\` is ${max}`);
  return subnets.warning(`too few addresses for an even share of ${share} in ${listed(tight)}`, toDo);
}
