// Which days before teach a day. An ordinary day is like yesterday and like that day a week ago; a holiday is like the days of rest
// before it, Sundays and other holidays, and teaches no ordinary day.
import { dayMs } from "../../core/index.ts";

/** So many days before, at the same time by the clocks. */
export interface Teachers {
  readonly yesterday: number | "none";
  readonly lastWeek: number | "none";
  /** Those whose mean is the usual. */
  readonly usual: readonly number[];
}

const week = 7;
const reachDays = 14;
const daysUpTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const ordinary: Teachers = { yesterday: 1, lastWeek: week, usual: daysUpTo(week) };

/** By the day, counted from 1970-01-01, which was a Thursday. */
export function teachersFrom(holidays: readonly { readonly date: string }[]): (day: number) => Teachers {
  if (holidays.length === 0) return () => ordinary;
  const days = new Set(holidays.map(({ date }) => Date.parse(date) / dayMs));
  const isHoliday = (day: number): boolean => days.has(day);
  const isRest = (day: number): boolean => isHoliday(day) || (day + 4) % week === 0;
  const known = new Map<number, Teachers>();
  return (day) => {
    const found = known.get(day) ?? teachersOf(day, { isHoliday, isRest });
    known.set(day, found);
    return found;
  };
}

interface Calendar {
  readonly isHoliday: (day: number) => boolean;
  readonly isRest: (day: number) => boolean;
}

function teachersOf(day: number, { isHoliday, isRest }: Calendar): Teachers {
  if (isHoliday(day)) {
    const usual = daysUpTo(reachDays).filter((back) => isRest(day - back));
    const [nearest = "none"] = usual;
    return { yesterday: nearest, lastWeek: nearest, usual };
  }
  const first = (candidates: readonly number[]) => candidates.find((back) => !isHoliday(day - back)) ?? "none";
  return {
    yesterday: first([1, 2]),
    lastWeek: first([week, 2 * week]),
    usual: daysUpTo(week).filter((back) => !isHoliday(day - back)),
  };
}
