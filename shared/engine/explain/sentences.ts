// One sentence for each noun of a decision.
import { type EpochMs, unreachable } from "../../core/index.ts";
import type { MissingChoice, Policy } from "../../policy/index.ts";
import { settledAgeMs } from "../signals.ts";
import type { Action, Attempt, Brake, Point, Proposal, Signal, Step, ToldOutcome } from "../types.ts";
import { becauseOf, changed } from "./reason.ts";
import { sentenceOfWarmEnd } from "./warmUps.ts";
import { clock, counted, lasting, listed, quoted, reading, written } from "./words.ts";

/** The policy tells the unit of a rule's reading; `none` leaves the bare number. */
export function sentenceOfProposal(proposal: Proposal, policy: Policy | "none"): string {
  const rule = quoted(proposal.rule);
  switch (proposal.kind) {
    case "wants":
      return `${rule} wants ${written(proposal.count)}: ${becauseOf(proposal.reason, metricOf(proposal, policy))}`;
    case "stands-aside":
      return `${rule} stands aside: ${becauseOf(proposal.reason, metricOf(proposal, policy))}`;
    case "blind":
      return `${rule} is blind: ${proposal.metric} is missing (${quoted(proposal.because)}); ${choiceMade(proposal.choice)}`;
    default:
      return unreachable(proposal);
  }
}

function metricOf({ rule: name }: Proposal, policy: Policy | "none"): string {
  const rule = policy === "none" ? undefined : policy.rules.find((one) => one.name === name);
  return rule === undefined || rule.kind === "schedule" ? "unknown" : rule.metric;
}

function choiceMade(choice: MissingChoice): string {
  switch (choice.kind) {
    case "hold":
      return "the policy holds what there is";
    case "ignore":
      return "the policy ignores it";
    case "floor":
      return `the policy wants at least ${written(choice.count)}`;
    case "scale-out":
      return `the policy wants ${changed(choice.by)} more`;
    default:
      return unreachable(choice);
  }
}

export function sentenceOfStep({ stage, from, to, reason }: Step): string {
  const moves = from === to ? `stays at ${written(to)}` : `${written(from)} → ${written(to)}`;
  return `${stage} ${moves}: ${becauseOf(reason, "unknown")}`;
}

export function sentenceOfAction(action: Action): string {
  switch (action.kind) {
    case "launch":
      return launching(action);
    case "take-back":
      return `take back ${action.instance} from draining`;
    case "start":
      return `start ${action.instance} from the reserve`;
    case "stop":
      return `stop ${action.instance} into the reserve`;
    case "register":
      return `register ${action.instance}`;
    case "warm":
      return `warm ${action.instance}`;
    case "drain":
      return `drain ${action.instance}: ${drained[action.because]}`;
    case "terminate":
      return `terminate ${action.instance}: ${ended(action.because)}`;
    default:
      return unreachable(action);
  }
}

function launching({
  onDemandCount,
  spotCount,
  templateVersion,
  subnets,
  onDemandIn,
  for: purpose,
}: Extract<Action, { kind: "launch" }>): string {
  const what = `${written(onDemandCount)} on demand, ${written(spotCount)} spot, version ${templateVersion} of the launch template`;
  const whose = purpose === "reserve" ? " for the reserve" : "";
  return `launch ${written(onDemandCount + spotCount)}${whose}: ${what}${where(subnets ?? [], onDemandIn)}`;
}

function where([first, ...others]: readonly string[], counts: readonly number[] | undefined): string {
  if (first === undefined) return "";
  if (counts === undefined) return `, in ${first} if there is room`;
  const shares = [first, ...others].flatMap((subnet, i) => (counts[i] ? [`${written(counts[i])} in ${subnet}`] : []));
  return `, ${listed(shares)} if there is room`;
}

const drained: Readonly<Record<Extract<Action, { kind: "drain" }>["because"], string>> = {
  surplus: "one too many",
  unhealthy: "unhealthy",
  interrupted: "EC2 is about to take it back",
  rebalanced: "EC2 may soon take it back, and another serves in its place",
  outdated: "another version of the launch template made it, and another serves in its place",
  "too-old": "older than the policy allows, and another serves in its place",
  unbalanced: "its subnet has more than its share, and another serves in its place where there are fewest",
};

function ended(because: Extract<Action, { kind: "terminate" }>["because"]): string {
  switch (because) {
    case "drained":
      return "it has drained";
    case "surplus":
      return "one too many, and it serves nobody yet";
    case "never-healthy":
      return "it never became healthy";
    case "warm-failed":
      return "its warm-up failed";
    case "reserve-surplus":
      return "one too many in the reserve";
    case "reserve-outdated":
      return "another version of the launch template made it, and another is kept in its place";
    case "reserve-failed":
      return "it could not be put into the reserve";
    default:
      return unreachable(because);
  }
}

export function sentenceOfOutcome(outcome: ToldOutcome): string {
  switch (outcome.kind) {
    case "warmed":
      return `it ${sentenceOfWarmEnd(outcome.end)}`;
    case "done":
      return outcome.instances.length === 0 ? "done" : `done: ${listed(outcome.instances)}`;
    case "insufficient-capacity": {
      const came = outcome.instances.length === 0 ? "none came" : `${listed(outcome.instances)} came all the same`;
      const tried = outcome.attempts.length < 2 ? "" : `; tried ${outcome.attempts.map(sentenceOfAttempt).join("; ")}`;
      return `insufficient capacity (${quoted(outcome.because)}); ${came}${tried}`;
    }
    case "fell-back":
      return `${listed(outcome.instances)} came in ${counted(outcome.attempts.length, "attempt")}: ${outcome.attempts.map(sentenceOfAttempt).join("; ")}`;
    case "throttled":
    case "denied":
    case "failed":
      return `${outcome.kind}: ${quoted(outcome.because)}`;
    case "withheld":
      return "withheld: the policy is in shadow, nothing was touched";
    case "too-late":
      return "too late: the lease had run out, nothing was touched";
    default:
      return unreachable(outcome);
  }
}

function sentenceOfAttempt({ onDemandCount, spotCount, from, came, because }: Attempt): string {
  const asked = [
    ...(onDemandCount > 0 ? [`${written(onDemandCount)} on demand`] : []),
    ...(spotCount > 0 ? [`${written(spotCount)} spot`] : []),
  ].join(", ");
  return `${asked} from ${pools(from)}: ${written(came)} came${because === "" ? "" : ` (${quoted(because)})`}`;
}

function pools(from: Attempt["from"]): string {
  switch (from) {
    case "every-pool":
      return "every type and zone";
    case "other-types":
      return "the other types";
    case "other-zones":
      return "the other zones";
    case "on-demand-instead":
      return "every type and zone, on demand instead of spot";
    default:
      return unreachable(from);
  }
}

/** Who has said stop, to whom, and why. */
export const sentenceOfBrake = ({ scope, since, by, reason }: Brake): string =>
  becauseOf({ kind: "braked", scope, since, by, why: reason }, "unknown");

/** What a metric said and how old that was at `now`. */
export function sentenceOfSignal(metric: string, signal: Signal, now: EpochMs): string {
  switch (signal.kind) {
    case "missing":
      return `${metric} is missing: ${quoted(signal.because)}`;
    case "known":
      return `${metric} ${pointsRead(metric, signal.points, now)}`;
    default:
      return unreachable(signal);
  }
}

/** The newest whole minute, and each newer one that CloudWatch may still be adding to. */
function pointsRead(metric: string, points: readonly Point[], now: EpochMs): string {
  const said = ({ at, value }: Point): string => `${reading(value, metric)} at ${clock(at)}, ${lasting(now - at)} ago`;
  const whole = points.findLast(({ at }) => now - at >= settledAgeMs);
  const partial = points.filter(({ at }) => now - at < settledAgeMs);
  const parts = [
    ...(whole ? [`${said(whole)} (newest of ${counted(points.length - partial.length, "whole minute")})`] : []),
    ...partial.map((point) => `${said(point)}, perhaps not all of it`),
  ];
  return parts.length === 0 ? "has no points" : parts.join("; ");
}
