// What a window's load is told from: how the last minutes depart from the usual, and how yesterday and last week did.
import { dayMinutes, type Series } from "./series.ts";

/** Over so many last minutes the departures from the usual are averaged. */
export const departureMinutes = [2, 5, 15, 60] as const;
export const longestDeparture = 60;

/** A constant, the departures, and what yesterday and last week had at the window and have at the last minute. */
export const featureCount = 1 + departureMinutes.length + 4;
const seasonFrom = 1 + departureMinutes.length;

/** Believed before anything is measured. Without days before, that it stays as it is. */
export const priors: Readonly<Record<Series["season"], readonly number[]>> = {
  daily: [0, 0.3, 0.3, 0.2, 0.12, 0.2, 0.1, -0.15, -0.08],
  none: [0, 0.5, 0.3, 0.15, 0.05, 0, 0, 0, 0],
};

/** Writes the features of the window around `target`, as seen from the known minute `last`. */
export function writeFeatures(row: Float64Array, series: Series, { last, target }: { last: number; target: number }) {
  departureMinutes.forEach((minutes, i) => {
    row[1 + i] = series.departure(last, minutes);
  });
  writeSeason(row, series, { last, target });
}

/** Those that are known ahead of the last minutes; the departures are left as they are. */
export function writeSeason(row: Float64Array, series: Series, { last, target }: { last: number; target: number }) {
  row[0] = 1;
  row[seasonFrom] = unusual(series, target, "yesterday");
  row[seasonFrom + 1] = unusual(series, target, "lastWeek");
  row[seasonFrom + 2] = unusual(series, last, "yesterday");
  row[seasonFrom + 3] = unusual(series, last, "lastWeek");
}

function unusual({ before, usual, season }: Series, minute: number, day: Parameters<Series["before"]>[1]): number {
  const level = season === "none" ? "unknown" : before(minute, day);
  return level === "unknown" ? 0 : level - (usual[minute] ?? 0);
}

/** The first minute that has everything it is told from. */
export const firstTold = ({ season }: Series): number =>
  longestDeparture + (season === "daily" ? dayMinutes + smoothed : 0);
const smoothed = 2;

/** How far the last two minutes stand above the last hour: a burst that has begun. */
export const excitement = ({ departure }: Pick<Series, "departure">, last: number): number =>
  departure(last, departureMinutes[0]) - departure(last, longestDeparture);
