// History in, a model of the coming minutes out: for each window a ridge regression on how the last minutes, yesterday and last week
// depart from the usual, and the tails of what it missed. Decision 0015 has the measurements.
import { type EpochMs, minuteMs } from "../../core/index.ts";
import { addRow, emptyNormal, ridge } from "../ridge.ts";
import {
  departureMinutes,
  excitement,
  featureCount,
  firstTold,
  longestDeparture,
  priors,
  writeFeatures,
  writeSeason,
} from "./features.ts";
import { dayMinutes, type Series, seriesOf } from "./series.ts";
import { excitedFromOf, minuteOfHour, outlookLevels, type Tries, tailsOf } from "./tails.ts";
import type { OutlookGiven, OutlookModel, Window, WindowModel } from "./types.ts";
import { lagMinutes, middleOf, windowsFor } from "./windows.ts";

/** A model is not read for longer: two refreshes may fail before it falls silent. */
export const validMs = 12 * 60 * minuteMs;
const validMinutes = validMs / minuteMs;

/** Three hours: one to depart from, two to try it on. */
const neededMinutes = 180;

/** Deterministic; throws nothing. A site younger than three hours has no outlook. */
export function outlookModelOf(given: OutlookGiven, windows = windowsFor(given.lead)): OutlookModel {
  const furthest = Math.max(...windows.map(({ toMinute }) => toMinute));
  const series = seriesOf(given, validMinutes + furthest);
  const { knownMinutes } = series;
  if (knownMinutes < neededMinutes) return { kind: "abstains", knownMinutes, neededMinutes };
  const fits = windows.map((window) => fitOf(series, window));
  const [orders] = fits as [Fit];
  const excitedFrom = excitedFromOf(orders.tries.excitements);
  const usualFrom = Math.max(0, series.length - longestDeparture - lagMinutes);
  return {
    kind: "made",
    madeAt: given.at,
    until: given.at + validMs,
    offset: series.offset,
    highestLoad: series.loads.reduce((most, load) => Math.max(most, load), 0),
    knownDays: knownMinutes / dayMinutes,
    season: series.season,
    usualFrom: instantOf(series, usualFrom),
    usual: Array.from(series.usual.slice(usualFrom), rounded),
    excitedFrom,
    levels: outlookLevels,
    windows: fits.map((fit) => modelOf(series, fit, excitedFrom)),
  };
}

/** Logarithms: a ten-thousandth of one is a ten-thousandth of the load, and a row is half as long. */
const rounded = (level: number): number => Math.round(level * 1e4) / 1e4;

const instantOf = ({ startAt }: Series, minute: number): EpochMs => startAt + minute * minuteMs;

interface Fit {
  readonly window: Window;
  readonly coefficients: Float64Array;
  readonly tries: Tries;
}

/** Older days than these taught nothing more. */
const fittedDays = 10;
/** Neighbouring minutes tell the same. */
const fittedEach = 5;
const halfLifeMinutes = 4 * dayMinutes;
const lambda = 0.02;

function fitOf(series: Series, window: Window): Fit {
  const highs = highestAhead(series, window);
  const newest = series.length - 1 - window.toMinute;
  const oldest = Math.max(firstTold(series), newest - fittedDays * dayMinutes);
  const sum = emptyNormal(featureCount);
  const row = new Float64Array(featureCount);
  for (let last = newest; last >= oldest; last -= fittedEach) {
    const target = last + middleOf(window);
    if (series.isKnown[target] === 0) continue;
    writeFeatures(row, series, { last, target });
    const weight = 0.5 ** ((newest - last) / halfLifeMinutes);
    addRow(sum, row, { from: 0, y: (highs[last] ?? 0) - (series.usual[target] ?? 0), weight });
  }
  const coefficients = ridge(sum, priors[series.season], lambda);
  return { window, coefficients, tries: triesOf(series, { window, coefficients, highs, oldest, newest }) };
}

/** The highest level of the window ahead of each minute. */
function highestAhead({ levels }: Series, { fromMinute, toMinute }: Window): Float64Array {
  return Float64Array.from({ length: Math.max(0, levels.length - toMinute) }, (_, last) => {
    let high = Number.NEGATIVE_INFINITY;
    for (let i = last + fromMinute; i <= last + toMinute; i++) high = Math.max(high, levels[i] ?? high);
    return high;
  });
}

interface Tried {
  readonly window: Window;
  readonly coefficients: Float64Array;
  readonly highs: Float64Array;
  readonly oldest: number;
  readonly newest: number;
}

/** Every minute is tried, so that each minute of the hour has its tail. */
function triesOf(series: Series, { window, coefficients, highs, oldest, newest }: Tried): Tries {
  const [errors, excitements, minutes]: number[][] = [[], [], []] as const;
  const row = new Float64Array(featureCount);
  for (let last = oldest; last <= newest; last++) {
    const target = last + middleOf(window);
    if (series.isKnown[target] === 0 || series.isKnown[last] === 0) continue;
    writeFeatures(row, series, { last, target });
    errors?.push((highs[last] ?? 0) - (series.usual[target] ?? 0) - product(coefficients, row));
    excitements?.push(excitement(series, last));
    minutes?.push(minuteOfHour(instantOf(series, target)));
  }
  return {
    errors: Float64Array.from(errors ?? []),
    excitements: Float64Array.from(excitements ?? []),
    minutesOfHour: Uint8Array.from(minutes ?? []),
  };
}

function product(coefficients: Float64Array, row: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += (coefficients[i] ?? 0) * (row[i] ?? 0);
  return sum;
}

/** Everything that is known before the last minutes come is reckoned now, so that a look only adds their departures. */
function modelOf(series: Series, { window, coefficients, tries }: Fit, excitedFrom: number): WindowModel {
  const first = Math.max(0, series.length - lagMinutes);
  const row = new Float64Array(featureCount);
  const expected = Array.from({ length: validMinutes }, (_, i) => {
    const [last, target] = [first + i, first + i + middleOf(window)];
    writeSeason(row, series, { last, target });
    return rounded((series.usual[target] ?? 0) + product(coefficients, row));
  });
  return {
    ...window,
    expectedFrom: instantOf(series, first),
    expected,
    weights: Array.from(coefficients.slice(1, 1 + departureMinutes.length)),
    ...tailsOf(tries, excitedFrom),
  };
}
