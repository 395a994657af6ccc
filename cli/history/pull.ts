// `history pull`: a fleet's own traffic from CloudWatch as a trace, to rehearse policies on.
import { Command } from "commander";
import type { PullClients } from "../../shared/aws/history/index.ts";
import type { Standing } from "../../shared/aws/log/index.ts";
import { finestStep, type MarkedSpan, type Span } from "../../shared/control/index.ts";
import { type DurationMs, dayMs, type EpochMs, minuteMs } from "../../shared/core/index.ts";
import { CliError } from "../failure.ts";
import { writeOrFail } from "../files.ts";
import { type LogOptions, withLog, withLogOptions } from "../log.ts";
import { instantOption } from "../options.ts";
import { print, say } from "../output.ts";
import { spanned } from "./marked.ts";
import { csvOf, type Reading, readingsOf, withMarks } from "./trace.ts";

interface Options extends LogOptions {
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly out?: string;
  readonly targetGroup?: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate history pull shop --out shop.csv                                  the last fourteen days, by the minute
  $ tidegate history pull shop --from 2026-11-01T00:00Z --to 2026-11-08T00:00Z --out week.csv
  $ tidegate history pull shop --target-group shop-web --out shop.csv          before there is a Tidegate
  $ tidegate simulate --policy policies/shop.yml --trace shop.csv

CloudWatch keeps minutes for fifteen days, five minutes for 63 days, hours for 455: the trace is as fine as what it has of --from.
What \`tidegate history mark\` names is filled = 1 in it, as what CloudWatch lacks: simulate then neither scores it nor shows it to
anybody. With --target-group the log is not read, nor are its marks.
It takes cloudwatch:GetMetricData; with --target-group three reads of the load balancer's, too.`;

export const pullCommand = (): Command =>
  withLogOptions(
    new Command("pull")
      .description("a fleet's own traffic from CloudWatch as a trace")
      .argument("<fleet>", "the fleet")
      .addOption(instantOption("--from <time>", "its begin, with its zone: 2026-11-09T00:00Z; 14 days before --to"))
      .addOption(instantOption("--to <time>", "its end, exclusive; now when not given"))
      .option("--out <file>", "write the CSV there, not to the standard output")
      .option("--target-group <name>", "name or ARN, where the fleet was never deployed")
      .option("--json", "print one object with what was pulled; the CSV needs --out"),
  )
    .addHelpText("after", examples)
    .action(pullTrace);

async function pullTrace(fleet: string, options: Options): Promise<void> {
  if (options.local !== undefined)
    throw new CliError("a local log has no CloudWatch behind it: pull reads a deployed fleet's traffic");
  if (options.json && options.out === undefined)
    throw new CliError("--json tells what was pulled: where to? Give --out");
  const asked = askedOf(options, Date.now());
  const { openPullClients } = await import("../../shared/aws/history/index.ts");
  const readings = await pulled(openPullClients(), { fleet, options, ...asked });
  const counted = (kind: Reading["kind"]): number => readings.filter((one) => one.kind === kind).length;
  const [missing, marked] = [counted("missing"), counted("marked")];
  if (missing === readings.length)
    throw new CliError(
      `CloudWatch has no requests of ${fleet} from ${spanned(asked.span)}: is it the right fleet, and region?`,
    );
  const csv = csvOf(readings);
  if (options.out === undefined) process.stdout.write(csv);
  else writeOrFail(options.out, csv);
  tell(fleet, options, { ...asked, count: readings.length, missing, marked });
}

interface Asked {
  readonly span: Span;
  readonly stepMs: DurationMs;
}

const usualMs: DurationMs = 14 * dayMs;
/** The newest two minutes are still being counted. */
const settledMs: DurationMs = 2 * minuteMs;

/** Begins and ends on a step. */
export function askedOf({ from: given, to: end }: Pick<Options, "from" | "to">, now: EpochMs): Asked {
  const to = Math.min(end ?? now, now - settledMs);
  const from = given ?? to - usualMs;
  if (from >= to)
    throw new CliError(`nothing lies between ${spanned({ from, to })}: --from is not before --to, or not past`);
  const stepMs = finestStep(now - from);
  if (stepMs === "none") throw new CliError("CloudWatch keeps nothing for longer than 455 days: give a later --from");
  const span = { from: Math.ceil(from / stepMs) * stepMs, to: Math.floor(to / stepMs) * stepMs };
  if (span.from >= span.to)
    throw new CliError(`${spanned({ from, to })} holds no whole step of ${stepMs / minuteMs} minutes`);
  return { span, stepMs };
}

interface Pulling extends Asked {
  readonly fleet: string;
  readonly options: Options;
}

/** Throws a CliError with what AWS has against it. */
export async function pulled(
  clients: PullClients,
  { fleet, options, span, stepMs }: Pulling,
): Promise<readonly Reading[]> {
  const { findGroup, pull } = await import("../../shared/aws/history/index.ts");
  const { targetGroup } = options;
  const { group, marks } =
    targetGroup === undefined
      ? await loggedOf(options, fleet, span)
      : { group: orFail(await findGroup(clients, targetGroup)), marks: [] };
  const readings = readingsOf(orFail(await pull(clients, { group, span, stepMs })), span, stepMs);
  return withMarks(readings, marks, stepMs);
}

/** The target group as the deployed Tidegate knows it, and the marks that reach into the span. */
async function loggedOf(options: Options, fleet: string, span: Span) {
  const found: { fact: Standing["group"]; marks: readonly MarkedSpan[] }[] = [];
  await withLog(options, async (log) => {
    const [{ group: fact }, marks] = await Promise.all([log.standing(fleet), log.marks(fleet, span)]);
    found.push({ fact, marks });
  });
  const [{ fact, marks }] = found as [(typeof found)[number]];
  if (fact !== "none") return { group: fact.group, marks };
  throw new CliError(`nobody has looked up a target group of ${fleet} yet: deploy it, or give --target-group`);
}

function orFail<T>(result: { kind: "ok"; value: T } | { kind: "error"; error: string }): T {
  if (result.kind === "ok") return result.value;
  throw new CliError(result.error);
}

interface Told extends Asked {
  readonly count: number;
  readonly missing: number;
  readonly marked: number;
}

function tell(fleet: string, { out, json }: Options, { span, stepMs, count, missing, marked }: Told): void {
  const stepMinutes = stepMs / minuteMs;
  const [from, to] = [span.from, span.to].map((at) => new Date(at).toISOString());
  if (json) print([JSON.stringify({ fleet, from, to, stepMinutes, readings: count, missing, marked, file: out })]);
  const line = `${fleet}: ${spanned(span)}, every ${stepMinutes} min, ${count} readings, ${missing} of them missing, ${marked} marked`;
  say(out === undefined ? line : `${line}; in ${out}`);
}
