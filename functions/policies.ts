// The policies as the build parsed them: plain JSON beside the handler, so that no YAML parser is deployed. Where they would
// outgrow the zip, the build leaves a mark instead, and they are read from the table, where reconcile has put them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deployedFleets, deployedPolicy, type Table } from "../shared/aws/index.ts";
import type { Versioned } from "../shared/control/index.ts";

/** `policies.json`. The version of a mark changes with every policy, so that a new one is a new process with nothing kept. */
export type Built = readonly Versioned[] | { readonly kind: "in-table"; readonly version: string };

export interface Policies {
  /** The names of all fleets. */
  fleets(): Promise<readonly string[]>;
  /** Throws an Error that names the fleet when no policy was deployed for it. */
  policyOf(fleet: string): Promise<Versioned>;
}

export const readBuilt = (folder: string): Built => JSON.parse(readFileSync(join(folder, "policies.json"), "utf8"));

export function openPolicies(folder: string, table: Table): Policies {
  const built = readBuilt(folder);
  return "kind" in built ? inTable(table) : inBundle(built);
}

function inBundle(built: readonly Versioned[]): Policies {
  const policies = new Map(built.map((versioned) => [versioned.policy.fleet, versioned]));
  return {
    fleets: async () => [...policies.keys()],
    policyOf: async (fleet) => policies.get(fleet) ?? missing(fleet),
  };
}

/** Each is read once in the life of a process. */
function inTable(table: Table): Policies {
  const kept = new Map<string, Versioned>();
  return {
    fleets: () => deployedFleets(table),
    policyOf: async (fleet) => {
      const known = kept.get(fleet);
      if (known) return known;
      const found = await deployedPolicy(table, fleet);
      if (found === "none") return missing(fleet);
      kept.set(fleet, found);
      return found;
    },
  };
}

function missing(fleet: string): never {
  throw new Error(`no policy was deployed for fleet ${fleet}`);
}
