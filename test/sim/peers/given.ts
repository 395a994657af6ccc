// A look as a peer sees it: one instance serves 1,000 a minute, and the metrics are as old as the lag makes them.
import { minuteMs } from "../../../shared/core/index.ts";
import { type Sizer, type Sizing, type SizingMemory, type Snapshot, targetOf } from "../../../shared/engine/index.ts";
import type { Policy } from "../../../shared/policy/index.ts";
import { aiming, givenPolicy, givenSnapshot, launching, noon, points, settledAt, silent } from "../../support/given.ts";

export interface Look {
  /** The target so far. */
  readonly current: number;
  /** Requests a minute, the last one the newest that is visible. */
  readonly loads: readonly number[] | "missing";
  /** In service in each of those minutes; the current target's number unless it says otherwise. */
  readonly hosts?: number;
  readonly warming?: number;
  readonly sizing?: SizingMemory;
  readonly now?: number;
}

export const look = ({
  current,
  loads,
  hosts = current,
  warming = 0,
  sizing = { kind: "none" },
  now = noon,
}: Look): Snapshot => {
  const newestAt = settledAt + now - noon;
  return givenSnapshot({
    now,
    signals: {
      requests: loads === "missing" ? silent : points(loads, newestAt),
      "healthy-hosts":
        loads === "missing"
          ? silent
          : points(
              loads.map(() => hosts),
              newestAt,
            ),
    },
    memory: aiming(current, {
      sizing,
      launching: Array.from({ length: warming }, (_, index) => launching(`i-${index}`, minuteMs)),
    }),
  });
};

/** The same load so many minutes in a row. */
export const steady = (load: number, minutes: number): readonly number[] => Array.from({ length: minutes }, () => load);

/** One instance serves 1,000 at 100 %; sized for a half unless it says otherwise. */
export const aimedAt = (targetRatio: number, bounds = { min: 1, max: 100 }): Policy =>
  givenPolicy({ bounds, capacity: { perInstancePerMinute: 1_000, targetRatio, limitRatio: 0.8 } });

export const half = aimedAt(0.5);

/** The count that comes out of one look. */
export const countOf = (size: Sizer, given: Look, policy: Policy = half): number =>
  targetOf(size(policy, look(given)).steps);

/** One look a minute, each with one more load visible, obeyed at once; the sizing of each. */
export function looks(size: Sizer, loads: readonly number[], first: Look, policy: Policy = half): readonly Sizing[] {
  let given = first;
  return loads.map((_, index) => {
    const now = (first.now ?? noon) + index * minuteMs;
    const sizing = size(policy, look({ ...given, now, loads: loads.slice(Math.max(0, index - 17), index + 1) }));
    given = { ...given, current: targetOf(sizing.steps), sizing: sizing.memory };
    return sizing;
  });
}

export const countsOf = (sizings: readonly Sizing[]): readonly number[] => sizings.map(({ steps }) => targetOf(steps));
