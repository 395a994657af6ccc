// Reads an account, and says of each fleet what stands in its way. Reads decide nothing, checks read nothing.
import { type EpochMs, error, ok, type Result } from "../../core/index.ts";
import type { Policy } from "../../policy/index.ts";
import { checkDeployment } from "./checks/deployment.ts";
import type { Examined } from "./checks/examined.ts";
import { checkHaproxyFunction } from "./checks/haproxy.ts";
import { checkInstanceTypes } from "./checks/instanceTypes.ts";
import { checkKeys } from "./checks/keys.ts";
import { checkServiceRoles } from "./checks/serviceRoles.ts";
import { checkSharedGroups } from "./checks/sharedGroups.ts";
import { checkSubnets } from "./checks/subnets.ts";
import { checkTargetGroup } from "./checks/targetGroup.ts";
import { checkTemplate } from "./checks/template.ts";
import { checkVcpus, quotasOf } from "./checks/vcpus.ts";
import { checkWarm } from "./checks/warm.ts";
import { checkWarmings } from "./checks/warmings.ts";
import type { DoctorClients } from "./clients.ts";
import type { FleetFacts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { targetsPerGroup, targetsPerLoadBalancer } from "./quotas.ts";
import { readQuotas, readRunning, readServiceRoles } from "./read/account.ts";
import { readDeployment } from "./read/deployment.ts";
import { readHook } from "./read/functions.ts";
import { readPlaces } from "./read/network.ts";
import { readSecurityGroups } from "./read/securityGroups.ts";
import { readTargetGroup } from "./read/targetGroup.ts";
import { readTemplate } from "./read/template.ts";
import { andThen, type Reading } from "./reading.ts";
import { warmedBy } from "./wanted.ts";

export interface Patient {
  readonly stage: string;
  readonly policies: readonly Policy[];
  readonly now: EpochMs;
  /** Called after each part that has been read: what runs, each fleet, what the fleets share. */
  readonly onRead: (readCount: number, partCount: number) => void;
}

export interface Diagnosis {
  readonly account: readonly Finding[];
  readonly fleets: readonly { readonly fleet: string; readonly findings: readonly Finding[] }[];
}

/** An error when AWS cannot be reached at all, or does not accept the credentials; anything less is a finding. */
export async function diagnose(clients: DoctorClients, patient: Patient): Promise<Result<Diagnosis, string>> {
  const { stage, policies, onRead } = patient;
  const partCount = policies.length + 2;
  const running = await readRunning(clients.ec2);
  const answers = whetherAnswering(running);
  if (answers.kind === "error") return answers;
  onRead(1, partCount);
  const fleets = await readFleets(clients, patient, (readCount) => onRead(1 + readCount, partCount));
  const [quotas, serviceRoles, deployment] = await Promise.all([
    readQuotas(clients.quotas, [targetsPerGroup, targetsPerLoadBalancer, ...quotasOf(fleets)]),
    readServiceRoles(clients.iam),
    readDeployment(clients, patient),
  ]);
  onRead(partCount, partCount);
  const account = { running, quotas, serviceRoles, deployment };
  return ok({
    account: [
      ...checkDeployment(stage, deployment),
      ...checkWarmings(stage, deployment, policies),
      ...checkHaproxyFunction(stage, deployment),
      ...checkServiceRoles(serviceRoles, policies),
      ...checkSharedGroups(fleets),
      ...checkVcpus(account, fleets),
    ],
    fleets: fleets.map((fleet) => ({
      fleet: fleet.policy.fleet,
      findings: examine({ ...fleet, account }),
    })),
  });
}

/** No other read would fare better than a first one that met nobody, or that nobody took for a caller. */
function whetherAnswering(first: Reading<unknown>): Result<"answering", string> {
  if (first.kind === "ok") return ok("answering");
  const { error: why } = first;
  if (why.kind === "unreachable") return error(`AWS cannot be reached: ${why.because}`);
  if (why.kind === "stranger")
    return error(`AWS does not accept the credentials: ${why.because}; renew them, or set others`);
  return ok("answering");
}

const checks: readonly ((examined: Examined) => readonly Finding[])[] = [
  checkTargetGroup,
  checkTemplate,
  checkInstanceTypes,
  checkSubnets,
  checkKeys,
  checkWarm,
];
const examine = (examined: Examined): readonly Finding[] => checks.flatMap((check) => check(examined));

type Fleet = Pick<Examined, "policy" | "stage" | "facts">;

/** One after the other: AWS throttles an account's describe calls, and its fleets scale by the same. */
async function readFleets(
  clients: DoctorClients,
  { policies, stage }: Patient,
  onRead: (readCount: number) => void,
): Promise<readonly Fleet[]> {
  const fleets: Fleet[] = [];
  for (const policy of policies) {
    fleets.push({ policy, stage, facts: await readFleet(clients, policy) });
    onRead(fleets.length);
  }
  return fleets;
}

async function readFleet(clients: DoctorClients, policy: Policy): Promise<FleetFacts> {
  const { ec2, loadBalancer, lambda } = clients;
  const [targetGroup, template, hook] = await Promise.all([
    readGroup(loadBalancer, policy),
    readTemplate(clients, policy.launch.template),
    readHook(lambda, policy),
  ]);
  const securityGroups = await andThen(template, ({ securityGroups: ids }) =>
    readSecurityGroups(ec2, warmedBy(policy) === "own" ? ids : []),
  );
  return { targetGroup, template, hook, securityGroups, ...(await readPlaces(ec2, policy, template)) };
}

/** HAProxy is nothing that AWS knows of. */
const readGroup = async (loadBalancer: DoctorClients["loadBalancer"], { targetGroup }: Policy) =>
  typeof targetGroup === "string"
    ? await readTargetGroup(loadBalancer, targetGroup)
    : error({ kind: "failed" as const, because: "the fleet is behind HAProxy" });
