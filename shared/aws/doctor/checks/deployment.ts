// What a deploy has left: before one, there is nothing to check.
import { type DurationMs, hourMs, minuteMs } from "../../../core/index.ts";
import type { Deployment, OwnFunction, QueuePair, WantedFunction } from "../facts.ts";
import { about, counted, type Finding } from "../finding.ts";
import { ownAlarms, runsWithin } from "../own.ts";
import type { Reading } from "../reading.ts";

const deployment = about("deployment");
export const deploy = (stage: string): string => `npx sls deploy --stage ${stage}`;
export const isMissing = (reading: Reading<unknown>): boolean =>
  reading.kind === "error" && reading.error.kind === "missing";

export function checkDeployment(stage: string, deployed: Deployment): readonly Finding[] {
  const { table, looks, forecasts } = deployed;
  if (isMissing(table) && isMissing(looks.queue))
    return [
      deployment.fine(`stage ${stage} is not deployed yet in this region: its table, queue and functions were skipped`),
    ];
  if (isMissing(looks.queue)) {
    const found = `no queue tidegate-${stage}-looks: the stack was removed, and only its table was kept`;
    const removed = deployment.warning(found, `${deploy(stage)}, or ignore it if that was meant`);
    return [...checkTable(stage, deployed), removed];
  }
  return [
    ...checkTable(stage, deployed),
    ...checkQueues(`tidegate-${stage}-looks`, looks, { stage, what: "look", by: "evaluate" }),
    ...checkForecasts(stage, forecasts),
    ...checkFunctions(stage, deployed),
    ...checkAlarms(stage, deployed.alarms),
  ];
}

function checkTable(stage: string, { table, recovery }: Deployment): readonly Finding[] {
  const name = `tidegate-${stage}`;
  if (isMissing(table)) return [deployment.problem(`no table ${name}: nothing can be decided`, deploy(stage))];
  return deployment.judged(`table ${name}`, table, ({ status }) => {
    if (status !== "ACTIVE") return [deployment.problem(`table ${name} is ${status}`, "wait until it is ACTIVE")];
    const stands = deployment.fine(`table ${name} is there`);
    const guarded = deployment.judged(`recovery of ${name}`, recovery, (state) =>
      state === "on"
        ? [deployment.fine(`${name} can be restored to any point in time`)]
        : [deployment.warning(`point-in-time recovery of ${name} is off`, deploy(stage))],
    );
    return [stands, ...guarded];
  });
}

/** What was deployed before there were forecasts has none of it. */
function checkForecasts(stage: string, forecasts: QueuePair): readonly Finding[] {
  const name = `tidegate-${stage}-forecasts`;
  if (isMissing(forecasts.queue)) return [deployment.problem(`no queue ${name}: no forecast is made`, deploy(stage))];
  return checkQueues(name, forecasts, { stage, what: "forecast", by: "forecast" });
}

interface Serving {
  readonly stage: string;
  /** In the singular. */
  readonly what: string;
  readonly by: OwnFunction | WantedFunction;
}

/** Of two reads that are refused for the same reason, one is told. */
export function checkQueues(name: string, { queue, failed }: QueuePair, serving: Serving): readonly Finding[] {
  const found = deployment.judged(`queue ${name}`, queue, () => [deployment.fine(`queue ${name} is there`)]);
  return queue.kind === "error" ? found : [...found, ...checkFailed(`${name}-failed`, failed, serving)];
}

function checkFailed(name: string, failed: QueuePair["failed"], { stage, what, by }: Serving): readonly Finding[] {
  if (isMissing(failed)) return [deployment.problem(`no queue ${name}: what fails is lost`, deploy(stage))];
  return deployment.judged(`queue ${name}`, failed, ({ messageCount }) => {
    if (messageCount === 0) return [deployment.fine(`queue ${name} is empty`)];
    const found = `${counted(messageCount, "message")} in ${name}: each a ${what} that has failed three times`;
    return [deployment.warning(found, `read the log of ${by}, lines of "${what} failed"; then purge the queue`)];
  });
}

function checkFunctions(stage: string, { invocations, looks, forecasts }: Deployment): readonly Finding[] {
  return deployment.judged("whether the functions run", invocations, (counts) =>
    counts.flatMap(({ name, count }) => {
      const { queue } = name === "forecast" ? forecasts : looks;
      if (isMissing(queue)) return [];
      const within = runsWithin[name];
      const full = `tidegate-${stage}-${name}`;
      if (count > 0) return [deployment.fine(`${full} ran ${counted(count, "time")} in the last ${lasting(within)}`)];
      // The queue came with the function; metrics come a little later.
      if (queue.kind === "ok" && queue.value.ageMs < within)
        return [
          deployment.warning(`${full} has not run yet since the deploy`, `run doctor again in ${lasting(within)}`),
        ];
      const toDo = `read its log, or ${deploy(stage)}`;
      return [deployment.problem(`${full} did not run in the last ${lasting(within)}`, toDo)];
    }),
  );
}

const lasting = (ms: DurationMs): string =>
  ms % hourMs === 0 ? counted(ms / hourMs, "hour") : `${ms / minuteMs} minutes`;

function checkAlarms(stage: string, alarms: Deployment["alarms"]): readonly Finding[] {
  return deployment.judged("alarms on Tidegate itself", alarms, (found) => {
    const states = new Map(found.map(({ name, state }) => [name, state]));
    const troubles = Object.entries(ownAlarms).flatMap(([name, toDo]) => {
      const state = states.get(name);
      if (state === undefined) return [deployment.warning(`no alarm tidegate-${stage}-${name}`, deploy(stage))];
      return state === "ringing" ? [deployment.warning(`alarm tidegate-${stage}-${name} rings`, toDo)] : [];
    });
    if (troubles.length > 0) return troubles;
    return [deployment.fine(`${Object.keys(ownAlarms).length} alarms on Tidegate itself are there, and none rings`)];
  });
}
