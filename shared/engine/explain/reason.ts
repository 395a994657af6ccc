// A reason in words: the half of a sentence that stands behind the colon.
import { unreachable } from "../../core/index.ts";
import type { Change } from "../../policy/index.ts";
import type { Reason } from "../types.ts";
import { bounded } from "./bounds.ts";
import { forecastSays } from "./forecast.ts";
import { instancesSay } from "./instances.ts";
import { type PeakReason, peakSays } from "./peak.ts";
import { clock, counted, instant, lasting, listed, percent, perInstance, quoted, reading, written } from "./words.ts";

type Of<K extends Reason["kind"]> = Extract<Reason, { kind: K }>;

/** `metric` is what the rule reads, for the unit of its value. */
export function becauseOf(reason: Reason, metric: string): string {
  switch (reason.kind) {
    case "demand":
    case "utilization":
    case "level":
    case "total":
    case "step-breached":
    case "step-quiet":
    case "schedule-active":
    case "schedule-idle":
    case "peak-active":
    case "peak-idle":
    case "forecast":
    case "unforecast":
    case "forecast-shadow":
    case "saturated":
    case "peak-beyond":
    case "peak-unread":
    case "peak-finding":
    case "peak-unattended":
      return ruleSays(reason, metric);
    case "largest-wish":
    case "blind-hold":
    case "floor-below":
    case "no-wish":
      return combined(reason);
    case "stable":
      return "no wish of the stabilisation window speaks against it";
    case "recent-wish":
      return recentWish(reason);
    case "within-velocity":
    case "velocity":
      return velocity(reason);
    case "nothing-ahead":
    case "needed-again":
      return ahead(reason);
    case "would-breach":
    case "would-pass":
      return wouldPass(reason);
    case "within-bounds":
    case "capped":
    case "raised":
    case "no-budget":
    case "within-budget":
    case "near-budget":
    case "over-budget":
    case "no-override":
    case "overridden":
      return bounded(reason);
    case "brakes-off":
    case "braked":
      return braked(reason);
    case "outage":
    case "noticed":
    case "renewing":
    case "breaker":
    case "reserve":
    case "uneven":
      return instancesSay(reason);
    case "recovering":
      return recovering(reason);
    case "frozen":
      return `the decision broke an invariant: ${reason.violations.map(quoted).join("; ")}`;
    case "peer-rule":
      return peerRule(reason);
    default:
      return unreachable(reason);
  }
}

function combined(reason: Of<"largest-wish" | "blind-hold" | "floor-below" | "no-wish">): string {
  switch (reason.kind) {
    case "largest-wish":
      return `the largest wish is that of ${quoted(reason.rule)}`;
    case "blind-hold":
      return `nothing is let go while ${listed(reason.rules.map(quoted))} cannot see`;
    case "floor-below":
      return `the largest wish, ${written(reason.count)} by ${quoted(reason.rule)}, asks for that many at least, not for less`;
    case "no-wish":
      return `no rule wishes anything${reason.fallback === "hold" ? ", so it stays" : ": the minimum"}`;
    default:
      return unreachable(reason);
  }
}

const peerRule = ({ says, figures }: Of<"peer-rule">): string =>
  [says, ...Object.entries(figures).map(([name, value]) => `${name} ${written(value)}`)].join(", ");

type RuleReason = Of<
  | "demand"
  | "utilization"
  | "level"
  | "total"
  | "step-breached"
  | "step-quiet"
  | "schedule-active"
  | "schedule-idle"
  | "forecast"
  | "unforecast"
  | "forecast-shadow"
  | "saturated"
  | PeakReason["kind"]
>;

function ruleSays(reason: RuleReason, metric: string): string {
  switch (reason.kind) {
    case "demand":
      return demand(reason);
    case "utilization":
    case "level":
      return held(reason, metric);
    case "total":
      return total(reason, metric);
    case "step-breached":
      return stepBreached(reason, metric);
    case "step-quiet":
      return `${reading(reason.value, metric)} has passed no threshold for long enough`;
    case "schedule-active":
      return `stands from ${instant(reason.startsAt)} to ${instant(reason.endsAt)}, asked for up to ${lasting(reason.leadMs)} ahead`;
    case "schedule-idle":
      return reason.next.kind === "none" ? "it never starts again" : `it starts next at ${instant(reason.next.at)}`;
    case "forecast":
    case "unforecast":
    case "forecast-shadow":
      return forecastSays(reason);
    case "saturated":
      return `${written(reason.servingCount)} serve ${reading(reason.perMinute, "requests")}, as much as they can, while ${reason.metric} says that answers are late or refused: ${percent(reason.moreRatio)} more is waiting`;
    default:
      return peakSays(reason);
  }
}

const read = ({ at, partial }: Of<"demand" | "total">): string =>
  `at ${clock(at)}${partial === "partial" ? ", not a whole minute yet," : ""}`;

const demand = (reason: Of<"demand">): string =>
  `${reading(reason.perMinute, "requests")} ${read(reason)} ${perInstance(reason)}`;

const total = (reason: Of<"total">, metric: string): string =>
  `${reading(reason.value, metric)} ${read(reason)} ÷ ${reading(reason.perInstance, metric)} an instance`;

function held(reason: Of<"utilization" | "level">, metric: string): string {
  const [value, level] =
    reason.kind === "utilization"
      ? [percent(reason.ratio), percent(reason.targetRatio)]
      : [reading(reason.value, metric), reading(reason.level, metric)];
  return `${value} at ${clock(reason.at)} × ${written(reason.servingCount)} serving ÷ ${level}`;
}

function wouldPass(reason: Of<"would-breach" | "would-pass">): string {
  const [value, limit] =
    reason.kind === "would-breach"
      ? [percent(reason.ratio), percent(reason.limitRatio)]
      : [reading(reason.value, reason.metric), reading(reason.limit, reason.metric)];
  return `${quoted(reason.rule)} would read ${value}, over its ${limit}`;
}

function stepBreached(reason: Of<"step-breached">, metric: string): string {
  const { value, side, threshold, servingCount } = reason;
  const [passed, moves] = side === "above" ? ["over", "more than"] : ["under", "less than"];
  const change = changed(reason.change);
  return `${reading(value, metric)} is ${passed} ${reading(threshold, metric)}: ${change} ${moves} the ${written(servingCount)} serving`;
}

export const changed = (change: Change): string =>
  change.kind === "count" ? written(change.count) : percent(change.ratio);

function recentWish({ side, count, at, windowMs }: Of<"recent-wish">): string {
  const moves = side === "above" ? "shrinks" : "grows";
  return `${moves} no further than the ${written(count)} wished at ${clock(at)}, within ${lasting(windowMs)}`;
}

function velocity(reason: Of<"velocity" | "within-velocity">): string {
  if (reason.kind === "within-velocity") return "within the velocity limit";
  const { direction, base, ratio, windowMs } = reason;
  const moves = direction === "out" ? "grows" : "shrinks";
  return `${moves} by at most ${percent(ratio)} in ${lasting(windowMs)}, from ${written(base)}`;
}

function ahead(reason: Of<"nothing-ahead" | "needed-again">): string {
  if (reason.kind === "nothing-ahead") return "nothing ahead speaks against it";
  return `${quoted(reason.rule)} wants ${written(reason.count)} at ${clock(reason.at)}, and a drain and a boot take ${lasting(reason.bridgeMs)}`;
}

function braked(reason: Of<"braked" | "brakes-off">): string {
  if (reason.kind === "brakes-off") return "nobody has said stop";
  const { scope, since, by, why } = reason;
  const whom = scope === "all-fleets" ? "all fleets" : "this fleet";
  return `${quoted(by)} stopped terminations of ${whom} at ${instant(since)} (${quoted(why)})`;
}

function recovering({ generation, unfinishedCount }: Of<"recovering">): string {
  const are = unfinishedCount === 1 ? "is" : "are";
  return `${counted(unfinishedCount, "action")} of generation ${generation} came to no known end and ${are} issued again, unchanged`;
}
