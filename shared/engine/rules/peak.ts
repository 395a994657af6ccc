// An announced event as a plan of demand: up a ramp that ends at `at`, as expected while it holds, down again. What will be
// needed a lead time from now is asked for now.
import { minuteMs } from "../../core/index.ts";
import type { Peak } from "../../policy/index.ts";
import { affordable } from "../purchase.ts";
import { settled } from "../signals.ts";
import type { PeakFinding, Proposal, Reason, SizingMemory, Snapshot } from "../types.ts";
import { blind, instancesFor, type RuleContext, standsAside, wants } from "./rule.ts";

export function peak(rule: Peak, context: RuleContext): Proposal {
  const name = `peak ${rule.name}`;
  const { snapshot, lead, policy } = context;
  if (!isActive(rule, snapshot.now, lead.p95Ms)) return standsAside(name, aheadOf(rule, context));
  if (rule.expect.kind === "like") return blind(context, name, { metric: "requests", because: "its day is not read" });
  const baseline = baselineOf(rule, snapshot);
  if (baseline === "unknown") return blind(context, name, { metric: "requests", because: "no demand to multiply" });
  const { phase, ...plan } = planned(rule, { from: snapshot.now, to: snapshot.now + lead.p95Ms + minuteMs }, baseline);
  const few = fewCome(rule, snapshot, plan.expectedPerMinute);
  if (few !== "no") return standsAside(name, few);
  return wants(name, instancesFor(context, plan.perMinute), {
    kind: "peak-active",
    phase,
    ...plan,
    baselinePerMinute: baseline,
    leadMs: lead.p95Ms,
    ...policy.capacity,
  });
}

/** A warning of its pre-flight: it asks for nothing. */
export const found = (finding: PeakFinding): Proposal =>
  standsAside(`pre-flight ${finding.peak}`, { kind: "peak-finding", finding });

/** First instant of the ramp and last of the release. */
export const spanOf = ({ atMs, rampMs, holdMs, releaseMs }: Peak): [number, number] => [
  atMs - rampMs,
  atMs + holdMs + releaseMs,
];

export function isActive(rule: Peak, now: number, leadMs: number): boolean {
  const [startsAt, endsAt] = spanOf(rule);
  return now + leadMs + minuteMs > startsAt && now < endsAt;
}

/** Whether the next minute's look may ask for more than this one does. */
export const isClimbing = (rule: Peak, now: number, leadMs: number): boolean =>
  isActive(rule, now, leadMs) &&
  now + leadMs + minuteMs < rule.atMs + (rule.expect.kind === "figures" ? rule.holdMs : 0);

/** Out of its time; before it, with a warning where it will want more than bounds and budget allow, as demand stands now. */
function aheadOf(rule: Peak, context: RuleContext): Reason {
  const [startsAt, endsAt] = spanOf(rule);
  const { policy, snapshot } = context;
  if (rule.expect.kind === "like") return { kind: "peak-unread", startsAt, endsAt };
  const baseline = baselineOf(rule, snapshot);
  const highest = baseline === "unknown" ? 0 : expectedIn(rule, { from: rule.atMs, to: endsAt }, baseline);
  const count = instancesFor(context, highest);
  const most = affordable(policy, policy.bounds.max);
  if (count > most && snapshot.now < startsAt) return { kind: "peak-beyond", startsAt, endsAt, count, most };
  return { kind: "peak-idle", startsAt, endsAt };
}

/**
 * Demand before the event: remembered from the ramp's first look, else that before another event that is on, else the mean of the
 * last settled minutes.
 */
export function baselineOf(rule: Peak, snapshot: Snapshot): number | "unknown" {
  const remembered = baselinesIn(snapshot.memory.sizing);
  const own = remembered.find(({ name }) => name === rule.name);
  if (own) return own.perMinute;
  const others = Math.max(0, ...remembered.map(({ perMinute }) => perMinute));
  if (others > 0) return others;
  const reading = settled(snapshot, "requests");
  if (reading.kind === "unread") return rule.expect.kind === "factor" ? "unknown" : 0;
  return reading.points.reduce((sum, { value }) => sum + value, 0) / reading.points.length;
}

const baselinesIn = (memory: SizingMemory) => (memory.kind === "rules" ? memory.peakBaselines : []);

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The plan's highest demand inside the span, and where in the plan the span ends. */
export function planned(rule: Peak, { from, to }: Span, baseline: number) {
  const holdEnds = rule.atMs + rule.holdMs;
  const at = Math.min(Math.max(rule.atMs, from), to);
  const progress = Math.max(progressAt(rule, at), progressAt(rule, from));
  const phase: "ramp" | "hold" | "release" = to < rule.atMs ? "ramp" : from < holdEnds ? "hold" : "release";
  const expectedPerMinute = expectedIn(rule, { from, to }, baseline);
  return { perMinute: baseline + (expectedPerMinute - baseline) * progress, expectedPerMinute, phase };
}

/** The highest that is expected inside the span; the ramp leads to the first figure, the release down from the last. */
function expectedIn({ expect, atMs }: Peak, { from, to }: Span, baseline: number): number {
  if (expect.kind === "factor") return expect.factor * baseline;
  if (expect.kind === "absolute") return expect.perMinute;
  if (expect.kind === "like") return 0;
  const last = expect.perMinute.length - 1;
  const index = (at: number): number => Math.min(last, Math.max(0, Math.floor((at - atMs) / expect.everyMs)));
  return Math.max(...expect.perMinute.slice(index(from), index(to) + 1));
}

function progressAt(rule: Peak, at: number): number {
  const holdEnds = rule.atMs + rule.holdMs;
  if (at < rule.atMs) return rule.rampMs === 0 ? 0 : Math.max(0, 1 - (rule.atMs - at) / rule.rampMs);
  if (at <= holdEnds) return 1;
  return rule.releaseMs === 0 ? 0 : Math.max(0, 1 - (at - holdEnds) / rule.releaseMs);
}

/** What is short by the rounding of a product is not short. */
const nearly = 1 - 1e-9;

/** Whether, since the event began or for as long as the policy waits, too few have come to go on expecting it. */
function fewCome({ atMs, early }: Peak, snapshot: Snapshot, expectedPerMinute: number): Reason | "no" {
  const reading = settled(snapshot, "requests");
  if (early.kind === "never" || reading.kind === "unread" || snapshot.now < atMs + early.afterMs) return "no";
  const since = Math.max(atMs, snapshot.now - early.afterMs);
  const come = reading.points.filter(({ at }) => at >= since).map(({ value }) => value);
  const perMinute = Math.max(...come);
  if (come.length === 0 || perMinute >= early.ratio * expectedPerMinute * nearly) return "no";
  return { kind: "peak-unattended", perMinute, expectedPerMinute, ratio: early.ratio, forMs: early.afterMs };
}
