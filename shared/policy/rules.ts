// `rules`: each wishes for a number of instances. One arm here for one arm of the Rule union.
import { assert, dayMs, minuteMs } from "../core/index.ts";
import { timeZone } from "./calendar.ts";
import { cron, startsOf } from "./cron.ts";
import { defaults } from "./defaults.ts";
import { forecast } from "./forecast.ts";
import { list, repeatedNames } from "./list.ts";
import { defaulted, object, optional, required } from "./object.ts";
import { type Fault, fault, itemsOf, keyAt, type Place, valueAt } from "./place.ts";
import { duration } from "./quantity.ts";
import { convert, type Shape, text, wholeNumber } from "./shape.ts";
import { step } from "./step.ts";
import { type Target, target } from "./target.ts";
import type { ForecastRule, Rule, ScheduleRule, StepRule } from "./types.ts";

/** A rule as it stands in the list, before it has its name. */
export type Nameless = Target | Omit<StepRule, "name"> | Omit<ScheduleRule, "name"> | Omit<ForecastRule, "name">;

const schedule: Shape<Nameless> = convert(
  object({
    fields: {
      cron: required(cron, "When it begins: minute hour day month weekday."),
      timeZone: defaulted(timeZone, defaults.schedule.timeZone, "The IANA time zone in which `cron` is read."),
      min: required(wholeNumber({ from: 1, to: 10_000 }), "At least so many instances while it lasts."),
      for: required(duration({ from: minuteMs, to: 7 * dayMs }), "How long it lasts."),
    },
  }),
  ({ for: forMs, ...rest }) => ({ kind: "schedule", ...rest, starts: startsOf(rest.cron), forMs }),
);

const rule = object({
  fields: {
    name: optional(
      text({
        expects: "a name of 1 to 60 printable characters",
        pattern: /^[\x21-\x7e](?:[\x20-\x7e]{0,58}[\x21-\x7e])?$/,
        examples: ["evening"],
      }),
      "What the log calls the rule; otherwise made of its kind and its metric.",
    ),
    target: optional(target, "As many instances as the demand needs, or as a utilization wants."),
    step: optional(step, "Add or remove instances when a metric leaves its range."),
    schedule: optional(schedule, "At least so many instances at certain hours."),
    forecast: optional(forecast, "As many instances as the coming minutes may need."),
  },
  choice: ["target", "step", "schedule", "forecast"],
});

const listed = list({
  item: rule,
  noun: "rules",
  min: 1,
  check: (at) => [...repeatedNames(at), ...secondForecast(at)],
});

/** A fleet has one forecast, held to one asked share; what is delivered tells of no second one. */
const secondForecast = (at: Place): readonly Fault[] =>
  itemsOf(at)
    .flatMap((item) => (valueAt(item, "forecast") ? [keyAt(item, "forecast")] : []))
    .slice(1)
    .map((place) => fault(place, "expected one forecast rule in a policy, this is another"));

export const rules: Shape<readonly Rule[]> = convert(listed, (items) => {
  const given = items.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const taken = new Set<string>(given);
  return items.map(({ name, target, step, schedule, forecast }) => {
    const nameless = target ?? step ?? schedule ?? forecast;
    assert(nameless !== undefined, "a rule is of one kind");
    return { ...nameless, name: name ?? freeName(automaticName(nameless), taken) };
  });
});

const automaticName = (rule: Nameless): string => {
  switch (rule.kind) {
    case "target-demand":
    case "target-utilization":
    case "target-level":
    case "target-total":
      return `target ${rule.metric}`;
    case "step":
      return `step ${rule.metric}`;
    case "schedule":
      return `schedule ${rule.cron}`;
    case "forecast":
      return `forecast ${rule.metric}`;
  }
};

/** `target cpu`, then `target cpu #2`, and so on. */
function freeName(base: string, taken: Set<string>): string {
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base} #${count}`;
  taken.add(name);
  return name;
}
