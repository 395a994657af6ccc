// What a deploy has left: before one, there is nothing to check.
import { minuteMs } from "../../../core/index.ts";
import type { Deployment } from "../facts.ts";
import { about, counted, type Finding } from "../finding.ts";
import type { Reading } from "../reading.ts";

const deployment = about("deployment");
const deploy = (stage: string): string => `npx sls deploy --stage ${stage}`;
const isMissing = (reading: Reading<unknown>): boolean => reading.kind === "error" && reading.error.kind === "missing";

export function checkDeployment(stage: string, deployed: Deployment): readonly Finding[] {
  const { table, queue } = deployed;
  if (isMissing(table) && isMissing(queue))
    return [
      deployment.fine(`stage ${stage} is not deployed yet in this region: its table, queue and functions were skipped`),
    ];
  return [...checkTable(stage, deployed), ...checkQueue(stage, deployed)];
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

function checkQueue(stage: string, { queue, invocations }: Deployment): readonly Finding[] {
  const name = `tidegate-${stage}-looks`;
  if (isMissing(queue)) {
    const found = `no queue ${name}: the stack was removed, and only its table was kept`;
    return [deployment.warning(found, `${deploy(stage)}, or ignore it if that was meant`)];
  }
  return [
    ...deployment.judged(`queue ${name}`, queue, () => [deployment.fine(`queue ${name} is there`)]),
    ...checkFunctions(stage, invocations, queue.kind === "ok" && queue.value.ageMs < settlesInMs ? "fresh" : "settled"),
  ];
}

/** The clock starts `dispatch` every five minutes, and each of its looks `evaluate`; metrics come a little later. */
const settlesInMs = 15 * minuteMs;

function checkFunctions(
  stage: string,
  invocations: Deployment["invocations"],
  stack: "fresh" | "settled",
): readonly Finding[] {
  return deployment.judged("whether the functions run", invocations, (counts) =>
    counts.map(({ name, count }) => {
      if (count > 0) return deployment.fine(`${name} ran ${counted(count, "time")} in the last 15 minutes`);
      if (stack === "fresh")
        return deployment.warning(
          `${name} has not run yet since the deploy`,
          "run doctor again in a quarter of an hour",
        );
      const toDo = `read its log, or ${deploy(stage)}`;
      return deployment.problem(`${name} did not run in the last 15 minutes`, toDo);
    }),
  );
}
