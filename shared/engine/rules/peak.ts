// An announced event as a plan of demand: up a ramp that ends at `at`, level while it holds, down again. What will be needed
// a lead time from now is asked for now.
import { minuteMs } from "../../core/index.ts";
import type { Peak } from "../../policy/index.ts";
import { settled } from "../signals.ts";
import type { Proposal, SizingMemory, Snapshot } from "../types.ts";
import { blind, instancesFor, type RuleContext, standsAside, wants } from "./rule.ts";

export function peak(rule: Peak, context: RuleContext): Proposal {
  const name = `peak ${rule.name}`;
  const [startsAt, endsAt] = spanOf(rule);
  const { snapshot, lead, policy } = context;
  if (!isActive(rule, snapshot.now, lead.p95Ms)) return standsAside(name, { kind: "peak-idle", startsAt, endsAt });
  const baseline = baselineOf(rule, snapshot);
  if (baseline === "unknown") return blind(context, name, { metric: "requests", because: "no demand to multiply" });
  const expected = rule.expect.kind === "absolute" ? rule.expect.perMinute : rule.expect.factor * baseline;
  const { perMinute, phase } = planned(
    rule,
    { from: snapshot.now, to: snapshot.now + lead.p95Ms + minuteMs },
    { baseline, expected },
  );
  return wants(name, instancesFor(context, perMinute), {
    kind: "peak-active",
    phase,
    perMinute,
    expectedPerMinute: expected,
    baselinePerMinute: baseline,
    leadMs: lead.p95Ms,
    ...policy.capacity,
  });
}

/** First instant of the ramp and last of the release. */
export const spanOf = ({ atMs, rampMs, holdMs, releaseMs }: Peak): [number, number] => [
  atMs - rampMs,
  atMs + holdMs + releaseMs,
];

export function isActive(rule: Peak, now: number, leadMs: number): boolean {
  const [startsAt, endsAt] = spanOf(rule);
  return now + leadMs + minuteMs > startsAt && now < endsAt;
}

/** Whether the next minute's look will ask for more than this one does. */
export const isClimbing = (rule: Peak, now: number, leadMs: number): boolean =>
  isActive(rule, now, leadMs) && now + leadMs + minuteMs < rule.atMs;

/** Demand before the event: remembered from the ramp's first look, else the mean of the last settled minutes. */
export function baselineOf(rule: Peak, snapshot: Snapshot): number | "unknown" {
  const remembered = baselinesIn(snapshot.memory.sizing).find(({ name }) => name === rule.name);
  if (remembered) return remembered.perMinute;
  const reading = settled(snapshot, "requests");
  if (reading.kind === "unread") return rule.expect.kind === "absolute" ? 0 : "unknown";
  return reading.points.reduce((sum, { value }) => sum + value, 0) / reading.points.length;
}

const baselinesIn = (memory: SizingMemory) => (memory.kind === "rules" ? memory.peakBaselines : []);

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The plan's highest demand inside the span, and where in the plan the span ends. */
function planned(rule: Peak, { from, to }: Span, { baseline, expected }: { baseline: number; expected: number }) {
  const holdEnds = rule.atMs + rule.holdMs;
  const at = Math.min(Math.max(rule.atMs, from), to);
  const progress = Math.max(progressAt(rule, at), progressAt(rule, from));
  const phase: "ramp" | "hold" | "release" = to < rule.atMs ? "ramp" : from < holdEnds ? "hold" : "release";
  return { perMinute: baseline + (expected - baseline) * progress, phase };
}

function progressAt(rule: Peak, at: number): number {
  const holdEnds = rule.atMs + rule.holdMs;
  if (at < rule.atMs) return rule.rampMs === 0 ? 0 : Math.max(0, 1 - (rule.atMs - at) / rule.rampMs);
  if (at <= holdEnds) return 1;
  return rule.releaseMs === 0 ? 0 : Math.max(0, 1 - (at - holdEnds) / rule.releaseMs);
}
