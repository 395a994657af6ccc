// Whether a fleet's warm-ups come to something: that our own function reaches the instances, or that the operator's tells how it went.
import { unreachable } from "../../../core/index.ts";
import type { Admission, Hook, LambdaFunction, SecurityGroup } from "../facts.ts";
import { about, counted, type Finding, listed } from "../finding.ts";
import { warmedBy } from "../wanted.ts";
import { isMissing } from "./deployment.ts";
import type { Examined } from "./examined.ts";
import { deployWarmer, isReplaced, lost } from "./warmings.ts";

const warm = about("warm-ups");

export function checkWarm(examined: Examined): readonly Finding[] {
  const by = warmedBy(examined.policy);
  switch (by) {
    case "nobody":
      return [];
    case "own":
      return checkOwn(examined);
    case "itself":
      return [warm.note(`by ssm: ${asksItself}`)];
    case "hook":
      return checkHook(examined);
    default:
      return unreachable(by);
  }
}

/** Doctor looks into no instance. */
const asksItself =
  "instances need the SSM agent, a role with what AmazonSSMManagedInstanceCore allows, and Python 3; doctor does not look into them";

/** That the function is not there, or not to be read, is told of the account. */
function checkOwn(examined: Examined): readonly Finding[] {
  const own = examined.account.deployment.wanted.get("warm");
  if (own === undefined || own.kind === "error") return [];
  const name = `tidegate-${examined.stage}-warm`;
  const [{ vpc }, toDo] = [own.value, deployWarmer(examined.stage)];
  if (vpc.kind === "none") return [warm.warning(`${name} is in no VPC: it reaches no instance`, toDo)];
  const place = placeOf(examined);
  if (place === "unknown") return [];
  const outside = place.vpcs.filter((id) => id !== vpc.id);
  if (outside.length === 0)
    return [warm.fine(`${name} is in ${vpc.id}, as ${place.name}`), ...checkAdmitted(examined, place.port, vpc)];
  const found = `${name} is in ${vpc.id}, ${place.name} in ${listed(outside)}: no warm-up comes through unless they are peered`;
  return [warm.warning(found, `${toDo}, of ${listed(outside)}`)];
}

interface Place {
  readonly name: string;
  readonly vpcs: readonly string[];
  readonly port: number;
}

/** Where instances answer: of HAProxy's, their subnets tell. */
function placeOf({ policy, facts }: Examined): Place | "unknown" {
  const { targetGroup, subnets } = facts;
  if (targetGroup.kind === "ok") {
    const { name, vpc, port } = targetGroup.value;
    return { name, vpcs: [vpc], port };
  }
  if (typeof policy.targetGroup === "string" || subnets.found.kind === "error") return "unknown";
  const vpcs = [...new Set(subnets.found.value.map(({ vpc }) => vpc))];
  return vpcs.length > 0 ? { name: "the subnets", vpcs, port: policy.targetGroup.port } : "unknown";
}

type InVpc = Extract<LambdaFunction["vpc"], { readonly kind: "one" }>;

function checkAdmitted({ facts }: Examined, port: number, vpc: InVpc): readonly Finding[] {
  if (facts.template.kind === "error") return [];
  if (facts.template.value.securityGroups.length === 0) {
    const found = "the template names no security group by id: whether it admits the warmer was not checked";
    return [warm.note(found)];
  }
  return warm.judged("the instances' security groups", facts.securityGroups, (groups) => [
    admittedBy(groups, { port, warmers: vpc.securityGroups }),
  ]);
}

interface Asking {
  readonly port: number;
  readonly warmers: readonly string[];
}

function admittedBy(groups: readonly SecurityGroup[], { port, warmers }: Asking): Finding {
  const door = `port ${port} of ${listed(groups.map(({ id }) => id))}`;
  const open = groups.flatMap(({ admits }) => admits).filter((admission) => isOpen(admission, port));
  const addresses = [...new Set(open.flatMap((admission) => admission.addresses))];
  const isAdmitted = open.some((admission) => admission.groups.some((id) => warmers.includes(id)));
  if (isAdmitted || addresses.includes(everyone))
    return warm.fine(`${door} is open to the warmer's ${listed(warmers)}`);
  if (addresses.length > 0)
    return warm.note(`${door} is open to ${listed(addresses)}: whether the warmer is among them was not checked`);
  const [group = "GROUP", warmer = "GROUP"] = [groups[0]?.id, warmers[0]];
  const command = `aws ec2 authorize-security-group-ingress --group-id ${group} --protocol tcp --port ${port} --source-group ${warmer}`;
  return warm.warning(`${door} is closed to the warmer's ${listed(warmers)}`, command);
}

const everyone = "0.0.0.0/0";
const isOpen = ({ fromPort, toPort }: Admission, port: number): boolean => fromPort <= port && port <= toPort;

function checkHook({ policy, stage, facts: { hook }, account }: Examined): readonly Finding[] {
  if (hook.kind === "none") return [];
  const name = nameIn(hook.name);
  if (isMissing(hook.read))
    return [lost(`no function ${name}`, [policy], "create it, or correct `warm.hook` in the policy")];
  return warm.judged(`function ${name}`, hook.read, ({ asynchronously }) => {
    const there = warm.fine(`function ${name} is there`);
    const queue = `tidegate-${stage}-warmed`;
    if (isMissing(account.deployment.looks.queue))
      return [there, warm.note(`after the deploy, let the destinations of ${name} be ${queue}, and its retries none`)];
    const told = warm.judged(`where ${name} tells how it went`, asynchronously, (how) => [
      checkDestinations(name, how, { queue, isGrave: isReplaced(policy) }),
      checkRetries(name, how),
    ]);
    return [there, ...told];
  });
}

/** Behind `arn:aws:lambda:<region>:<account>:function:`, with its alias. */
const nameIn = (arn: string): string => arn.split(":").slice(6).join(":");

type How = Extract<Hook["asynchronously"], { readonly kind: "ok" }>["value"];

function checkDestinations(
  name: string,
  { onSuccess, onFailure }: How,
  { queue, isGrave }: { readonly queue: string; readonly isGrave: boolean },
): Finding {
  const [tells, tellsFailure] = [onSuccess, onFailure].map((arn) => arn.endsWith(`:${queue}`));
  if (tells && tellsFailure) return warm.fine(`${name} tells ${queue} how it went`);
  const toDo = `let its destinations on success and on failure be ${queue} (docs/warming.md)`;
  const later = "counts as failed only a minute after its `timeout`";
  if (tells) return warm.warning(`${name} does not tell ${queue} when it fails: such a warm-up ${later}`, toDo);
  const level = isGrave ? warm.problem : warm.warning;
  return level(`${name} does not tell ${queue} when it is done: each warm-up ${later}`, toDo);
}

/** A second try warms what the fleet has given up by then. */
function checkRetries(name: string, { retryCount }: How): Finding {
  if (retryCount === 0) return warm.fine(`${name} is called once`);
  const found = `${name} is called again, up to ${counted(retryCount, "time")}, when it fails`;
  return warm.warning(found, "set its MaximumRetryAttempts to 0");
}
