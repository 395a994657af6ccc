// Whether launches would come to something, of a fleet as high as its policy says: no more than a Lambda need be allowed to read.
import type { Finding } from "../../core/index.ts";
import type { Policy } from "../../policy/index.ts";
import type { Launching } from "./checks/examined.ts";
import { checkInstanceTypes } from "./checks/instanceTypes.ts";
import { checkAddresses } from "./checks/subnets.ts";
import { checkLaunchTemplate } from "./checks/template.ts";
import { checkVcpus, quotasOf } from "./checks/vcpus.ts";
import type { DoctorClients } from "./clients.ts";
import { readQuotas, readRunning } from "./read/account.ts";
import { readPlaces } from "./read/network.ts";
import { readBareTemplate } from "./read/template.ts";

export type LaunchClients = Pick<DoctorClients, "ec2" | "quotas">;

/** Reads once, for a fleet as high as `highest`; what it answers judges that, or one that is lower. */
export async function readLaunching(
  { ec2, quotas }: LaunchClients,
  stage: string,
  highest: Policy,
): Promise<(policy: Policy) => readonly Finding[]> {
  const running = await readRunning(ec2);
  const template = await readBareTemplate(ec2, highest.launch.template);
  const facts = { template, ...(await readPlaces(ec2, highest, template)) };
  const account = { running, quotas: await readQuotas(quotas, quotasOf([{ policy: highest, stage, facts }])) };
  return (policy) => examine({ policy, stage, facts, account });
}

const examine = (launching: Launching): readonly Finding[] => [
  ...checkLaunchTemplate(launching),
  ...checkInstanceTypes(launching),
  ...checkAddresses(launching),
  ...checkVcpus(launching.account, [launching]),
];
