// The policy of an imagined fleet.
import type { Versioned } from "../control/index.ts";
import { assert } from "../core/index.ts";
import { parsePolicy, policyVersion } from "../policy/index.ts";

/** What sets it apart from the plain one. */
export type Variant = "plain" | "forecasts" | "warms";

/** A warm-up waits until the application answers, which is within five minutes but for a few. */
const lines: Readonly<Record<Variant, string>> = {
  plain: "",
  forecasts: "  - forecast: { metric: requests }\n",
  warms: "warm: { http: { paths: [/], until: { p95: 300 ms }, timeout: 5m } }\n",
};

/** One alarm, three metrics, a processor among them: read of ten instances it is the dearest there is. */
export const imaginedPolicy = (fleet: string, variant: Variant): Versioned => {
  const parsed = parsePolicy(
    `fleet: ${fleet}
targetGroup: ${fleet}-web
launch: { template: ${fleet}-web }
bounds: { min: 2, max: 60 }
capacity: { perInstance: 1000 requests/min }
rules:
  - target: { metric: requests }
  - target: { metric: cpu, value: 60% }
${lines[variant]}`,
    fleet,
  );
  assert(parsed.kind === "ok", "the imagined policy is one");
  return { policy: parsed.value, policyVersion: policyVersion(parsed.value) };
};
