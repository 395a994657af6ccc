// `explain ID`: one decision in sentences.
import { Command } from "commander";
import { explainDecision } from "../../shared/engine/index.ts";
import { decisionId, type LogOptions, rowOfId, withLog, withLogOptions } from "../log.ts";
import { colours, print } from "../output.ts";

interface Options extends LogOptions {
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate explain shop@421
  $ tidegate explain shop@421 --json | jq .row.snapshot.signals
  $ tidegate explain shop@421 --local

\`tidegate decisions FLEET\` lists the ids.`;

export const explainCommand = (): Command =>
  withLogOptions(
    new Command("explain")
      .description("tell one decision in sentences: what was seen, each wish, each step, each action and outcome")
      .argument("<id>", "the decision's id, such as shop@421")
      .option("--json", "print the row as it was stored, with its outcomes"),
  )
    .addHelpText("after", examples)
    .action(explain);

async function explain(text: string, options: Options): Promise<void> {
  const id = decisionId(text);
  await withLog(options, async (log) => {
    const { row, outcomes } = await log.told(await rowOfId(log, id));
    if (options.json) return print([JSON.stringify({ row, outcomes }, null, 2)]);
    const policy = await log.policyOf(row.fleet, row.policyVersion);
    const { snapshot, decision } = row;
    print(explainDecision({ id: row.id, policy, snapshot, decision, outcomes }).map(emphasised));
  });
}

/** The headline and the names of sections stand at the margin. */
const emphasised = (line: string): string => (line.startsWith(" ") ? line : colours.bold(line));
