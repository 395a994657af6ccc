// What policies name, as the ARNs that the statements of a role want. Account and region are CloudFormation's to fill in.
import type { Policy } from "../policy/index.ts";

export type Arn = string | { readonly "Fn::Sub": string };

/** A role's policies have at most 10,240 characters, and three statements list the groups. */
const groupsListedMax = 25;

/** The policies' target groups, each once. Too many to list are any of the account's: then only the claims tell. */
export function targetGroupArns(policies: readonly Policy[]): readonly Arn[] {
  const named = new Set(policies.flatMap(({ targetGroup }) => (typeof targetGroup === "string" ? [targetGroup] : [])));
  if (named.size === 0) return [groupArn(ofNobody)];
  return named.size > groupsListedMax ? [groupArn("*")] : [...named].sort().map(groupArn);
}

/** A statement wants a resource, also where all fleets are behind HAProxy. No group can have this name. */
const ofNobody = "-";

const groupArn = (nameOrArn: string): Arn =>
  nameOrArn.startsWith("arn:") ? nameOrArn : own("elasticloadbalancing", region, `targetgroup/${nameOrArn}/*`);

/** The roles that instances get from the policies' launch templates, each once. */
export function instanceRoleArns(policies: readonly Policy[]): readonly Arn[] {
  const named = new Set(policies.map(({ launch }) => launch.role).filter((role) => role !== ""));
  return [...named].sort().map((role) => (role.startsWith("arn:") ? role : own("iam", "", `role/${role}`)));
}

const region = `\${AWS::Region}`;

/** One of the account that the stack is in. */
const own = (service: string, region: string, resource: string): Arn => ({
  "Fn::Sub": `arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}:${resource}`,
});
