// `warm`: what to put new instances through. Each of its commands is a file in cli/warm/.
import { Command } from "commander";
import { pathsCommand } from "../warm/paths.ts";

const examples = `
Examples:
  $ tidegate warm paths --logs s3://my-logs --since 24h   the pages that users ask for most, for a policy's warm.http`;

export const warmCommand = (): Command =>
  new Command("warm")
    .description("what new instances are put through before they serve")
    .addHelpText("after", examples)
    .addCommand(pathsCommand());
