// The policies as the build parsed them: plain JSON beside the handler, so that no YAML parser is deployed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Versioned } from "../shared/control/index.ts";

/** Every fleet's policy, by the fleet's name. */
export type Policies = ReadonlyMap<string, Versioned>;

export function readPolicies(folder: string): Policies {
  const built = JSON.parse(readFileSync(join(folder, "policies.json"), "utf8")) as readonly Versioned[];
  return new Map(built.map((versioned) => [versioned.policy.fleet, versioned]));
}

/** Throws an Error that names the fleet when no policy was deployed for it. */
export function policyOf(policies: Policies, fleet: string): Versioned {
  const versioned = policies.get(fleet);
  if (!versioned) throw new Error(`no policy was deployed for fleet ${fleet}`);
  return versioned;
}
