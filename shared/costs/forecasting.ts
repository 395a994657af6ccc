// What a rule that forecasts adds to a calm fleet, in an hour: its looks read more, and its forecast is made every four hours.

import { assert } from "../core/index.ts";
import {
  batchSizeMax,
  evaluateMemoryMb,
  forecastMemoryMb,
  loggedBytesPerLook,
  refreshesPerHour,
} from "./assumptions.ts";
import type { Counted } from "./counted.ts";
import { minus, plus, times, type Usage } from "./usage.ts";

export interface Forecasting {
  /** Of one fleet's forecast, made once. */
  readonly made: Usage;
  /** Of one fleet, in an hour, more than without. */
  readonly hour: Usage;
}

/** `plain` and `forecasting` are as many fleets, otherwise alike. */
export function forecastingOf(plain: Counted, forecasting: Counted, fleetCount: number): Forecasting {
  assert(forecastMemoryMb === evaluateMemoryMb, "a millisecond of forecast costs what one of evaluate does");
  const made = times(forecasting.forecastUsage, 1 / fleetCount);
  const looks = times(minus(forecasting.usage, plain.usage), 1 / fleetCount);
  return { made, hour: [times(made, refreshesPerHour), askedAfter(made), looks].reduce(plus) };
}

/** Every hour: a message, a share of its batch, and one read of what stands, which a forecast begins with as well. */
const askedAfter = (made: Usage): Usage => ({
  "SQS SendMessage": 1 / batchSizeMax,
  invocations: 1 / batchSizeMax,
  "read units": standingUnits(made),
  "lambda ms": askedAfterMs,
  "logged bytes": loggedBytesPerLook,
});
const askedAfterMs = 20;
/** A forecast made reads what stands twice, the marks once, with nothing else in it. */
const standingUnits = (made: Usage): number => made["read units"] ?? 0;
