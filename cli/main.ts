// The commands and what they share: help, exit codes and how a failure is told. 0 done, 1 the input is wrong or the answer
// is no, 2 misuse. Each command reads its own arguments in the file of its name.
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { CliError } from "./failure.ts";

interface Listed {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** In the order of the help. Only the one that is called is loaded. */
const commands: Readonly<Record<string, Listed>> = {
  start: {
    summary: "play one sale day from end to end, in virtual time, and sum it up",
    load: async () => (await import("./commands/start.ts")).startCommand(),
  },
  validate: {
    summary: "every mistake of a policy",
    load: async () => (await import("./commands/validate.ts")).validateCommand(),
  },
  simulate: {
    summary: "replay traffic through the real decisions in virtual time, and score them",
    load: async () => (await import("./commands/simulate.ts")).simulateCommand(),
  },
  compare: {
    summary: "two policies, or peers' rules, on the same traffic side by side",
    load: async () => (await import("./commands/compare.ts")).compareCommand(),
  },
  fleets: {
    summary: "what stands now: target, serving, warming, booting, draining, and why",
    load: async () => (await import("./commands/fleets.ts")).fleetsCommand(),
  },
  decisions: {
    summary: "a fleet's log: what was wanted, by which rule, what stopped it",
    load: async () => (await import("./commands/decisions.ts")).decisionsCommand(),
  },
  explain: {
    summary: "one decision in sentences",
    load: async () => (await import("./commands/explain.ts")).explainCommand(),
  },
  override: {
    summary: "bound a fleet by hand, for a while",
    load: async () => (await import("./commands/override.ts")).overrideCommand(),
  },
  peaks: {
    summary: "announced events: add, list, check and cancel them, and report on them afterwards",
    load: async () => (await import("./commands/peaks.ts")).peaksCommand(),
  },
  forecast: {
    summary: "what a fleet's next hours are expected to bring, and whether that is acted on",
    load: async () => (await import("./commands/forecast.ts")).forecastCommand(),
  },
  history: {
    summary: "a fleet's own traffic as a trace; and which spans of it teach nothing",
    load: async () => (await import("./commands/history.ts")).historyCommand(),
  },
  warm: {
    summary: "the pages that users ask for most, to warm new instances with",
    load: async () => (await import("./commands/warm.ts")).warmCommand(),
  },
  stop: {
    summary: "halt terminations at the next look, of all fleets or some",
    load: async () => (await import("./commands/stop.ts")).stopCommand(),
  },
  resume: {
    summary: "let them go on",
    load: async () => (await import("./commands/resume.ts")).resumeCommand(),
  },
  replay: {
    summary: "decide again from stored snapshots, and compare",
    load: async () => (await import("./commands/replay.ts")).replayCommand(),
  },
  cost: {
    summary: "what so many fleets cost in a month, and which of AWS's limits they meet",
    load: async () => (await import("./commands/cost.ts")).costCommand(),
  },
  doctor: {
    summary: "what stands in the way in an AWS account, and what to do; read-only",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand(),
  },
};

const examples = `
Examples:
  $ tidegate start                          a first look: one sale day, with its log in .tidegate/
  $ tidegate validate policies/*.yml        every mistake of a policy, before it is deployed
  $ tidegate fleets                         what stands now, and why
  $ tidegate decisions shop --since 2h      what was decided, and what stopped it
  $ tidegate explain shop@421               one decision in sentences

Exit 0 done, 1 the input is wrong or the answer is no, 2 misuse.`;

export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on("error", leaveQuietly);
  try {
    const program = await programFor((args[0] === "help" ? args[1] : args[0]) ?? "");
    await program.parseAsync(args, { from: "user" });
  } catch (thrown) {
    process.exitCode = tell(thrown);
  }
}

/** The program with the command that is called; without one, with what it takes to list and to suggest them. */
async function programFor(called: string): Promise<Command> {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const program = new Command("tidegate")
    .description("keeps websites on EC2 upright through their peaks: explained, replayable scaling decisions")
    .version(version)
    .addHelpText("after", examples)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "tidegate: ")) })
    .showHelpAfterError("(--help tells more)");
  const listed = Object.hasOwn(commands, called) ? commands[called] : undefined;
  if (listed) program.addCommand(adopted(await listed.load(), program));
  else for (const [name, { summary }] of Object.entries(commands)) program.command(name).description(summary);
  return program;
}

/** A command made elsewhere ends and complains as the program does, and so do its own commands. */
function adopted(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) adopted(child, command);
  return command;
}

/** Says what was thrown on stderr, and answers with the exit code. commander has told its own already. */
function tell(thrown: unknown): number {
  // A value that is none of an option's choices is wrong input, as any other wrong value is; the rest is misuse.
  if (thrown instanceof CommanderError && thrown.code === "commander.invalidArgument") return 1;
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  if (thrown instanceof CliError) process.stderr.write(`tidegate: ${thrown.message}\n`);
  else process.stderr.write(`tidegate: this is a bug\n${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  return 1;
}

/** Whoever reads the answer has had enough of it: `tidegate decisions shop | head`. */
function leaveQuietly(failure: NodeJS.ErrnoException): void {
  if (failure.code !== "EPIPE") throw failure;
  process.exit(process.exitCode);
}
