// The policy that the lab's fleet is run by, as an operator would write it.
import { assert } from "../../shared/core/index.ts";
import { type Policy, parsePolicy, policyVersion } from "../../shared/policy/index.ts";
import { pathsOf, type Settings } from "./settings.ts";

export type Gate = "with-gate" | "without-gate";

/**
 * Three rounds of all keys are warm when their p95 is under this: twice what a key takes at most, once it is cached. One good round may be
 * luck, and a process that has answered three times as much runs compiled code. As many at a time as an instance has workers.
 */
const warmP95Ms = 10;

function textOf({ min, max, minuteTakesMs, perInstancePerSecond, instance }: Settings, gate: Gate): string {
  const perMinute = Math.round((perInstancePerSecond * minuteTakesMs) / 1_000);
  const paths = pathsOf(instance).join(", ");
  return `fleet: lab
targetGroup: lab
launch: { template: lab, subnets: [subnet-a, subnet-b, subnet-c], leadTime: 3m }
bounds: { min: ${min}, max: ${max} }
capacity: { perInstance: ${perMinute} requests/min, target: 55% }
rules: [{ target: { metric: requests } }]
stabilization: { scaleIn: 2m }
drain: { timeout: 1m, takeBack: true }
${gate === "with-gate" ? `warm: { http: { paths: [${paths}], until: { p95: ${warmP95Ms} ms, of: ${3 * instance.keyCount} }, concurrency: ${instance.workerCount}, timeout: 15m }, onFailure: replace }` : ""}
`;
}

export function policyFor(settings: Settings, gate: Gate): { policy: Policy; policyVersion: string } {
  const parsed = parsePolicy(textOf(settings, gate), "bench/lab/policy.ts");
  assert(parsed.kind === "ok", `the lab's policy is right: ${JSON.stringify(parsed)}`);
  return { policy: parsed.value, policyVersion: policyVersion(parsed.value) };
}
