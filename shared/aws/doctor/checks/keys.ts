// Keys of encrypted volumes: EC2's own roles launch the instances, so a customer's key has to let them use it.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-prerequisites.html
import type { Key, ServiceRoles } from "../facts.ts";
import { about, type Finding, listed } from "../finding.ts";
import type { Examined } from "./examined.ts";

const keys = about("volume keys");

export function checkKeys({ policy, facts, account: { serviceRoles } }: Examined): readonly Finding[] {
  if (facts.template.kind === "error") return [];
  const roles = rolesInNeed(serviceRoles, policy.launch.purchase.spotShareRatio);
  return keys.judged("which keys encrypt the volumes", facts.template.value.keys, (found) =>
    found.flatMap(({ id, read }) => {
      const missing = read.kind === "error" && read.error.kind === "missing";
      if (missing) return [keys.problem(`key ${id} is not there`, "encrypt the volumes with a key that is")];
      return keys.judged(`key ${id}`, read, (key) => checkKey(id, key, roles));
    }),
  );
}

/** Only roles that exist can hold a grant; that one is missing is another check's. */
const rolesInNeed = ({ fleet, spot }: ServiceRoles, spotShareRatio: number): readonly string[] =>
  [fleet, ...(spotShareRatio > 0 ? [spot] : [])].flatMap((role) => (role.kind === "ok" ? [role.value] : []));

function checkKey(id: string, { manager, state, grantees }: Key, roles: readonly string[]): readonly Finding[] {
  if (state !== "Enabled")
    return [keys.problem(`key ${id} is ${state}: no volume can be made`, "enable it, or encrypt with another key")];
  if (manager === "aws") return [];
  return keys.judged(`grants of key ${id}`, grantees, (granted) => {
    if (roles.length === 0)
      return [keys.warning(`grants of key ${id} could not be checked: no service role of EC2's is known`, seeAccount)];
    const lacking = roles.filter((role) => !granted.includes(role));
    if (lacking.length === 0) return [keys.fine(`key ${id} is granted to EC2's roles`)];
    const said = `key ${id} has no grant for ${listed(lacking.map(nameOf))}: launches fail unless its key policy lets them`;
    return [keys.warning(said, lacking.map((role) => grantCommand(id, role)).join(" && "))];
  });
}

const seeAccount = "see what the account lacks, then run doctor again";
const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

const grantCommand = (id: string, role: string): string =>
  `aws kms create-grant --key-id ${id} --grantee-principal ${role} --operations ${operations}`;
const operations =
  "Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext CreateGrant DescribeKey ReEncryptFrom ReEncryptTo";
