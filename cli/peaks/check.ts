// `peaks check`: what stands in the way of a peak before it comes, and its plan. It only reads.

import { Command } from "commander";
import { endsAt } from "../../shared/control/index.ts";
import type { EpochMs, Finding, PrefetchState } from "../../shared/core/index.ts";
import { leadTimeOf } from "../../shared/engine/index.ts";
import type { Peak, Policy, PriceTable } from "../../shared/policy/index.ts";
import {
  checkBalancerOf,
  checkPlan,
  type Plan,
  planOf,
  type Usual,
  unknownDemand,
  unreadDay,
  usualKilobytes,
  usualOf,
} from "../../shared/preflight/index.ts";
import { CliError } from "../failure.ts";
import { lineOf, summary } from "../findings.ts";
import { type Log, type LogOptions, newestOf, withLog, withLogOptions } from "../log.ts";
import { countOption } from "../options.ts";
import { colours, print } from "../output.ts";
import { readPolicy } from "../policyFile.ts";
import { type PriceOptions, pricedBy, pricesOption, tableIn } from "../prices.ts";
import { accountFindings } from "./account.ts";
import { picture } from "./picture.ts";
import { everyPeak, notBegun, pagesOf, peakNamed, peaksOf, type StandingPeak } from "./standing.ts";
import { expected, sureness, timesOf } from "./words.ts";

interface Options extends LogOptions, PriceOptions {
  readonly all?: true;
  readonly policy?: string;
  readonly usual?: number;
  readonly kbPerRequest?: number;
  readonly region?: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate peaks check spring-sale
  $ tidegate peaks check --all --json | jq '.[].findings[] | select(.level != "ok")'
  $ tidegate peaks check --all --policy policies/shop.yml --usual 6000     before the first deploy
  $ tidegate peaks check spring-sale --prices prices.yml                   by your own prices, with their date

The plan is checked against the maximum, the budget and the velocity limit, and what doctor reads against the plan's height: quotas,
free addresses, template, image. With --local or --policy nothing of AWS is read. The usual demand is that of the same hour of the
week, as the log last saw it when no peak stood and nothing of it is marked.

Exit 0 when there is no problem, 1 when there is one. A warning is none.`;

export const checkCommand = (): Command =>
  withLogOptions(
    new Command("check")
      .description("tell what stands in the way of an event, and its plan; read-only")
      .argument("[peak]", "its name, or fleet/name; or --all")
      .option("--all", "every peak ahead")
      .option("--policy <file>", "check the peaks of a policy that is not deployed; no log is read")
      .addOption(countOption("--usual <requests>", "the demand a minute before the ramp; from the log when not given"))
      .addOption(countOption("--kb-per-request <kB>", "what the load balancer carries of a request; 20 when not given"))
      .addOption(pricesOption())
      .option("--region <region>", "the AWS region; AWS_REGION, or that of ~/.aws/config, when not given")
      .option("--json", "print an array with one object a peak: its findings and its plan, minute by minute"),
  )
    .addHelpText("after", examples)
    .action(check);

async function check(text: string | undefined, options: Options): Promise<void> {
  if ((text === undefined) === (options.all === undefined)) throw new CliError("which peak? Name it, or say --all");
  const asked = { options, table: tableIn(options) };
  const checked: Checked[] = [];
  if (options.policy !== undefined) checked.push(...checkFile(options.policy, text, asked));
  else
    await withLog(options, async (log) => {
      const peaks = text === undefined ? await everyPeak(log) : [await peakNamed(log, text)];
      for (const one of peaks)
        if (text !== undefined || endsAt(one.peak) > one.now) checked.push(await checkOne(log, one, asked));
    });
  print(options.json ? [JSON.stringify(checked.map(forPrograms), null, 2)] : forPeople(checked));
  if (checked.some(({ findings }) => findings.some(({ level }) => level === "problem"))) process.exitCode = 1;
}

interface Asked {
  readonly options: Options;
  readonly table: PriceTable;
}
interface Checked {
  readonly fleet: string;
  readonly policy: Policy;
  readonly peak: Peak;
  readonly plan: Plan | "none";
  readonly findings: readonly Finding[];
}

function checkFile(path: string, name: string | undefined, asked: Asked): readonly Checked[] {
  const policy = readPolicy(path);
  const peaks = policy.peaks.filter((peak) => name === undefined || peak.name === name);
  if (peaks.length === 0) throw new CliError(`${path} has ${name === undefined ? "no peaks" : `no peak ${name}`}`);
  const usual = given(asked.options) ?? ({ kind: "unknown", because: "no log is read" } as const);
  return peaks.map((peak) =>
    judged(
      {
        policy,
        peak,
        others: policy.peaks,
        usual,
        leadMs: policy.launch.leadTimeMs,
        unread: "no log is read",
        prefetched: notBegun,
        now: Date.now(),
      },
      asked,
    ),
  );
}

async function checkOne(
  log: Log,
  { fleet, policy, peak, findings: ahead, prefetched, now }: StandingPeak,
  asked: Asked,
): Promise<Checked> {
  const { options } = asked;
  if (endsAt(peak) <= now) throw new CliError(`${peak.name} is over: tidegate peaks report ${fleet}/${peak.name}`);
  const { row } = await newestOf(log, fleet);
  const usual = given(options) ?? (await usualOf(log, fleet, peak));
  const others = (await peaksOf(log, fleet)).map((other) => other.peak);
  const leadMs = leadTimeOf(policy, row.decision.memory).p95Ms;
  const unread = ahead.find(({ check }) => check === "day")?.found ?? "the forecast function reads it within the hour";
  const checked = judged({ policy, peak, others, usual, leadMs, unread, prefetched, now }, asked);
  if (checked.plan === "none" || options.local !== undefined) return checked;
  const account = await accountFindings(policy, { height: checked.plan.height, now, ...options });
  return { ...checked, findings: [...checked.findings, ...account] };
}

const given = ({ usual }: Options): Usual | undefined =>
  usual === undefined ? undefined : { kind: "known", perMinute: usual, from: "--usual" };

interface Judged {
  readonly policy: Policy;
  readonly peak: Peak;
  readonly others: readonly Peak[];
  readonly usual: Usual;
  readonly leadMs: number;
  /** Why its day is not, if it is not. */
  readonly unread: string;
  readonly prefetched: PrefetchState;
  readonly now: EpochMs;
}

function judged(
  { policy: written, peak, others, usual, leadMs, unread, prefetched, now }: Judged,
  { options, table }: Asked,
): Checked {
  const policy = pricedBy(written, table);
  const { fleet } = policy;
  const unplanned = (finding: Finding): Checked => ({ fleet, policy, peak, plan: "none", findings: [finding] });
  if (peak.expect.kind === "like")
    return unplanned(
      unreadDay(policy, {
        peak: peak.name,
        kind: "unknown",
        because: `the day it is to be like is not read: ${unread}`,
      }),
    );
  if (usual.kind === "unknown" && peak.expect.kind === "factor") return unplanned(unknownDemand(usual));
  const plan = planOf(policy, peak, { usual, leadMs, table });
  const known =
    usual.kind === "unknown"
      ? `not known: ${usual.because}`
      : `${Math.round(usual.perMinute)} requests/min, from ${usual.from}`;
  const findings: readonly Finding[] = [
    { level: "ok", check: "demand", found: `the usual demand is ${known}` },
    ...checkPlan({ policy, peak, plan, others, now }),
    checkBalancerOf(policy, { peak, plan }, options.kbPerRequest ?? usualKilobytes),
    ...pagesOf({ peak, prefetched, now }),
  ];
  return { fleet, policy, peak, plan, findings };
}

const forPrograms = ({ fleet, peak, plan, findings }: Checked): object => ({ fleet, peak, findings, plan });

function forPeople(checked: readonly Checked[]): readonly string[] {
  if (checked.length === 0) return ["no peaks ahead: `tidegate peaks add` announces one"];
  return checked.flatMap(({ fleet, policy, peak, plan, findings }, index) => [
    ...(index === 0 ? [] : [""]),
    colours.bold(`${fleet}/${peak.name}`),
    `  ${timesOf(peak)}`,
    `  ${expected(peak)}, ${sureness(peak)}`,
    "",
    ...(plan === "none" ? [] : [...picture(policy, plan), ""]),
    ...findings.map(lineOf),
    summary(findings),
  ]);
}
