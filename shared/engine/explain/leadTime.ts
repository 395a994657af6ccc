// How long a launch takes, and what it consists of: measured on the fleet's own, or assumed.
import type { Policy } from "../../policy/index.ts";
import { type LaunchStage, launchCountMin, launchStages, leadTimeOf } from "../leadTime.ts";
import type { Decision } from "../types.ts";
import { lasting, written } from "./words.ts";

/** One line, without the policy too. */
export function leadTimeTold(policy: Policy | "none", { memory }: Decision): string {
  if (policy === "none") return "lead time not known: the policy is not in the log";
  const { p50Ms, p95Ms, launchCount } = leadTimeOf(policy, memory);
  if (launchCount === 0)
    return `lead time ${lasting(p95Ms)}, not measured yet but the policy's assumption (launch.leadTime): ${measuredSoFar(memory.launches.length)}, and it takes ${launchCountMin}`;
  const stages = launchStages(memory.launches).map((stage) => stageTold(stage, launchCount));
  return `lead time p50 ${lasting(p50Ms)}, p95 ${lasting(p95Ms)}, measured on its newest ${written(launchCount)} launches; from the request: ${stages.join("; ")}`;
}

const measuredSoFar = (count: number): string =>
  count === 1 ? "1 launch is measured" : `${written(count)} launches are measured`;

/** `warm-up ended p50 1m50s, p95 3m (12 of them)` */
function stageTold({ stage, takes: { p50Ms, p95Ms, launchCount } }: LaunchStage, of: number): string {
  const some = launchCount === of ? "" : ` (${written(launchCount)} of them)`;
  return `${stage} p50 ${lasting(p50Ms)}, p95 ${lasting(p95Ms)}${some}`;
}
