// The roles that EC2 takes on to launch. Nobody of Tidegate's may create them.
import type { Policy } from "../../../policy/index.ts";
import type { ServiceRoles } from "../facts.ts";
import { about, type Finding } from "../finding.ts";

const roles = about("service role");
const create = (service: string): string => `aws iam create-service-linked-role --aws-service-name ${service}`;

export function checkServiceRoles({ fleet, spot }: ServiceRoles, policies: readonly Policy[]): readonly Finding[] {
  const buysSpot = policies.some(({ launch }) => launch.purchase.spotShareRatio > 0);
  return [...checkFleetRole(fleet), ...(buysSpot ? checkSpotRole(spot) : [])];
}

/** AWS: an instant fleet, which is what Tidegate asks for, does not require it. Older accounts were refused without. */
function checkFleetRole(fleet: ServiceRoles["fleet"]): readonly Finding[] {
  const name = "AWSServiceRoleForEC2Fleet";
  if (fleet.kind === "error" && fleet.error.kind === "missing")
    return [roles.warning(`no ${name}, which EC2 Fleet may ask for`, create("ec2fleet.amazonaws.com"))];
  return roles.judged(name, fleet, () => [roles.fine(`${name} is there`)]);
}

function checkSpotRole(spot: ServiceRoles["spot"]): readonly Finding[] {
  const name = "AWSServiceRoleForEC2Spot";
  if (spot.kind === "error" && spot.error.kind === "missing")
    return [roles.problem(`no ${name}: no spot instance can be bought`, create("spot.amazonaws.com"))];
  return roles.judged(name, spot, () => [roles.fine(`${name} is there`)]);
}
