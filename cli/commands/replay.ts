// `replay`: decides again from the stored snapshot, with the policy of the row's version, and compares to the byte.
import { Command } from "commander";
import { engineVersion, type Row, replay } from "../../shared/control/index.ts";
import type { DurationMs } from "../../shared/core/index.ts";
import { sizeByRules } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { type Difference, firstDifference } from "../difference.ts";
import {
  type DecisionId,
  decisionId,
  type Log,
  type LogOptions,
  rowOfId,
  rowsSince,
  withLog,
  withLogOptions,
} from "../log.ts";
import { sinceOption } from "../options.ts";
import { print } from "../output.ts";
import { progress } from "../progress.ts";

interface Options extends LogOptions {
  readonly since: DurationMs;
  readonly all?: true;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate replay shop@421
  $ tidegate replay shop --since 2h
  $ tidegate replay shop --all --local

Exit 0 only if every decision is the same. A row that another engine version wrote is not compared, and is not the same.`;

export const replayCommand = (): Command =>
  withLogOptions(
    new Command("replay")
      .description("decide again from stored snapshots; the decisions must be the same")
      .argument("<ids...>", "decisions such as shop@421, or fleets")
      .addOption(sinceOption("how far back for a fleet: 30s, 15m, 2h, 3d"))
      .option("--all", "a fleet's whole log")
      .option("--json", "print one object a line"),
  )
    .addHelpText("after", examples)
    .action(replayAll);

async function replayAll(texts: readonly string[], options: Options): Promise<void> {
  const named = [...new Set(texts)].map(namedBy);
  await withLog(options, async (log) => {
    const replaying: Replaying = { log, options, counts: new Map(), policies: new Map() };
    for (const one of named) await replayNamed(one, replaying);
    const total = [...replaying.counts.values()].reduce((sum, count) => sum + count, 0);
    if (!options.json && total > 1) print([countedIn(replaying.counts, total)]);
    if (replaying.counts.get("same") !== total) process.exitCode = 1;
  });
}

type Named =
  | { readonly kind: "decision"; readonly id: DecisionId }
  | { readonly kind: "fleet"; readonly fleet: string };

const namedBy = (text: string): Named =>
  text.includes("@") ? { kind: "decision", id: decisionId(text) } : { kind: "fleet", fleet: text };

type Verdict =
  | { readonly kind: "same" }
  | ({ readonly kind: "different" } & Difference)
  | { readonly kind: "other-version"; readonly stored: string; readonly running: string }
  | { readonly kind: "no-policy"; readonly policyVersion: string };

interface Replaying {
  readonly log: Log;
  readonly options: Options;
  readonly counts: Map<Verdict["kind"], number>;
  /** By fleet and version: a log of months has a handful. */
  readonly policies: Map<string, Policy | "none">;
}

async function replayNamed(named: Named, replaying: Replaying): Promise<void> {
  const { log, options } = replaying;
  if (named.kind === "decision") return replayRow((await rowOfId(log, named.id)).row, replaying, "named");
  const { fleet } = named;
  const bar = progress(`replaying ${fleet}`);
  let doneCount = 0;
  for await (const { row } of rowsSince(log, fleet, options.all ? "all" : options.since)) {
    await replayRow(row, replaying, options.all ? "one-of-all" : "named");
    doneCount++;
    bar.update(doneCount, row.generation + doneCount - 1);
  }
  bar.stop();
}

/** Of a whole log only those are printed that are not the same. */
async function replayRow(row: Row, replaying: Replaying, told: "named" | "one-of-all"): Promise<void> {
  const { counts, options } = replaying;
  const verdict = await judge(row, replaying);
  counts.set(verdict.kind, (counts.get(verdict.kind) ?? 0) + 1);
  if (options.json) print([JSON.stringify({ id: row.id, ...verdict })]);
  else if (verdict.kind !== "same" || told === "named") print([`${row.id} ${sentenceOf(verdict)}`]);
}

async function judge(row: Row, { log, policies }: Replaying): Promise<Verdict> {
  if (row.engineVersion !== engineVersion)
    return { kind: "other-version", stored: row.engineVersion, running: engineVersion };
  const { fleet, policyVersion } = row;
  const key = `${fleet} ${policyVersion}`;
  const policy = policies.get(key) ?? (await log.policyOf(fleet, policyVersion));
  policies.set(key, policy);
  if (policy === "none") return { kind: "no-policy", policyVersion };
  const replayed = replay(policy, row, sizeByRules);
  if (replayed.kind !== "different") return replayed;
  return { kind: "different", ...firstDifference(replayed.stored, replayed.again) };
}

function sentenceOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case "same":
      return "same";
    case "different":
      return `different at ${verdict.path}: stored ${verdict.stored}, again ${verdict.again}`;
    case "other-version":
      return `not compared: engine version ${verdict.stored} wrote it, this is ${verdict.running}`;
    case "no-policy":
      return `not compared: its policy ${verdict.policyVersion} is not in the log`;
  }
}

const names: Readonly<Record<Verdict["kind"], string>> = {
  same: "same",
  different: "different",
  "other-version": "of another engine version",
  "no-policy": "without their policy",
};

const countedIn = (counts: Replaying["counts"], total: number): string =>
  `${total} decisions: ${[...counts].map(([kind, count]) => `${count} ${names[kind]}`).join(", ")}`;
