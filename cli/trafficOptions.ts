// The options by which commands are told what to simulate on; traffic.ts reads them.
import { type Command, Option } from "commander";
import { autoInstanceCount, traceShapes } from "../shared/sim/index.ts";

/** Adds them to the command. */
export const withTraffic = (command: Command): Command =>
  command
    .option("--trace <file>", "recorded traffic")
    .addOption(new Option("--generate <shape>", "traffic from the seed instead").choices(traceShapes))
    .option("--days <n>", "how many days to generate", "1")
    .addOption(
      new Option("--unit <unit>", "what a value counts")
        .choices(["per-second", "per-minute", "per-interval"])
        .default("per-minute"),
    )
    .option("--repair", "mend gaps, duplicates, steps back and negative values, and say so")
    .option("--from <time>", "score from here on; before it is history (ISO 8601 UTC)")
    .option("--to <time>", "end here, exclusive (ISO 8601 UTC)")
    .option("--seed <n>", "chance of boots and failures", "1")
    .option("--plant <plant>", "auto[:N], policy, or a file", `auto:${autoInstanceCount}`);
