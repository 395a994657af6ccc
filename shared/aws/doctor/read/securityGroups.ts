// What the security groups of a launch template let in.
import { DescribeSecurityGroupsCommand, type EC2Client, type IpPermission } from "@aws-sdk/client-ec2";
import type { Admission, SecurityGroup } from "../facts.ts";
import { ask, type Reading } from "../reading.ts";

/** Groups that are not there are left out: by filter, as one id that does not exist would refuse the others. */
export const readSecurityGroups = (
  ec2: EC2Client,
  ids: readonly string[],
): Promise<Reading<readonly SecurityGroup[]>> =>
  ask("ec2:DescribeSecurityGroups", async () => {
    if (ids.length === 0) return [];
    const Filters = [{ Name: "group-id", Values: [...ids] }];
    const { SecurityGroups: groups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    return groups.map(({ GroupId: id = "", IpPermissions = [] }) => ({ id, admits: IpPermissions.flatMap(tcpIn) }));
  });

const portMax = 65_535;

function tcpIn(permission: IpPermission): readonly Admission[] {
  const { IpProtocol: protocol = "", FromPort = 0, ToPort = portMax } = permission;
  if (!["tcp", "6", "-1"].includes(protocol)) return [];
  const [fromPort, toPort] = protocol === "-1" ? [0, portMax] : [FromPort, ToPort];
  const groups = (permission.UserIdGroupPairs ?? []).flatMap(({ GroupId }) => GroupId ?? []);
  const addresses = [
    ...(permission.IpRanges ?? []).flatMap(({ CidrIp }) => CidrIp ?? []),
    ...(permission.Ipv6Ranges ?? []).flatMap(({ CidrIpv6 }) => CidrIpv6 ?? []),
    ...(permission.PrefixListIds ?? []).flatMap(({ PrefixListId }) => PrefixListId ?? []),
  ];
  return [{ fromPort, toPort, groups, addresses }];
}
