// Who says what the highest load of the minutes ahead will be: four that carry on what was, and Tidegate's model of the coming minutes.
import { minuteMs } from "../../../shared/core/index.ts";
import {
  type History,
  lagMinutes,
  type OutlookModel,
  outlookAt,
  outlookModelOf,
  type Readings,
  type Window,
} from "../../../shared/forecast/index.ts";
import { levels } from "../conformal.ts";
import { mean } from "../means.ts";

/** A trace minute by minute; the window is counted from the newest minute that is known. */
export interface Minutes {
  readonly startAt: number;
  readonly loads: Float64Array;
  readonly isKnown: Uint8Array;
  readonly window: Window;
}

/** The highest load of the window as seen when minute `last` is the newest known one: one for each of `levels`; none where it cannot say. */
export type Foreseen = (last: number) => readonly number[] | "unknown";
export type Method = (minutes: Minutes) => Foreseen;

export const persistenceName = "stays as it is + conformal";
export const ownName = "Tidegate";

const dayMinutes = 1_440;

/** The highest of the minutes from `from` to `to`; NaN where one is not known. */
export function highestOf({ loads, isKnown }: Minutes, from: number, to: number): number {
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i <= to; i++) {
    if (isKnown[i] !== 1) return Number.NaN;
    high = Math.max(high, loads[i] ?? Number.NaN);
  }
  return high;
}

const lateBy =
  (ago: number) =>
  (minutes: Minutes, last: number): number =>
    highestOf(minutes, last + minutes.window.fromMinute - ago, last + minutes.window.toMinute - ago);

export const methods: Readonly<Record<string, Method>> = {
  [persistenceName]: conformal((minutes, last) => highestOf(minutes, last, last)),
  "highest of ten minutes + conformal": conformal((minutes, last) => highestOf(minutes, last - 9, last)),
  "yesterday + conformal": conformal(lateBy(dayMinutes)),
  "last week + conformal": conformal(lateBy(7 * dayMinutes)),
  [ownName]: own,
};

const learntMinutes = 7 * dayMinutes;
const refitMinutes = 4 * 60;

/** Its quantiles come of its own misses of the seven days before, as logarithms, learnt anew as often as Tidegate's model is made. */
function conformal(medianOf: (minutes: Minutes, last: number) => number): Method {
  return (minutes) => {
    const { loads, window } = minutes;
    const offset = 0.05 * mean(Array.from(loads.subarray(0, learntMinutes))) + 1e-9;
    const level = (load: number): number => Math.log(load + offset);
    const distancesFrom = everySoOften((last): readonly number[] => {
      const errors: number[] = [];
      for (let i = Math.max(0, last - window.toMinute - learntMinutes); i <= last - window.toMinute; i++) {
        const error = level(truthAt(minutes, i)) - level(medianOf(minutes, i));
        if (!Number.isNaN(error)) errors.push(error);
      }
      const sorted = Float64Array.from(errors).sort();
      return levels.map((one) => sorted[Math.min(sorted.length - 1, Math.ceil(one * (sorted.length + 1)) - 1)] ?? 0);
    });
    return (last) => {
      const median = medianOf(minutes, last);
      if (Number.isNaN(median)) return "unknown";
      return distancesFrom(last).map((distance) => Math.max(0, Math.exp(level(median) + distance) - offset));
    };
  };
}

export const truthAt = (minutes: Minutes, last: number): number =>
  highestOf(minutes, last + minutes.window.fromMinute, last + minutes.window.toMinute);

/** What was made for the first minute of a span of four hours serves them all. */
function everySoOften<Made>(make: (last: number) => Made): (last: number) => Made {
  let standing: { readonly span: number; readonly made: Made } | undefined;
  return (last) => {
    const span = Math.floor(last / refitMinutes);
    if (standing?.span !== span) standing = { span, made: make(last) };
    return standing.made;
  };
}

/** The window is given: no lead time is asked. */
const unread = { p50Ms: minuteMs, p95Ms: minuteMs };
const historyMinutes = 14 * dayMinutes;
const readMinutes = 65;

function own({ startAt, loads, isKnown, window }: Minutes): Foreseen {
  const instantOf = (minute: number): number => startAt + minute * minuteMs;
  const nowAt = (last: number): number => instantOf(last + lagMinutes);
  const modelAt = everySoOften((last): OutlookModel => {
    const from = Math.max(0, last + 1 - historyMinutes);
    const missing = isKnown.subarray(from, last + 1).map((known) => 1 - known);
    const history: History = {
      ...{ startAt: instantOf(from), stepMs: minuteMs, loads: loads.subarray(from, last + 1), missing },
    };
    return outlookModelOf({ history, at: nowAt(last), timeZone: "UTC", holidays: [], lead: unread }, [window]);
  });
  const readingsUpTo = (last: number): Readings =>
    Array.from({ length: readMinutes }, (_, i) => last - readMinutes + 1 + i)
      .filter((minute) => isKnown[minute] === 1)
      .map((minute) => ({ at: instantOf(minute), value: loads[minute] ?? 0 }));
  return (last) => {
    const model = modelAt(last);
    if (model.kind === "abstains") return "unknown";
    const outlook = outlookAt(model, readingsUpTo(last), nowAt(last));
    if (outlook.kind === "blind") return "unknown";
    const said = outlook.windows[0]?.loads ?? [];
    return levels.map((level) => said[model.levels.indexOf(level)] ?? Number.NaN);
  };
}
