// `rules`: each wishes for a number of instances. One arm here for one arm of the Rule union.
import { assert, dayMs, minuteMs } from "../core/index.ts";
import { cron, timeZone } from "./calendar.ts";
import { defaults } from "./defaults.ts";
import { list, repeatedNames } from "./list.ts";
import { defaulted, object, optional, required } from "./object.ts";
import { type Fault, fault, found, keyAt, missingAt, type Place, textAt, valueAt } from "./place.ts";
import { duration, percent } from "./quantity.ts";
import { convert, oneOf, refuse, type Shape, text, wholeNumber } from "./shape.ts";
import { step } from "./step.ts";
import {
  type DemandTargetRule,
  type Rule,
  ruleMetrics,
  type ScheduleRule,
  type StepRule,
  type UtilizationTargetRule,
} from "./types.ts";

/** A rule as it stands in the list, before it has its name. */
export type Nameless =
  | Omit<DemandTargetRule, "name">
  | Omit<UtilizationTargetRule, "name">
  | Omit<StepRule, "name">
  | Omit<ScheduleRule, "name">;

const targetMetric: Shape<"requests" | "cpu"> = {
  ...oneOf(["requests", "cpu"]),
  read: (at) =>
    ruleMetrics.slice(2).some((metric) => metric === textAt(at))
      ? refuse(at, `expected requests or cpu, found ${found(at)}: use \`step\` for it`)
      : oneOf(["requests", "cpu"]).read(at),
};

const target: Shape<Nameless> = convert(
  object({
    fields: {
      metric: required(targetMetric, "`requests` sizes for the demand; `cpu` holds a utilization."),
      value: optional(percent({ from: 0.01, to: 1 }), "The utilization to hold; only for `cpu`."),
    },
    check: ({ metric }, at) => (metric === undefined ? [] : valueFaults(metric, at)),
  }),
  ({ metric, value = 1 }) =>
    metric === "cpu" ? { kind: "target-utilization", metric, targetRatio: value } : { kind: "target-demand", metric },
);

/** The share to plan requests for is a matter of the capacity; a utilization needs its own. */
function valueFaults(metric: "requests" | "cpu", at: Place): readonly Fault[] {
  const isGiven = valueAt(at, "value") !== undefined;
  if (metric === "requests" && isGiven) {
    return [fault(keyAt(at, "value"), "unknown key for requests: the share to plan for is `capacity.target`")];
  }
  if (metric === "cpu" && !isGiven && at.source.state === "whole") {
    return [fault(missingAt(at, "value"), "missing, expected the percentage of cpu to hold, such as 60%")];
  }
  return [];
}

const schedule: Shape<Nameless> = convert(
  object({
    fields: {
      cron: required(cron, "When it begins: minute hour day month weekday."),
      timeZone: defaulted(timeZone, defaults.schedule.timeZone, "The IANA time zone in which `cron` is read."),
      min: required(wholeNumber({ from: 1, to: 10_000 }), "At least so many instances while it lasts."),
      for: required(duration({ from: minuteMs, to: 7 * dayMs }), "How long it lasts."),
    },
  }),
  ({ for: forMs, ...rest }) => ({ kind: "schedule", ...rest, forMs }),
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
  },
  choice: ["target", "step", "schedule"],
});

const listed = list({
  item: rule,
  noun: "rules",
  min: 1,
  check: repeatedNames,
});

export const rules: Shape<readonly Rule[]> = convert(listed, (items) => {
  const given = items.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const taken = new Set<string>(given);
  return items.map(({ name, target, step, schedule }) => {
    const nameless = target ?? step ?? schedule;
    assert(nameless !== undefined, "a rule is of one kind");
    return { ...nameless, name: name ?? freeName(automaticName(nameless), taken) };
  });
});

const automaticName = (rule: Nameless): string => {
  switch (rule.kind) {
    case "target-demand":
    case "target-utilization":
      return `target ${rule.metric}`;
    case "step":
      return `step ${rule.metric}`;
    case "schedule":
      return `schedule ${rule.cron}`;
  }
};

/** `target cpu`, then `target cpu #2`, and so on. */
function freeName(base: string, taken: Set<string>): string {
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base} #${count}`;
  taken.add(name);
  return name;
}
