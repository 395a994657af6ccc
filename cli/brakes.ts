// What `stop` and `resume` are given: some fleets by name, or all of them.
import type { Braked } from "../shared/aws/log/index.ts";
import { CliError } from "./failure.ts";

export function brakedBy(fleets: readonly string[], { all }: { readonly all?: true }): readonly Braked[] {
  if (all && fleets.length > 0) throw new CliError("either --all or fleets by name, not both");
  if (all) return [{ kind: "all-fleets" }];
  if (fleets.length === 0) throw new CliError("which fleets? Name them, or say --all");
  return [...new Set(fleets)].map((fleet) => ({ kind: "fleet", fleet }));
}

export const namedBrake = (braked: Braked): string => (braked.kind === "all-fleets" ? "every fleet" : braked.fleet);
