// `history`: a fleet's past. Each of its commands is a file in cli/history/.
import { Command } from "commander";
import { holidaysCommand } from "../history/holidays.ts";
import { markCommand } from "../history/mark.ts";
import { marksCommand } from "../history/marks.ts";
import { pullCommand } from "../history/pull.ts";
import { unmarkCommand } from "../history/unmark.ts";

const examples = `
Examples:
  $ tidegate history pull shop --from 2026-11-09T00:00Z --out shop.csv
  $ tidegate history mark shop --from 2026-11-20T14:00Z --to 2026-11-20T15:30Z --because "the payment was down"
  $ tidegate history marks shop`;

export const historyCommand = (): Command => {
  const history = new Command("history")
    .description("a fleet's own traffic as a trace; and which spans of it teach nothing")
    .addHelpText("after", examples);
  for (const command of [pullCommand, markCommand, marksCommand, unmarkCommand, holidaysCommand])
    history.addCommand(command());
  return history;
};
