// `compare`: two ways of deciding on the same traffic and plant, side by side: what they cost, whom they failed, what they did.
import { basename } from "node:path";
import { Command } from "commander";
import type { Sizer } from "../../shared/engine/index.ts";
import { defaultPolicy, type Policy, type Prices, pricesOf } from "../../shared/policy/index.ts";
import { controllers } from "../../shared/sim/index.ts";
import { type Compared, comparedTable } from "../comparedTable.ts";
import { CliError } from "../failure.ts";
import { writeOrFail } from "../files.ts";
import { readPolicy } from "../policyFile.ts";
import { type PriceOptions, pricedBy, pricesOption, tableIn } from "../prices.ts";
import { rehearse } from "../rehearsal.ts";
import { plantOf, type TrafficOptions, traceOf, wholeNumber, windowOf } from "../traffic.ts";
import { withTraffic } from "../trafficOptions.ts";

interface Options extends TrafficOptions, PriceOptions {
  readonly policy: readonly string[];
  readonly controller: readonly string[];
  readonly json?: string | true;
}

const examples = `
Examples:
  $ tidegate compare --policy policies/shop.yml --policy policies/shop-tighter.yml --trace requests.csv
  $ tidegate compare --policy policies/shop.yml --controller target-tracking --trace requests.csv
  $ tidegate compare --controller hpa --controller predictive --generate flash-crowd --days 14
  $ tidegate compare --controller tidegate --controller step --trace requests.csv --json
  $ tidegate compare --policy policies/shop.yml --controller hpa --trace requests.csv --prices prices.yml

Two sides, policies first. A peer beside a policy aims at that policy's target, without one at what ships; it warms nothing.
--plant policy takes capacity and bounds from the first policy; both sides meet the same plant and the same chance.`;

export const compareCommand = (): Command =>
  withTraffic(
    new Command("compare")
      .description("two policies, or peers' rules, on the same traffic side by side: cost, bad requests, actions")
      .option("--policy <file>", "a side: this policy", collected, [])
      .option("--controller <name>", `a side: ${Object.keys(controllers).join(", ")}`, collected, []),
  )
    .addOption(pricesOption())
    .option("--json [file]", "write both sides as JSON, to standard output without a file")
    .addHelpText("after", examples)
    .action(run);

const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];

async function run(options: Options): Promise<void> {
  const sides = sidesOf(options);
  const seed = wholeNumber("--seed", options.seed, Number.MAX_SAFE_INTEGER);
  const trace = traceOf(options, seed);
  const scored = windowOf(options, trace);
  const plant = plantOf(options.plant, { policy: sides[0].policy, trace, scored });
  const on = { trace, scored, plant, seed };
  const compared: Compared[] = [];
  for (const { name, policy, size, prices } of sides)
    compared.push({ name, ...(await rehearse(name, { policy, size, prices, ...on })) });
  const [first, second] = compared as [Compared, Compared];
  if (options.json === undefined) return void process.stdout.write(`${trace.name}\n${comparedTable(first, second)}\n`);
  const text = `${JSON.stringify({ trace: trace.name, seed, plant, sides: compared })}\n`;
  if (options.json === true) return void process.stdout.write(text);
  writeOrFail(options.json, text);
}

interface Side {
  readonly name: string;
  readonly policy: Policy;
  readonly size: Sizer;
  readonly prices: Prices;
}

function sidesOf(options: Options): readonly [Side, Side] {
  const { policy: files, controller: names } = options;
  const table = tableIn(options);
  const side = (name: string, policy: Policy, size: Sizer): Side => ({
    ...{ name, policy, size },
    prices: pricesOf(policy, table),
  });
  const policies = files.map((file) => side(basename(file), pricedBy(readPolicy(file), table), sizerOf("tidegate")));
  const beside = policies[0]?.policy ?? defaultPolicy();
  const controlled = names.map((name) => side(name, policyOf(name, beside), sizerOf(name)));
  const [first, second, ...more] = [...policies, ...controlled];
  if (first === undefined || second === undefined || more.length > 0)
    throw new CliError(
      `two sides are compared, not ${policies.length + controlled.length}: give --policy or --controller twice, or one of each`,
    );
  return first.name === second.name
    ? [
        { ...first, name: `${first.name} (A)` },
        { ...second, name: `${second.name} (B)` },
      ]
    : [first, second];
}

/** Tidegate by name is what ships. A peer aims at the target beside it, and warms nothing: none of them does. */
const policyOf = (name: string, beside: Policy): Policy =>
  name === "tidegate" ? defaultPolicy() : { ...beside, warm: { kind: "none" } };

function sizerOf(name: string): Sizer {
  const size = Object.hasOwn(controllers, name) ? controllers[name] : undefined;
  if (size === undefined)
    throw new CliError(
      `--controller ${name}: there is none of that name; there are ${Object.keys(controllers).join(", ")}`,
    );
  return size;
}
