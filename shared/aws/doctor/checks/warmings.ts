// What warm-ups take of a deployment: the way to who warms, and our own function where a policy is warmed by it.
import type { Policy } from "../../../policy/index.ts";
import type { Alarm, Deployment, WantedFunction } from "../facts.ts";
import { about, type Finding, listed } from "../finding.ts";
import { warmingAlarm } from "../own.ts";
import type { Reading } from "../reading.ts";
import { isWarmed, warmedBy } from "../wanted.ts";
import { checkQueues, deploy, isMissing } from "./deployment.ts";

const warming = about("warm-ups");

/** Every deploy has to say them, or the warmer goes. */
export const deployWarmer = (stage: string): string =>
  `${deploy(stage)} --param warmSubnets=… --param warmSecurityGroups=…`;

export function checkWarmings(stage: string, deployed: Deployment, policies: readonly Policy[]): readonly Finding[] {
  const { looks, warmings, alarms } = deployed;
  const [warmed, byOwn] = [policies.filter(isWarmed), policies.filter((policy) => warmedBy(policy) === "own")];
  if (warmed.length === 0 || warmings === "unwanted") return [];
  const toDo = byOwn.length > 0 ? deployWarmer(stage) : deploy(stage);
  if (isMissing(looks.queue))
    return byOwn.length > 0 ? [warming.note(`\`warm.http\` takes a function in the VPC: ${toDo}`)] : [];
  const name = `tidegate-${stage}-warmings`;
  if (isMissing(warmings.queue)) return [lost(`no queue ${name}`, warmed, toDo)];
  const found = (which: WantedFunction, whose: readonly Policy[]): readonly Finding[] =>
    checkFunction(`tidegate-${stage}-${which}`, deployed.wanted.get(which), (full) =>
      lost(`no function ${full}`, whose, toDo),
    );
  return [
    ...checkQueues(name, warmings, { stage, what: "warming", by: "warming" }),
    ...found("warming", warmed),
    ...found("warm", byOwn),
    ...checkAlarm(stage, alarms),
  ];
}

/** A function that no policy wants was not read. */
function checkFunction(
  name: string,
  read: Reading<unknown> | undefined,
  missing: (name: string) => Finding,
): readonly Finding[] {
  if (read === undefined) return [];
  if (isMissing(read)) return [missing(name)];
  return warming.judged(`function ${name}`, read, () => [warming.fine(`function ${name} is there`)]);
}

/** A problem where what does not get warm is replaced: then nothing new ever serves. */
export function lost(found: string, whose: readonly Policy[], toDo: string): Finding {
  const level = whose.some(isReplaced) ? warming.problem : warming.warning;
  return level(`${found}: every warm-up fails; ${meanwhile(whose)}`, toDo);
}

export const isReplaced = ({ warm }: Policy): boolean => warm.kind !== "none" && warm.onFailure === "replace";

function meanwhile(whose: readonly Policy[]): string {
  const namesOf = (policies: readonly Policy[]): string => listed(policies.map(({ fleet }) => fleet));
  const [replaced, served] = [whose.filter(isReplaced), whose.filter((policy) => !isReplaced(policy))];
  return [
    ...(served.length > 0 ? [`new instances of ${namesOf(served)} serve cold`] : []),
    ...(replaced.length > 0 ? [`those of ${namesOf(replaced)} are replaced, and none serves`] : []),
  ].join(", ");
}

/** That it could not be read is told with the others. */
function checkAlarm(stage: string, alarms: Deployment["alarms"]): readonly Finding[] {
  if (alarms.kind === "error") return [];
  const name = `tidegate-${stage}-${warmingAlarm.name}`;
  const found = alarms.value.find((alarm: Alarm) => alarm.name === warmingAlarm.name);
  if (found === undefined) return [warming.warning(`no alarm ${name}`, deploy(stage))];
  if (found.state === "ringing") return [warming.warning(`alarm ${name} rings`, warmingAlarm.toDo)];
  return [warming.fine(`alarm ${name} is there, and does not ring`)];
}
