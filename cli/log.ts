// Which log a command reads: the deployed table, or with --local the embedded database in a folder. The AWS SDK is loaded
// when a log is opened and not before, so that help and usage errors come at once.
import { type Command, Option } from "commander";
import type {
  AddedPeak,
  Braked,
  Brakes,
  LoggedRow,
  Orphans,
  Standing,
  Table,
  ToldRow,
} from "../shared/aws/log/index.ts";
import type { MarkedSpan, Newest, Span, StoredAhead } from "../shared/control/index.ts";
import type { DurationMs, EpochMs, PrefetchState } from "../shared/core/index.ts";
import type { Brake, Override } from "../shared/engine/index.ts";
import type { Policy } from "../shared/policy/index.ts";
import { CliError } from "./failure.ts";

export interface LogOptions {
  /** A folder, or true for the one that `npm start` fills. */
  readonly local?: string | true;
  readonly stage: string;
  readonly table?: string;
}

/** What the commands read, whoever keeps it. */
export interface Log {
  fleets(): Promise<readonly string[]>;
  /** The clock's; a local log is in virtual time, and its now is the fleet's newest row's. A CliError where there is none. */
  now(fleet: string): Promise<EpochMs>;
  /** Instances whose fleet has no policy any more, as last counted. */
  orphans(): Promise<Orphans | "none">;
  newest(fleet: string): Promise<Newest>;
  rowOf(fleet: string, generation: number): Promise<Newest>;
  /** Newest first, or from a generation on; reads as far as the caller walks. */
  rowsBackwards(fleet: string, from?: number): AsyncIterable<LoggedRow>;
  /** With how the warm-ups that it ordered have ended since. */
  told(logged: LoggedRow): Promise<ToldRow>;
  policyOf(fleet: string, version: string): Promise<Policy | "none">;
  /** Those that have ended lately, too. */
  overrides(fleet: string): Promise<readonly Override[]>;
  putOverride(fleet: string, override: Override): Promise<void>;
  endOverride(fleet: string, id: string): Promise<"ended" | "none-there">;
  /** Those added beside the policy's; those that have ended lately, too. */
  peaks(fleet: string): Promise<readonly AddedPeak[]>;
  putPeak(fleet: string, added: AddedPeak): Promise<void>;
  endPeak(fleet: string, name: string): Promise<"ended" | "none-there">;
  /** How far fetching their pages has come, by `prefetchKey`. */
  prefetches(fleet: string): Promise<ReadonlyMap<string, PrefetchState>>;
  /** The forecast that looks read, and where the fleet's target group is. */
  standing(fleet: string): Promise<Standing>;
  /** The next 48 hours as last forecast. */
  ahead(fleet: string): Promise<StoredAhead | "none">;
  /** Those that reach into the span. */
  marks(fleet: string, span: Span): Promise<readonly MarkedSpan[]>;
  putMark(fleet: string, mark: MarkedSpan): Promise<void>;
  endMark(fleet: string, id: string): Promise<"ended" | "none-there">;
  brakes(): Promise<Brakes>;
  putBrake(braked: Braked, brake: Omit<Brake, "scope">): Promise<void>;
  liftBrake(braked: Braked): Promise<"lifted" | "none-there">;
}

const localFolder = ".tidegate";

/** Adds --local, --stage and --table. */
export const withLogOptions = (command: Command): Command =>
  command
    .option("--local [folder]", `read the embedded database (${localFolder}), not the deployed table; write it last`)
    .addOption(new Option("--stage <stage>", "the deployed stage").env("TIDEGATE_STAGE").default("dev"))
    .addOption(
      new Option("--table <name>", "the deployed table; tidegate-<stage> when not given").env("TIDEGATE_TABLE"),
    );

/** Opens the log for as long as `use` runs. What DynamoDB refuses becomes a CliError. */
export async function withLog(options: LogOptions, use: (log: Log) => Promise<void>): Promise<void> {
  const aws = await import("../shared/aws/log/index.ts");
  const { table, close } = await opened(aws, options);
  try {
    await use(logOf(aws, table, options));
  } catch (cause) {
    const refusal = aws.awsRefusal(cause, table.name);
    throw refusal === "none" ? cause : new CliError(refusal);
  } finally {
    await close();
  }
}

type Aws = typeof import("../shared/aws/log/index.ts");

async function opened(aws: Aws, { local, stage, table }: LogOptions): Promise<ReturnType<Aws["openDeployed"]>> {
  if (local === undefined) return aws.openDeployed({ name: table ?? `tidegate-${stage}`, stage });
  const embedded = await aws.openEmbedded(local === true ? localFolder : local, { mode: "continue" });
  if (embedded.kind === "error") throw new CliError(embedded.error);
  return embedded.value;
}

const logOf = (aws: Aws, table: Table, { local }: LogOptions): Log => ({
  fleets: () => aws.fleets(table),
  async now(fleet) {
    return local === undefined ? Date.now() : (await newestOf(this, fleet)).row.at;
  },
  orphans: () => aws.orphans(table),
  newest: (fleet) => aws.newest(table, fleet),
  rowOf: (fleet, generation) => aws.rowOf(table, fleet, generation),
  rowsBackwards: (fleet, from) => aws.rowsBackwards(table, fleet, { from: from ?? "newest" }),
  told: (logged) => aws.told(table, logged),
  policyOf: (fleet, version) => aws.getPolicy(table, fleet, version),
  overrides: async (fleet) => (await aws.standingOf(table, fleet)).overrides,
  putOverride: (fleet, override) => aws.putOverride(table, fleet, override),
  endOverride: (fleet, id) => aws.endOverride(table, fleet, id),
  peaks: (fleet) => aws.addedPeaks(table, fleet),
  putPeak: (fleet, added) => aws.putPeak(table, fleet, added),
  endPeak: (fleet, name) => aws.endPeak(table, fleet, name),
  prefetches: (fleet) => aws.prefetchesOf(table, fleet),
  standing: (fleet) => aws.standingOf(table, fleet),
  ahead: (fleet) => aws.getAhead(table, fleet),
  marks: (fleet, span) => aws.marksOf(table, fleet, span),
  putMark: (fleet, mark) => aws.putMark(table, fleet, mark),
  endMark: (fleet, id) => aws.endMark(table, fleet, id),
  brakes: () => aws.brakesOf(table),
  putBrake: (braked, brake) => aws.putBrake(table, braked, brake),
  liftBrake: (braked) => aws.liftBrake(table, braked),
});

/** The newest row of a fleet that has one; otherwise says which fleets there are. */
export async function newestOf(log: Log, fleet: string): Promise<LoggedRow> {
  const newest = await log.newest(fleet);
  if (newest.kind === "row") return newest;
  const fleets = await log.fleets();
  const others = fleets.length === 0 ? "there are no fleets yet" : `the fleets are ${named(fleets)}`;
  throw new CliError(`no decision of a fleet ${JSON.stringify(fleet)}: ${others}`);
}

const namedMax = 20;
const named = (fleets: readonly string[]): string =>
  fleets.slice(0, namedMax).join(", ") + (fleets.length > namedMax ? ` and ${fleets.length - namedMax} more` : "");

export interface DecisionId {
  readonly fleet: string;
  readonly generation: number;
}

/** `shop@421` */
export function decisionId(text: string): DecisionId {
  const [, fleet, generation] = /^([a-z0-9-]{1,40})@([1-9]\d{0,9})$/.exec(text) ?? [];
  if (fleet && generation) return { fleet, generation: Number(generation) };
  throw new CliError(`${JSON.stringify(text)} is no id of a decision: write it like shop@421`);
}

export async function rowOfId(log: Log, { fleet, generation }: DecisionId): Promise<LoggedRow> {
  const found = await log.rowOf(fleet, generation);
  if (found.kind === "row") return found;
  const { row } = await newestOf(log, fleet);
  throw new CliError(`no decision ${fleet}@${generation}: the newest of ${fleet} is ${row.id}`);
}

/** Rows no older than `sinceMs` before the fleet's newest, newest first: a log in virtual time knows no other now. */
export async function* rowsSince(log: Log, fleet: string, sinceMs: DurationMs | "all"): AsyncGenerator<LoggedRow> {
  const { row: newest } = await newestOf(log, fleet);
  const from = sinceMs === "all" ? Number.NEGATIVE_INFINITY : newest.at - sinceMs;
  for await (const logged of log.rowsBackwards(fleet)) {
    if (logged.row.at < from) return;
    yield logged;
  }
}
