// What sizing by rules remembers: recent wishes and targets inside their windows, and what peaks and blind rules started from.
import { minuteMs } from "../core/index.ts";
import { baselineOf, isActive } from "./rules/peak.ts";
import { serviceAfter } from "./service.ts";
import { blindBaseOf, type StageContext } from "./stages/stage.ts";
import type { Count, RulesMemory, SizingMemory, Step } from "./types.ts";

const nothing: RulesMemory = {
  kind: "rules",
  wishes: [],
  targets: [],
  peakBaselines: [],
  blindBases: [],
  service: { kind: "none" },
};

/** A peer's memory says nothing to the rules, nor does none. */
export const rememberedOf = (memory: SizingMemory): RulesMemory => (memory.kind === "rules" ? memory : nothing);

/** Looks come at most this often in the long run; windows are at most an hour. */
const countsKept = 240;

export function remember(context: StageContext, steps: readonly Step[]): RulesMemory {
  const { policy, remembered, snapshot } = context;
  const { stabilization, limits } = policy;
  const [first, last] = [steps[0] as Step, steps.at(-1) as Step];
  const wishesMs = Math.max(stabilization.scaleInMs, stabilization.scaleOutMs);
  const targetsMs = Math.max(limits.scaleIn.windowMs, limits.scaleOut.windowMs);
  return {
    kind: "rules",
    wishes: keep(remembered.wishes, { at: snapshot.now, count: first.to }, wishesMs),
    targets: keep(remembered.targets, { at: snapshot.now, count: last.to }, targetsMs),
    peakBaselines: peakBaselines(context),
    blindBases: blindBases(context),
    service: serviceAfter(policy, snapshot),
  };
}

const keep = (counts: readonly Count[], newest: Count, windowMs: number): readonly Count[] =>
  [...counts.filter(({ at }) => at > newest.at - windowMs - minuteMs), newest].slice(-countsKept);

function peakBaselines(context: StageContext): RulesMemory["peakBaselines"] {
  const { snapshot, lead } = context;
  return snapshot.peaks
    .filter((peak) => isActive(peak, snapshot.now, lead.p95Ms))
    .flatMap((peak) => {
      const perMinute = baselineOf(peak, snapshot);
      return perMinute === "unknown" ? [] : [{ name: peak.name, perMinute }];
    });
}

const blindBases = (context: StageContext): RulesMemory["blindBases"] =>
  context.proposals
    .filter(({ kind }) => kind === "blind")
    .map(({ rule }) => ({ rule, count: blindBaseOf(rule, context) }));
