// A whole decision in sentences: what was seen, what each rule said, what each stage did with it, and what came of it.
import { type EpochMs, unreachable } from "../../core/index.ts";
import type { Policy } from "../../policy/index.ts";
import { type CapacityFigure, capacityFigure } from "../capacity.ts";
import { targetOf } from "../current.ts";
import { stage } from "../phase.ts";
import type { Action, Decision, Instance, InstancesView, Override, Snapshot, ToldOutcome } from "../types.ts";
import { leadTimeTold } from "./leadTime.ts";
import {
  sentenceOfAction,
  sentenceOfBrake,
  sentenceOfOutcome,
  sentenceOfProposal,
  sentenceOfSignal,
  sentenceOfStep,
} from "./sentences.ts";
import { serviceTold } from "./service.ts";
import { summaryOf } from "./summary.ts";
import { warmUpsSeen } from "./warmUps.ts";
import { counted, instant, lasting, listed, percent, quoted, reading, written } from "./words.ts";

export interface Explained {
  /** `<fleet>@<generation>` */
  readonly id: string;
  /** The policy of the row's version; without it, units, phases and the lead time cannot be told. */
  readonly policy: Policy | "none";
  readonly snapshot: Snapshot;
  readonly decision: Decision;
  readonly outcomes: readonly ToldOutcome[];
}

/** Lines: a headline, then sections of sentences, each sentence indented under its section's name. */
export function explainDecision(explained: Explained): readonly string[] {
  const { policy, snapshot, decision } = explained;
  return [
    headline(explained),
    ...section("Seen", seen(explained)),
    ...section("Wishes", [
      ...decision.proposals.map((proposal) => sentenceOfProposal(proposal, policy)),
      ...overlap(decision),
      ...(policy === "none" ? [] : serviceTold(policy, snapshot, decision)),
    ]),
    ...section("Steps", decision.steps.map(sentenceOfStep)),
    ...section("Actions", acted(explained)),
    ...section("Next", [looksAgain(decision), leadTimeTold(policy, decision)]),
  ];
}

/** Why the target is what it is, on one line: the wish that won, and what stopped it. */
export function whyOf({ policy, snapshot, decision }: Omit<Explained, "id" | "outcomes">): string {
  const { by, wanted, stoppedBy } = summaryOf(decision, snapshot, []);
  const winner = decision.proposals.find(
    (proposal) => proposal.rule === by && proposal.kind === "wants" && proposal.count === wanted,
  );
  const stop = stoppedBy === "-" ? [] : [stoppedBy];
  if (winner) return [sentenceOfProposal(winner, policy), ...stop].join("; ");
  const blind = decision.proposals.filter(({ kind, rule }) => kind === "blind" && rule === by);
  const parts = [...blind.map((proposal) => sentenceOfProposal(proposal, policy)), ...stop];
  return parts.join("; ") || decision.steps.slice(0, 1).map(sentenceOfStep).join("");
}

function headline({ id, snapshot, decision }: Explained): string {
  const from = decision.steps[0]?.from ?? 0;
  const to = targetOf(decision.steps);
  const moves = from === to ? `target stays at ${written(to)}` : `target ${written(from)} → ${written(to)}`;
  return `${id} at ${instant(snapshot.now)}: ${moves}${kindOf(decision)}`;
}

function kindOf(decision: Decision): string {
  switch (decision.kind) {
    case "decided":
      return "";
    case "recovering":
      return ` (recovers generation ${decision.generation}, decides nothing new)`;
    case "refused":
      return " (refused: a broken invariant, nothing is done)";
    default:
      return unreachable(decision);
  }
}

const section = (name: string, sentences: readonly string[]): readonly string[] => [
  "",
  name,
  ...(sentences.length === 0 ? ["  nothing"] : sentences.map((sentence) => `  ${sentence}`)),
];

function seen(explained: Explained): readonly string[] {
  const { signals, overrides, brakes, now } = explained.snapshot;
  return [
    ...Object.entries(signals).map(([name, signal]) => sentenceOfSignal(name, signal, now)),
    ...instancesSeen(explained),
    ...warmUpsSeen(explained.snapshot.instances),
    ...overrides.filter(({ until }) => until > now).map(overrideInForce),
    ...brakes.map((brake) => sentenceOfBrake(brake)),
    ...capacityLearned(explained),
    ...previousSeen(explained.snapshot, now),
  ];
}

const sources: Readonly<Record<CapacityFigure["source"], string>> = {
  written: "as the policy has it, while too little is learned",
  cpu: "learned from the processors' use",
  latency: "learned from answers that were late beyond it",
  bound: "the bound of what may be learned",
};

function capacityLearned({ policy, decision }: Explained): readonly string[] {
  if (policy === "none" || policy.capacity.learn.kind === "none") return [];
  const figure = capacityFigure(policy, decision.memory.capacity);
  const { perInstancePerMinute, source, minuteCount, errorRatio } = figure;
  return [
    `an instance serves ${reading(perInstancePerMinute, "requests")}: ${sources[source]} (${counted(Math.round(minuteCount), "minute")}, each within ${percent(errorRatio)})`,
  ];
}

/** Peaks are not added up. */
function overlap({ proposals }: Decision): readonly string[] {
  const peaks = proposals.filter((one) => one.kind === "wants" && one.reason.kind === "peak-active");
  return peaks.length < 2 ? [] : [`${listed(peaks.map(({ rule }) => quoted(rule)))} overlap: the larger counts`];
}

/** Memory as the decision left it is memory brought up to this look: what phases were told from. */
function instancesSeen({ policy, snapshot, decision }: Explained): readonly string[] {
  const view = snapshot.instances;
  if (view.kind === "missing") return [`instances are missing: ${quoted(view.because)}`];
  if (view.kind === "resting") return [atRest(view)];
  const { instances } = view;
  if (policy === "none")
    return [`${counted(instances.length, "instance")}${tally(instances.map(stateOf))}${foreign(view)}`];
  const { staged, unseenCount } = stage(policy, snapshot, decision.memory);
  const unseen = unseenCount === 0 ? "" : `; ${written(unseenCount)} launched and not shown by EC2 yet`;
  return [
    `${counted(instances.length, "instance")}${tally(staged.map(({ phase }) => phase))}${foreign(view)}${unseen}`,
  ];
}

const atRest = ({ since, serving, foreignCount }: Extract<InstancesView, { kind: "resting" }>): string =>
  `at rest since ${instant(since)}: ${counted(serving.length, "instance")} served then${foreign({ foreignCount })}; EC2 and the load balancer were not asked again`;

const foreign = ({ foreignCount }: { readonly foreignCount: number }): string =>
  foreignCount === 0 ? "" : `; ${counted(foreignCount, "healthy target")} of somebody else's`;

const stateOf = ({ state, target }: Instance): string => `${state} and ${target.kind}`;

/** `: 8 serving, 2 booting`, in the order they are first met. */
function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const parts = [...counts].map(([name, count]) => `${written(count)} ${name}`);
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

function overrideInForce({ id, min, max, until, by, reason }: Override): string {
  const sides = [
    ...(min > 0 ? [`at least ${written(min)}`] : []),
    ...(max < overrideMaxNone ? [`at most ${written(max)}`] : []),
  ];
  return `override ${quoted(id)} by ${quoted(by)}: ${sides.join(", ")} until ${instant(until)} (${quoted(reason)})`;
}
/** From here on a `max` leaves that side alone. */
const overrideMaxNone = 1_000_000;

function previousSeen({ previous }: Snapshot, now: EpochMs): readonly string[] {
  if (previous.kind === "none") return ["no generation before it: the log begins here"];
  const { generation, at, actions, outcomes } = previous;
  const did =
    actions.length === 0
      ? "no actions"
      : `${counted(actions.length, "action")}, ${counted(outcomes.length, "outcome")}`;
  return [`generation ${generation} before it, ${lasting(now - at)} ago: ${did}`];
}

/** Each action with what it did. An action of unknown end is recovered by the next look. */
function acted({ decision, outcomes }: Explained): readonly string[] {
  const ended = new Map(outcomes.map((outcome) => [outcome.action, outcome]));
  return decision.actions.map((action) => {
    const outcome = ended.get(action.id);
    return `${sentenceOfAction(action)} — ${outcome ? cameOf(action, outcome) : "its end is not known (yet)"}`;
  });
}

/** A warm-up is only begun when its action is done. */
const cameOf = ({ kind }: Action, outcome: ToldOutcome): string =>
  kind === "warm" && outcome.kind === "done" ? "begun; how it goes is not known (yet)" : sentenceOfOutcome(outcome);

function looksAgain({ lookAgain: { at, because } }: Decision): string {
  return `looks again at ${instant(at)}: ${lookedFor(because)}`;
}

function lookedFor(because: Decision["lookAgain"]["because"]): string {
  switch (because) {
    case "moving":
      return "something is on the move";
    case "wish-waiting":
      return "a wish waits for a stage to let it through";
    case "schedule-ahead":
      return "a schedule begins one lead time later";
    case "peak-ahead":
      return "a peak's ramp begins one lead time later";
    case "forecast-ahead":
      return "the coming minutes may ask for more";
    case "heartbeat":
      return "all is calm, this is the heartbeat";
    default:
      return unreachable(because);
  }
}
