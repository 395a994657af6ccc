// A saturated fleet is asked for more than it answers: what it counts understates the demand. Instances as full as they may be, while
// answers are late or refused, are taken to have a quarter more waiting.
import { minuteMs } from "../../core/index.ts";
import type { Policy } from "../../policy/index.ts";
import { withCapacity } from "../capacity.ts";
import { servingCountAt, settled, settledAt } from "../signals.ts";
import type { CapacityMemory, Point, Proposal, Snapshot } from "../types.ts";
import { instancesFilledBy, type RuleContext, wants } from "./rule.ts";

const moreRatio = 0.25;
/** Load never spreads quite evenly: the fullest instances reach the limit before the mean does. */
const fullFrom = 0.9;

export function saturation(context: RuleContext): readonly Proposal[] {
  const { policy, snapshot } = context;
  const minute = newestMinute(snapshot);
  if (minute === "unread" || filledRatio(policy, minute) < fullFrom) return [];
  const [metric] = [...passed(policy, context, minute.at), ...risen(context, minute)];
  if (metric === undefined) return [];
  const perMinute = minute.perMinute * (1 + moreRatio);
  // Up to the limit: what is only taken to be there gets no room beside it.
  const count = instancesFilledBy(context, perMinute);
  const { hosts: servingCount } = minute;
  return [
    wants("saturation", count, { kind: "saturated", metric, perMinute: minute.perMinute, moreRatio, servingCount }),
  ];
}

/** What tells of it where no rule does. Read only while the fleet is full: all the time it would cost more than it tells. */
const tellTales = ["latency-p95", "errors-5xx", "rejected"] as const;
type TellTale = (typeof tellTales)[number];

/** The metrics that a look at a fleet reads besides those of its rules, after one that showed it full. HAProxy tells none of them. */
export function metricsWhereFull(policy: Policy, snapshot: Snapshot, capacity: CapacityMemory): readonly string[] {
  const minute = newestMinute(snapshot);
  return typeof policy.targetGroup === "string" &&
    minute !== "unread" &&
    isBrimful(withCapacity(policy, capacity), minute)
    ? untold(policy)
    : [];
}

interface Minute {
  readonly at: number;
  readonly perMinute: number;
  readonly hosts: number;
}

function newestMinute(snapshot: Snapshot): Minute | "unread" {
  const reading = settled(snapshot, "requests");
  if (reading.kind === "unread") return "unread";
  const { at, value } = reading.points.at(-1) as Point;
  const hosts = servingCountAt(snapshot, at);
  return hosts === "unknown" ? "unread" : { at, perMinute: value, hosts };
}

/** Of what they may take on; 1 is the limit. */
const filledRatio = ({ capacity }: Policy, { perMinute, hosts }: Minute): number =>
  perMinute / (hosts * capacity.perInstancePerMinute * capacity.limitRatio);

/** Who counts more requests than instances can answer does not count answers: demand that is seen whole needs no guess. */
const cappedUpTo = 1.1;

const isBrimful = (policy: Policy, minute: Minute): boolean =>
  filledRatio(policy, minute) >= 1 - 1e-9 && filledRatio(policy, minute) * policy.capacity.limitRatio <= cappedUpTo;

/** By the operator's word: the metrics of step rules, where their lowest threshold is passed in that minute. */
const passed = ({ rules }: Policy, { snapshot }: RuleContext, at: number): readonly string[] =>
  rules.flatMap((rule) => {
    const [lowest] = rule.kind === "step" && tells(rule.metric) ? rule.above : [];
    if (rule.kind !== "step" || lowest === undefined) return [];
    const value = settledAt(snapshot, rule.metric, at);
    return value !== "unknown" && value > lowest.over ? [rule.metric] : [];
  });

const tells = (metric: string): boolean => /^(latency|errors-5xx|rejected)/.test(metric);
const kindOf = (metric: string): string => metric.replace(/-.*/, "");

/** Where a step rule has a threshold for latencies, for errors or for rejections, nothing else is asked about them. */
const untold = ({ rules }: Policy): readonly TellTale[] =>
  tellTales.filter((metric) => !rules.some((rule) => rule.kind === "step" && kindOf(rule.metric) === kindOf(metric)));

/** Without a word: full to the limit, answering no more than minutes before, and what tells of it has risen meanwhile. */
const risen = ({ policy, snapshot }: RuleContext, minute: Minute): readonly TellTale[] =>
  isBrimful(policy, minute) && isFlat(snapshot, minute)
    ? untold(policy).filter((metric) => hasRisen[metric](valuesBefore(snapshot, metric, minute.at), minute))
    : [];

const flatMinutes = 3;
const flatRatio = 0.05;

/** What an instance answers has not grown for so many minutes. */
function isFlat(snapshot: Snapshot, { at, perMinute, hosts }: Minute): boolean {
  const before = settledAt(snapshot, "requests", at - flatMinutes * minuteMs);
  const hostsBefore = servingCountAt(snapshot, at - flatMinutes * minuteMs);
  if (before === "unknown" || hostsBefore === "unknown") return false;
  return perMinute / hosts <= (before / hostsBefore) * (1 + flatRatio);
}

interface Values {
  readonly newest: number;
  /** Of those minutes that were read; a quarter of them are lower. */
  readonly quartile: number;
}

function valuesBefore(snapshot: Snapshot, metric: string, at: number): Values | "unread" {
  const reading = settled(snapshot, metric);
  const newest = settledAt(snapshot, metric, at);
  if (reading.kind === "unread" || newest === "unknown") return "unread";
  const values = reading.points.map(({ value }) => value).toSorted((a, b) => a - b);
  return { newest, quartile: values[Math.floor(values.length / 4)] as number };
}

/** Latencies that have doubled; one in a hundred refused or failed, where it was not half as many before. */
const risenRatio = 2;
const refusedShare = 0.01;

const isRisen = (values: Values | "unread"): boolean =>
  values !== "unread" && values.newest >= values.quartile * risenRatio;

const isRefused = (values: Values | "unread", { perMinute }: Minute): boolean =>
  values !== "unread" && values.newest > perMinute * refusedShare && isRisen(values);

const hasRisen: Readonly<Record<TellTale, (values: Values | "unread", minute: Minute) => boolean>> = {
  "latency-p95": isRisen,
  "errors-5xx": isRefused,
  rejected: isRefused,
};
