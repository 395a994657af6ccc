// What the lab is to show, and whether this run did.
import { type Factor, type Figures, p99Factor } from "./figures.ts";
import { inFlightMax } from "./settings.ts";

export interface Measure {
  readonly what: string;
  readonly asked: string;
  readonly found: string;
  /** A run that was too short to tell is told apart from one that failed. */
  readonly verdict: "met" | "not met" | "too short to tell";
}

const requestsAsked = 1_000_000;
const scalingsAsked = 50;
const factorAsked = 1.2;
/** A p99 of fewer answers than this rests on a handful of them. */
const freshAnswersMin = 1_000;

export function measuresOf(phases: readonly Figures[]): readonly Measure[] {
  const planned = phases.filter(({ kills }) => kills.count === 0);
  const wounded = phases.filter(({ kills }) => kills.count > 0);
  return [noneFailed(planned), scaledOften(planned), ...wounded.map(onlyInFlight), ...phases.flatMap(firstMinute)];
}

/** Sums over phases. */
const total = (phases: readonly Figures[], of: (figures: Figures) => number): number =>
  phases.reduce((sum, figures) => sum + of(figures), 0);

export const written = (count: number): string => count.toLocaleString("en-GB");

function noneFailed(planned: readonly Figures[]): Measure {
  const failed = total(planned, (figures) => figures.failed + figures.unanswered);
  const answered = total(planned, (figures) => figures.answered);
  return {
    what: "Planned scale-outs and scale-ins: failed requests",
    asked: `0 of at least ${written(requestsAsked)}`,
    found: `${written(failed)} of ${written(answered + failed)}`,
    verdict: failed > 0 ? "not met" : answered >= requestsAsked ? "met" : "too short to tell",
  };
}

function scaledOften(planned: readonly Figures[]): Measure {
  const [outs, ins] = [total(planned, ({ scaleOuts }) => scaleOuts), total(planned, ({ scaleIns }) => scaleIns)];
  return {
    what: "Scale-outs and scale-ins under load",
    asked: `at least ${scalingsAsked} of each`,
    found: `${outs} out, ${ins} in`,
    verdict: Math.min(outs, ins) >= scalingsAsked ? "met" : "too short to tell",
  };
}

const onlyInFlight = ({ kills, failed, unanswered }: Figures): Measure => ({
  what: "Killed without notice: failed requests",
  asked: `no more than were in flight on the killed processes; each at most as many as it had connections, and ${inFlightMax}`,
  found: `${written(failed + unanswered)} with ${kills.count} kills; in flight on them ${written(kills.cut)}, at most ${kills.cutMost} on one; ${kills.beyondBound} beyond the bound`,
  verdict: failed + unanswered <= kills.cut && kills.beyondBound === 0 ? "met" : "not met",
});

function firstMinute(figures: Figures): readonly Measure[] {
  if (figures.kills.count > 0) return [];
  const factor = p99Factor(figures.fresh, figures.settled);
  const found = `${timesIn(factor)}; ${timesIn(p99Factor(figures.fresh, figures.settledBeside))} that of old ones in the same minutes`;
  const what = `First minute of new instances, p99 against old ones, ${figures.gate === "with-gate" ? "with" : "without"} the gate`;
  if (figures.gate === "without-gate") return [{ what, asked: "told beside", found, verdict: "met" }];
  return [{ what, asked: `at most ${factorAsked} times`, found, verdict: verdictOn(factor, figures.fresh.count) }];
}

function verdictOn(factor: Factor, count: number): Measure["verdict"] {
  if (factor.kind === "none" || count < freshAnswersMin) return "too short to tell";
  return factor.times <= factorAsked ? "met" : "not met";
}

const timesIn = (factor: Factor): string => (factor.kind === "none" ? "nothing" : `${factor.times.toFixed(2)} times`);
