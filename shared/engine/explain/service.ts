// How the service level stands: what was asked, what came of it, and what the loop does that keeps the one at the other.
import { dayMs, type EpochMs, unreachable } from "../../core/index.ts";
import type { Policy } from "../../policy/index.ts";
import { askedOf, type Loop, levelOf, logits, loopOf, type ServiceAsked } from "../service.ts";
import type { Decision, ServiceMemory, SizingMemory, Snapshot } from "../types.ts";
import { instant, lasting, percent, quoted } from "./words.ts";

/** One clause for each decision of a policy that asks for a share of the requests, whatever its forecast does; else nothing. */
export function serviceTold(policy: Policy, snapshot: Snapshot, { memory }: Decision): readonly string[] {
  const asked = askedOf(policy);
  if (asked === "none") return [];
  const [before, service] = [serviceIn(snapshot.memory.sizing), serviceIn(memory.sizing)];
  const loop = loopOf(policy, asked, snapshot);
  return [
    `service level: at most ${percent(1 - asked.aim.ratio)} of requests are to be late${bound(asked)}; ${delivered(service, snapshot.now)}; ${doing(loop, before, service)}`,
  ];
}

/** Late without a bound is what instances could not take on. */
const bound = ({ aim }: ServiceAsked): string =>
  aim.kind === "serve-within" ? `, by capacity or answered after ${lasting(aim.boundMs)}` : "";

const serviceIn = (sizing: SizingMemory): ServiceMemory =>
  sizing.kind === "rules" ? (sizing.service ?? { kind: "none" }) : { kind: "none" };

/** Older minutes count less, a week old ones a third: nothing before that need be told. */
const spanMs = 7 * dayMs;

function delivered(service: ServiceMemory, now: EpochMs): string {
  if (service.kind === "none" || service.requests <= 0) return "none is counted yet";
  const { since, requests, late } = service;
  const span = since === "unknown" || now - since > spanMs ? "in the last week or so" : `since ${instant(since)}`;
  return `${percent(late / requests)} were, ${span}`;
}

function doing(loop: Loop, before: ServiceMemory, service: ServiceMemory): string {
  const level = percent(levelOf(service));
  if (loop.kind === "rests") return `the quantile to buy by rests at ${level}: ${whyRests(loop)}`;
  const moved = logitOf(service) - logitOf(before);
  if (moved > 0)
    return `the quantile to buy by rises to ${level}: for want of instances more were late in the newest minutes than may be`;
  if (moved < 0)
    return `the quantile to buy by sinks to ${level}, slowly: for want of instances fewer were late in the newest minutes than may be`;
  if (logitOf(service) >= logits.max) return `the quantile to buy by stays at ${level}, its highest`;
  if (logitOf(service) <= logits.min) return `the quantile to buy by stays at ${level}, its lowest`;
  return `the quantile to buy by stays at ${level}: no minute is new`;
}

const logitOf = (service: ServiceMemory): number => (service.kind === "none" ? logits.start : service.logit);

function whyRests(loop: Extract<Loop, { kind: "rests" }>): string {
  switch (loop.why) {
    case "policy-in-shadow":
      return "the policy is in shadow, and nothing is bought by it";
    case "rule-in-shadow":
      return "the rule is in shadow, and nothing is bought by it";
    case "no-forecast":
      return `there is no forecast to buy by (${quoted(loop.because)})`;
    case "demoted":
      return `nothing is bought by a forecast that has lately been worse than none (${quoted(loop.because)})`;
    default:
      return unreachable(loop);
  }
}
