// A policy on a trace: peaks that are to be like a day take that day from the trace, where it has it.
import { figuresOf } from "../../shared/control/index.ts";
import type { Peak, Policy } from "../../shared/policy/index.ts";
import type { Trace } from "../../shared/sim/index.ts";
import { say } from "../output.ts";
import { loadsInTrace } from "./history.ts";

export const rehearsed = (policy: Policy, trace: Trace): Policy => ({
  ...policy,
  peaks: policy.peaks.map((peak) => withFigures(peak, trace)),
});

function withFigures(peak: Peak, trace: Trace): Peak {
  if (peak.expect.kind !== "like") return peak;
  const { fromMs } = peak.expect;
  const loads = loadsInTrace(trace, { from: fromMs, to: fromMs + peak.holdMs });
  const figures = figuresOf(loads, { fromMs, holdMs: peak.holdMs });
  if (figures.kind === "ok") return { ...peak, expect: figures.value };
  say(`peak ${peak.name} is to be like a day that the trace does not have: it is blind, and does as \`missing\` says`);
  return peak;
}
