// `simulate`: a policy, or a peer's rule, against recorded or generated traffic, in virtual time, with its score.
import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { Sizer } from "../../shared/engine/index.ts";
import { defaultPolicy, type Policy, policyVersion, pricesOf } from "../../shared/policy/index.ts";
import {
  controllers,
  neededFor,
  type SimulationResult,
  score,
  simulate,
  simulationJson,
} from "../../shared/sim/index.ts";
import { chart, chartWidth } from "../chart.ts";
import { type Dollars, dollarsLine, dollarsOf } from "../dollars.ts";
import { CliError } from "../failure.ts";
import { writeOrFail } from "../files.ts";
import { rehearsed } from "../peaks/rehearsed.ts";
import { readPolicy } from "../policyFile.ts";
import { type PriceOptions, pricedBy, pricesOption, tableIn } from "../prices.ts";
import { progress } from "../progress.ts";
import { scoreTable } from "../scoreTable.ts";
import { plantOf, type TrafficOptions, traceOf, wholeNumber, windowOf } from "../traffic.ts";
import { withTraffic } from "../trafficOptions.ts";

interface Options extends TrafficOptions, PriceOptions {
  readonly policy?: string;
  readonly controller: string;
  readonly json?: string | true;
}

const examples = `
Examples:
  $ tidegate simulate --policy policies/shop.yml --generate sale-day
  $ tidegate simulate --trace requests.csv --from 2026-11-01T00:00:00Z --json result.json
  $ tidegate simulate --trace requests.csv --controller target-tracking --plant auto:40
  $ tidegate simulate --policy policies/shop.yml --trace requests.csv --plant policy
  $ tidegate simulate --policy policies/shop.yml --trace requests.csv --prices prices.yml

A trace is CSV with the header timestamp,value[,filled]: ISO 8601 UTC on a uniform grid of 1 s to 1 h, requests a minute.
The plant is what is simulated: auto[:N] sizes an instance so that the trace's p99.9 minute needs N at 60 %; policy takes
capacity and bounds from the policy; a file is JSON. Without --policy the settings that ship are used.`;

export const simulateCommand = (): Command =>
  withTraffic(
    new Command("simulate")
      .description("replay traffic through the real decisions in virtual time, and score them")
      .option("--policy <file>", "the policy to rehearse"),
  )
    .addOption(new Option("--controller <name>", "who decides").choices(Object.keys(controllers)).default("tidegate"))
    .addOption(pricesOption())
    .option("--json [file]", "write minutes, instances and score as JSON, to standard output without a file")
    .addHelpText("after", examples)
    .action(run);

async function run(options: Options): Promise<void> {
  if (
    typeof options.json === "string" &&
    options.trace !== undefined &&
    resolve(options.json) === resolve(options.trace)
  )
    throw new CliError(`${options.json} is the trace: give the result another name`);
  const table = tableIn(options);
  const policy = pricedBy(options.policy === undefined ? defaultPolicy() : readPolicy(options.policy), table);
  const seed = wholeNumber("--seed", options.seed, Number.MAX_SAFE_INTEGER);
  const trace = traceOf(options, seed);
  const scored = windowOf(options, trace);
  const plant = plantOf(options.plant, { policy, trace, scored });
  sayWhatIsBlind(policy);
  const size = controllers[options.controller] as Sizer;
  const bar = progress(`simulating ${trace.name}`);
  const version = policyVersion(policy);
  const { minutes, instances } = await simulate({
    policy: options.controller === "tidegate" ? rehearsed(policy, trace) : withoutBudget(policy),
    policyVersion: version,
    size,
    trace,
    plant,
    seed,
    scored,
    onMinute: bar.update,
    onRow: () => {},
  });
  bar.stop();
  const result = {
    trace: trace.name,
    policyVersion: version,
    seed,
    scored,
    plant,
    minutes,
    instances,
    score: score({ plant, minutes, instances }),
  };
  show(options.json, result, dollarsOf(result, policy, pricesOf(policy, table)));
}

/** A trace is of requests alone, so nobody publishes what the operator's applications do. */
function sayWhatIsBlind({ metrics }: Policy): void {
  const names = Object.keys(metrics);
  if (names.length === 0) return;
  process.stderr.write(`nobody publishes ${names.join(", ")} here: rules that read it do as \`missing\` says\n`);
}

function show(json: Options["json"], result: SimulationResult, dollars: Dollars | "unknown"): void {
  if (json === undefined) {
    const paid = dollars === "unknown" ? "" : `\n${dollarsLine(dollars)}`;
    const table = scoreTable([{ name: "score", score: result.score }]);
    return void process.stdout.write(`${picture(result)}\n\n${table}${paid}\n`);
  }
  const known = dollars === "unknown" ? {} : { dollars };
  const text = `${JSON.stringify({ ...simulationJson(result), ...known })}\n`;
  if (json === true) return void process.stdout.write(text);
  writeOrFail(json, text);
  process.stderr.write(`${json}: ${result.minutes.length} minutes, ${result.instances.length} instances\n`);
}

function picture({ minutes, plant, trace }: SimulationResult): string {
  const needed = minutes
    .filter(({ scored }) => scored)
    .map(({ t, load, serving }) => ({ at: t, needed: neededFor(load, plant), serving }));
  return `${trace}: ${minutes.length} minutes\n${chart(needed, { width: chartWidth(), height: 15 })}`;
}

/** A peer knows of no budget, and is not to be refused for it. */
const withoutBudget = (policy: Policy): Policy => ({
  ...policy,
  limits: { ...policy.limits, budget: { kind: "none" } },
});
