// What is run: every contestant on every track at every boot, and at the headline's on the cold plant, with and without warming; there
// peers run on the headline's tracks only. The headline gets everything; the others get fewer seeds and no hindsight, which a full run
// would spend half its hours on.
import type { DurationMs } from "../../shared/core/index.ts";
import { contestantOf, own } from "./contestants.ts";
import { isHeadline } from "./results.ts";
import type { Start, Task, Track } from "./types.ts";

export const headlineBootSeconds = 180;
const otherSeedsMax = 3;
export const coldSeedCount = 1;

export interface Given {
  readonly controllers: readonly string[];
  readonly bootSeconds: readonly number[];
  readonly seedCount: number;
  /** A quick run looks back at nothing, and leaves out the cold plant. */
  readonly depth: Task["depth"];
}

/** The one that the tables speak of. */
export const headlineOf = ({ bootSeconds }: Given): number =>
  bootSeconds.includes(headlineBootSeconds) ? headlineBootSeconds : (bootSeconds[0] ?? headlineBootSeconds);

type Course = Pick<Task, "bootSeconds" | "start" | "seeds" | "depth">;
export type Runnable = Pick<Track, "split" | "grid" | "standing">;

export const tasksOf = (tracks: readonly Runnable[], given: Given): readonly Task[] =>
  [...given.bootSeconds.map((boot) => courseAt(boot, given)), ...coldCourses(given)].flatMap((course) =>
    tracks.flatMap((track) =>
      given.controllers
        .filter((controller) => course.start === "even" || controller === own || isHeadline(track))
        .map((controller) => ({ ...course, split: track.split, controller })),
    ),
  );

function courseAt(bootSeconds: number, given: Given): Course {
  if (bootSeconds === headlineOf(given))
    return { bootSeconds, start: "even", seeds: seedsTo(given.seedCount), depth: given.depth };
  return { bootSeconds, start: "even", seeds: seedsTo(Math.min(given.seedCount, otherSeedsMax)), depth: "bare" };
}

const seedsTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

export const hasColdPlant = ({ depth }: Given): boolean => depth === "with-hindsight";

function coldCourses(given: Given): readonly Course[] {
  if (!hasColdPlant(given)) return [];
  const seeds = seedsTo(coldSeedCount);
  return (["cold", "warmed"] satisfies Start[]).map((start) => ({
    ...{ bootSeconds: headlineOf(given), start, seeds, depth: "bare" },
  }));
}

/** A minute of Tidegate takes about so many of a peer's: each of its looks reads, forecasts, explains and writes a row. */
const ownWork = 20;

/** Simulated time, a peer's: what a task costs. The largest go first, so that no core ends with one of them alone. */
export function workOf({ split, controller, seeds, depth }: Task): DurationMs {
  const { warmup, from, to } = split;
  if (controller === own) return ownWork * seeds.length * (to - warmup);
  const { grid } = contestantOf(controller);
  const gridMs = (depth === "with-hindsight" ? to : from) - warmup;
  return grid.length * gridMs + (grid.length > 0 ? 2 : 1) * seeds.length * (to - warmup);
}
