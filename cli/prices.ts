// `--prices`: what instances cost, by a file instead of the list that ships; and who says so, told beside every dollar.
import { Option } from "commander";
import {
  dearestOf,
  formatIssue,
  listPrices,
  type Policy,
  type PriceTable,
  parsePrices,
} from "../shared/policy/index.ts";
import { CliError } from "./failure.ts";
import { readOrFail } from "./files.ts";

export interface PriceOptions {
  readonly prices?: string;
}

export const pricesOption = (): Option =>
  new Option("--prices <file>", "what instances cost, YAML or JSON with its date; the list that ships when not given");

export function tableIn({ prices: file }: PriceOptions): PriceTable {
  if (file === undefined) return listPrices;
  const parsed = parsePrices(readOrFail(file), file);
  if (parsed.kind === "error") throw new CliError(parsed.error.map(formatIssue).join("\n"));
  return parsed.value;
}

/** The policy, its budget reckoned with the file's prices; every type that it may buy has one there. */
export function pricedBy(policy: Policy, table: PriceTable): Policy {
  const { launch, limits, fleet } = policy;
  if (table === listPrices || launch.instanceTypes.length === 0) return policy;
  const unknown = launch.instanceTypes.filter((type) => table.priceOf(type) === "unknown");
  const price = dearestOf(launch.instanceTypes, table.priceOf);
  if (price === "unknown")
    throw new CliError(`${fleet} may buy ${unknown.join(", ")}: no price in ${table.of}; give it under \`onDemand\``);
  const { budget } = limits;
  return budget.kind === "none" ? policy : { ...policy, limits: { ...limits, budget: { ...budget, ...price } } };
}
