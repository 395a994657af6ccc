// The policy of an imagined fleet.
import type { Versioned } from "../control/index.ts";
import { assert } from "../core/index.ts";
import { parsePolicy, policyVersion } from "../policy/index.ts";

/** One alarm, three metrics, a processor among them: read of ten instances it is the dearest there is. */
export const imaginedPolicy = (fleet: string, forecasts: "none" | "made"): Versioned => {
  const parsed = parsePolicy(
    `fleet: ${fleet}
targetGroup: ${fleet}-web
launch: { template: ${fleet}-web }
bounds: { min: 2, max: 60 }
capacity: { perInstance: 1000 requests/min }
rules:
  - target: { metric: requests }
  - target: { metric: cpu, value: 60% }
${forecasts === "made" ? "  - forecast: { metric: requests }\n" : ""}`,
    fleet,
  );
  assert(parsed.kind === "ok", "the imagined policy is one");
  return { policy: parsed.value, policyVersion: policyVersion(parsed.value) };
};
