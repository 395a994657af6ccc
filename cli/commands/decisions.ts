// `decisions FLEET`: the log, one line a decision, newest last.
import { Command } from "commander";
import type { ToldRow } from "../../shared/aws/log/index.ts";
import type { DurationMs } from "../../shared/core/index.ts";
import { type Summary, summaryOf } from "../../shared/engine/index.ts";
import { type LogOptions, rowsSince, withLog, withLogOptions } from "../log.ts";
import { limitOption, sinceOption } from "../options.ts";
import { type Column, print, say, tableOf } from "../output.ts";

interface Options extends LogOptions {
  readonly since: DurationMs;
  readonly limit: number;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate decisions shop --since 30m
  $ tidegate decisions shop --since 3d --limit 50 --json | jq .stoppedBy
  $ tidegate decisions shop --local

--since counts back from the fleet's newest decision. \`tidegate explain ID\` tells one line in full.`;

export const decisionsCommand = (): Command =>
  withLogOptions(
    new Command("decisions")
      .description("list a fleet's decisions: what was wanted, by which rule, what stopped it")
      .argument("<fleet>", "the fleet's name")
      .addOption(sinceOption("how far back: 30s, 15m, 2h, 3d"))
      .addOption(limitOption("at most so many, the newest"))
      .option("--json", "print one object a line"),
  )
    .addHelpText("after", examples)
    .action(decisions);

async function decisions(fleet: string, options: Options): Promise<void> {
  await withLog(options, async (log) => {
    const lines: Line[] = [];
    for await (const logged of rowsSince(log, fleet, options.since)) {
      if (lines.length === options.limit) {
        say(`there are more than ${options.limit} decisions in that time; these are the newest`);
        break;
      }
      lines.push(lineOf(await log.told(logged)));
    }
    lines.reverse();
    print(options.json ? lines.map(({ json }) => JSON.stringify(json)) : tableOf(columns, lines));
  });
}

/** A row without its snapshot: a log of days would not fit into memory with it. */
interface Line {
  readonly id: string;
  readonly at: string;
  readonly summary: Summary;
  readonly json: object;
}

function lineOf({ row, outcomes }: ToldRow): Line {
  const { fleet, generation, id, decision, snapshot, engineVersion, policyVersion } = row;
  const at = new Date(row.at).toISOString();
  const summary = summaryOf(decision, snapshot, outcomes);
  const { from, to, wanted, by, stoppedBy } = summary;
  const { kind, actions } = decision;
  const told = { fleet, generation, id, at, kind, from, target: to, wanted, by, stoppedBy, actions, outcomes };
  return { id, at, summary, json: { ...told, engineVersion, policyVersion } };
}

const columns: readonly Column<Line>[] = [
  { head: "ID", text: ({ id }) => id, wrapsTo: "never" },
  { head: "AT", text: ({ at }) => `${at.slice(0, 19).replace("T", " ")}Z`, wrapsTo: 10 },
  {
    head: "TARGET",
    text: ({ summary: { from, to } }) => (from === to ? `${to}` : `${from} → ${to}`),
    wrapsTo: "never",
  },
  { head: "WANTED", text: ({ summary }) => `${summary.wanted}`, wrapsTo: "never" },
  { head: "BY", text: ({ summary }) => summary.by, wrapsTo: 6 },
  { head: "STOPPED BY", text: ({ summary }) => summary.stoppedBy, wrapsTo: 12 },
  { head: "ACTED", text: ({ summary }) => summary.acted, wrapsTo: 9 },
  { head: "PROBLEMS", text: ({ summary }) => summary.problems, wrapsTo: 8 },
];
