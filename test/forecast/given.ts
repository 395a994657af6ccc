// A website made of arithmetic: a night, a rush at nine and one at eight in the evening by its own clocks, quieter weekends, and
// noise that is the same in every run.
import { dayMs, type EpochMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import { type ForecastGiven, forecastOf, type History, type MadeForecast } from "../../shared/forecast/index.ts";

export const stepMs = 5 * minuteMs;
/** A Monday's midnight in UTC. */
export const monday: EpochMs = Date.UTC(2027, 1, 1);

export interface Site {
  readonly timeZone: string;
  /** A share of the load; 0 for none. */
  readonly noise: number;
  readonly change: (at: EpochMs) => number;
}

export const plainSite: Site = { timeZone: "UTC", noise: 0.03, change: () => 1 };

/** What the site's load is at an instant. */
export function loadOf({ timeZone, noise, change }: Site, at: EpochMs): number {
  const { hour, isWeekend } = clockOf(timeZone, at);
  const curve = 2_000 + 6_000 * hump(hour - 9, 1) + 4_000 * hump(hour - 20, 2);
  return curve * (isWeekend ? 0.7 : 1) * change(at) * (1 + noise * chance(at));
}

const hump = (away: number, width: number): number => Math.exp(-((away / width) ** 2) / 2);

/** Between −1 and 1, by the instant alone. */
function chance(at: EpochMs): number {
  const mixed = Math.sin(at / stepMs) * 43_758.5453;
  return 2 * (mixed - Math.floor(mixed)) - 1;
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function clockOf(timeZone: string, at: EpochMs) {
  const options = { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en", options);
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const hour = Number(parts.hour) + Number(parts.minute) / 60;
  return { hour, isWeekend: parts.weekday === "Sat" || parts.weekday === "Sun" };
}

export function historyOf(site: Site, { from, to }: { from: EpochMs; to: EpochMs }): History {
  const loads = Float64Array.from({ length: (to - from) / stepMs }, (_, i) => loadOf(site, from + i * stepMs));
  return { startAt: from, stepMs, loads, missing: new Uint8Array(loads.length) };
}

/** Fourteen days of the site before `at`, 48 hours ahead. */
export const givenAt = (at: EpochMs, site: Site = plainSite): ForecastGiven => ({
  history: historyOf(site, { from: at - 14 * dayMs, to: at }),
  at,
  timeZone: site.timeZone,
  events: [],
  holidays: [],
  horizonMs: 48 * hourMs,
});

export const withLoads = (
  given: ForecastGiven,
  loadOfIndex: (load: number, index: number) => number,
): ForecastGiven => ({
  ...given,
  history: { ...given.history, loads: given.history.loads.map(loadOfIndex) },
});

export function madeOf(given: ForecastGiven): MadeForecast {
  const forecast = forecastOf(given);
  if (forecast.kind === "abstains") throw new Error(`abstains: ${JSON.stringify(forecast.because)}`);
  return forecast;
}

/** Mean absolute error of the steps in [from, to), as a share of the true load. */
export function errorIn(
  forecast: MadeForecast,
  truth: (at: EpochMs) => number,
  [from, to]: readonly [EpochMs, EpochMs],
): number {
  let [errors, loads] = [0, 0];
  forecast.medians.forEach((median, step) => {
    const at = forecast.startAt + step * stepMs;
    if (at < from || at >= to) return;
    errors += Math.abs(median - truth(at));
    loads += truth(at);
  });
  return errors / loads;
}
