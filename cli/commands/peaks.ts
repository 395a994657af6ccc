// `peaks`: announced events, from the day they are known to the day after. Each of its commands is a file in cli/peaks/.
import { Command } from "commander";
import { addCommand } from "../peaks/add.ts";
import { cancelCommand } from "../peaks/cancel.ts";
import { checkCommand } from "../peaks/check.ts";
import { listCommand } from "../peaks/list.ts";
import { reportCommand } from "../peaks/report.ts";
import { resolveCommand } from "../peaks/resolve.ts";

const examples = `
Examples:
  $ tidegate peaks add shop spring-sale --at 2027-03-20T09:00 --time-zone Europe/Paris --expect 5x --hold 3h
  $ tidegate peaks list --all
  $ tidegate peaks check spring-sale          whether it fits: maximum, budget, quotas, addresses, load balancer
  $ tidegate peaks report spring-sale         afterwards: the plan against what came`;

export const peaksCommand = (): Command => {
  const peaks = new Command("peaks")
    .description("announced events: add, list, check and cancel them, and report on them afterwards")
    .addHelpText("after", examples);
  const commands = [addCommand, listCommand, checkCommand, cancelCommand, resolveCommand, reportCommand];
  for (const command of commands) peaks.addCommand(command());
  return peaks;
};
