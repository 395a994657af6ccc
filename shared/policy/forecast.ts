// A `forecast` rule: capacity for what the coming minutes may bring.
import { type DurationMs, minuteMs, type Ratio } from "../core/index.ts";
import { timeZone, writtenDay } from "./calendar.ts";
import { defaults } from "./defaults.ts";
import { list, repeatedWords } from "./list.ts";
import { type Check, defaulted, object, optional, required } from "./object.ts";
import { fault, keyAt } from "./place.ts";
import { duration, percent } from "./quantity.ts";
import { convert, oneOf, type Shape } from "./shape.ts";
import type { ForecastAim, ForecastRule } from "./types.ts";

const fields = {
  metric: required(oneOf(["requests"]), "What is forecast; as yet requests alone."),
  serve: optional(
    percent({ from: 0.9, to: 0.9999 }),
    `So many of all requests are to meet capacity in time; ${defaults.forecast.serve} unless a quantile is given.`,
  ),
  within: optional(
    duration({ from: 10, to: minuteMs }),
    "Answers that take longer are late as well; without it, those beyond what instances can take on are.",
  ),
  quantile: optional(percent({ from: 0.5, to: 0.995 }), "Instead: the load that is not passed with this probability."),
  mode: defaulted(oneOf(["active", "shadow"]), defaults.forecast.mode, "`shadow` says what it would wish for."),
  timeZone: defaulted(timeZone, defaults.forecast.timeZone, "The IANA time zone whose clocks the users live by."),
  holidays: defaulted(
    list({ item: writtenDay, noun: "days", min: 0, check: repeatedWords }),
    [],
    "Days that are like days of rest; `tidegate history holidays FILE.ics --write POLICY` puts them here out of a calendar.",
  ),
};

const isOneAim: Check<typeof fields> = ({ serve, within, quantile }, at) => {
  if (quantile === undefined) return [];
  return [
    ...(serve === undefined ? [] : [fault(keyAt(at, "quantile"), "expected `serve` or `quantile`, found both")]),
    ...(within === undefined ? [] : [fault(keyAt(at, "within"), "expected `within` beside `serve`, found `quantile`")]),
  ];
};

/** What `defaults.forecast.serve` spells. */
const serveRatio = 0.999;

export const forecast: Shape<Omit<ForecastRule, "name">> = convert(
  object({ fields, check: isOneAim }),
  ({ metric, serve = serveRatio, within, quantile, mode, timeZone, holidays }) => ({
    kind: "forecast",
    metric,
    aim: quantile === undefined ? served(serve, within) : { kind: "quantile", ratio: quantile },
    mode,
    timeZone,
    holidays,
  }),
);

const served = (ratio: Ratio, boundMs: DurationMs | undefined): ForecastAim =>
  boundMs === undefined ? { kind: "serve", ratio } : { kind: "serve-within", ratio, boundMs };
