// A `forecast` rule: capacity for what the coming minutes may bring.
import { timeZone, writtenDay } from "./calendar.ts";
import { defaults } from "./defaults.ts";
import { list, repeatedWords } from "./list.ts";
import { type Check, defaulted, object, optional, required } from "./object.ts";
import { fault, keyAt } from "./place.ts";
import { percent } from "./quantity.ts";
import { convert, oneOf, type Shape } from "./shape.ts";
import type { ForecastRule } from "./types.ts";

const fields = {
  metric: required(oneOf(["requests"]), "What is forecast; as yet requests alone."),
  serve: optional(
    percent({ from: 0.9, to: 0.9999 }),
    `So many of all requests are to meet capacity in time; ${defaults.forecast.serve} unless a quantile is given.`,
  ),
  quantile: optional(percent({ from: 0.5, to: 0.995 }), "Instead: the load that is not passed with this probability."),
  mode: defaulted(oneOf(["active", "shadow"]), defaults.forecast.mode, "`shadow` says what it would wish for."),
  timeZone: defaulted(timeZone, defaults.forecast.timeZone, "The IANA time zone whose clocks the users live by."),
  holidays: defaulted(
    list({ item: writtenDay, noun: "days", min: 0, check: repeatedWords }),
    [],
    "Days that are like days of rest; `tidegate history holidays FILE.ics` writes them out of a calendar.",
  ),
};

const isOneAim: Check<typeof fields> = ({ serve, quantile }, at) =>
  serve === undefined || quantile === undefined
    ? []
    : [fault(keyAt(at, "quantile"), "expected `serve` or `quantile`, found both")];

/** What `defaults.forecast.serve` spells. */
const serveRatio = 0.999;

export const forecast: Shape<Omit<ForecastRule, "name">> = convert(
  object({ fields, check: isOneAim }),
  ({ metric, serve = serveRatio, quantile, mode, timeZone, holidays }) => ({
    kind: "forecast",
    metric,
    aim: quantile === undefined ? { kind: "serve", ratio: serve } : { kind: "quantile", ratio: quantile },
    mode,
    timeZone,
    holidays,
  }),
);
