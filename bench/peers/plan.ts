// What is run: every contestant on every track at every boot. The headline boot gets everything; the others get fewer seeds
// and no hindsight, which a full run would spend half its hours on.
import type { DurationMs } from "../../shared/core/index.ts";
import { contestantOf } from "./contestants.ts";
import type { Split, Task } from "./types.ts";

export const headlineBootSeconds = 180;
const otherSeedsMax = 3;

export interface Given {
  readonly controllers: readonly string[];
  readonly bootSeconds: readonly number[];
  readonly seedCount: number;
  /** A quick run looks back at nothing. */
  readonly depth: Task["depth"];
}

/** The one that the tables speak of. */
export const headlineOf = ({ bootSeconds }: Given): number =>
  bootSeconds.includes(headlineBootSeconds) ? headlineBootSeconds : (bootSeconds[0] ?? headlineBootSeconds);

export function tasksOf(splits: readonly Split[], given: Given): readonly Task[] {
  return given.bootSeconds.flatMap((bootSeconds) => {
    const isHeadline = bootSeconds === headlineOf(given);
    const seedCount = isHeadline ? given.seedCount : Math.min(given.seedCount, otherSeedsMax);
    const seeds = Array.from({ length: seedCount }, (_, index) => index + 1);
    return splits.flatMap((split) =>
      given.controllers.map((controller) => ({
        ...{ split, bootSeconds, controller, seeds },
        depth: isHeadline ? given.depth : ("bare" as const),
      })),
    );
  });
}

/** Simulated time: what a task costs. The largest go first, so that no core ends with one of them alone. */
export function workOf({ split, controller, seeds, depth }: Task): DurationMs {
  const { warmup, from, to } = split;
  const { grid } = contestantOf(controller);
  const gridMs = (depth === "with-hindsight" ? to : from) - warmup;
  return grid.length * gridMs + (grid.length > 0 ? 2 : 1) * seeds.length * (to - warmup);
}
