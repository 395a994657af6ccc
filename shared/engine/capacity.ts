// What one instance serves, learned while it runs: the processor's use at so many requests tells where 100 % lies, and answers that
// are late tell of limits that the processor does not know.
import { dayMs, minuteMs, type Ratio } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import { servingCountAt, settled, settledAt } from "./signals.ts";
import type { CapacityMemory, Point, Snapshot } from "./types.ts";

type Learning = Extract<CapacityMemory, { kind: "learning" }>;

const nothing = { count: 0, rate: 0, cpu: 0, rateRate: 0, rateCpu: 0, cpuCpu: 0, latePerMinute: "never" } as const;
const kept = 0.5 ** (minuteMs / dayMs);
/** What was late once is tried again: by a twentieth more each day. */
const regained = 1.05 ** (minuteMs / dayMs);

/** Brought up to the newest minute of which requests, hosts and processors are known. */
export function learnCapacity(policy: Policy, snapshot: Snapshot): CapacityMemory {
  if (policy.capacity.learn.kind === "none") return { kind: "none" };
  const before = snapshot.memory.capacity;
  const cpu = settled(snapshot, "cpu");
  if (cpu.kind === "unread") return before;
  const since = before.kind === "none" ? 0 : before.until;
  const minutes = cpu.points.filter(({ at }) => at > since);
  return minutes.reduce<CapacityMemory>((learned, point) => count(learned, point, { policy, snapshot }), before);
}

function count(before: CapacityMemory, { at, value: cpu }: Point, given: Given): CapacityMemory {
  const was = before.kind === "none" ? nothing : before;
  const rate = rateAt(given.snapshot, at);
  if (rate === "unknown") return before;
  return {
    kind: "learning",
    until: at,
    count: was.count * kept + 1,
    rate: was.rate * kept + rate,
    cpu: was.cpu * kept + cpu,
    rateRate: was.rateRate * kept + rate * rate,
    rateCpu: was.rateCpu * kept + rate * cpu,
    cpuCpu: was.cpuCpu * kept + cpu * cpu,
    latePerMinute: lateFrom(was.latePerMinute, rate, isLate(given, at)),
  };
}

interface Given {
  readonly policy: Policy;
  readonly snapshot: Snapshot;
}

function rateAt(snapshot: Snapshot, at: number): number | "unknown" {
  const [requests, hosts] = [settledAt(snapshot, "requests", at), servingCountAt(snapshot, at)];
  return requests === "unknown" || hosts === "unknown" ? "unknown" : requests / hosts;
}

/** Over the lowest threshold of a step rule on latency. */
const isLate = ({ policy, snapshot }: Given, at: number): boolean =>
  policy.rules.some((rule) => {
    const [lowest] = rule.kind === "step" && rule.metric.startsWith("latency") ? rule.above : [];
    const value = lowest ? settledAt(snapshot, rule.kind === "step" ? rule.metric : "", at) : "unknown";
    return lowest !== undefined && value !== "unknown" && value > lowest.over;
  });

function lateFrom(before: Learning["latePerMinute"], rate: number, late: boolean): Learning["latePerMinute"] {
  if (late) return before === "never" ? rate : Math.min(before * regained, rate);
  return before === "never" ? before : Math.max(before * regained, rate);
}

export interface CapacityFigure {
  readonly perInstancePerMinute: number;
  readonly source: "written" | "cpu" | "latency" | "bound";
  readonly minuteCount: number;
  /** How far a minute's processors lie from what the figure makes of its requests, as a share. */
  readonly errorRatio: Ratio;
}

/** An hour's worth. Until then what is written stands. */
const minutesMin = 60;

export function capacityFigure(policy: Policy, memory: CapacityMemory): CapacityFigure {
  const { perInstancePerMinute, learn, limitRatio } = policy.capacity;
  if (learn.kind === "none" || memory.kind === "none" || memory.count < minutesMin || memory.cpu <= 0)
    return {
      perInstancePerMinute,
      source: "written",
      minuteCount: memory.kind === "none" ? 0 : memory.count,
      errorRatio: 0,
    };
  const { full, errorRatio } = byProcessor(memory);
  const late = memory.latePerMinute === "never" ? full : memory.latePerMinute / limitRatio;
  const figure = Math.min(full, late);
  const bounded = Math.min(learn.toPerMinute, Math.max(learn.fromPerMinute, figure));
  const source = bounded !== figure ? "bound" : late < full ? "latency" : "cpu";
  return { perInstancePerMinute: bounded, source, minuteCount: memory.count, errorRatio };
}

/** Loads that hardly differ tell a slope from an offset badly: then the processor is taken to idle at nothing. */
const variationMin = 0.1;
const idleMax = 0.3;

/** Where the line through the minutes meets 100 %. */
function byProcessor({ count, rate, cpu, rateRate, rateCpu, cpuCpu }: Learning): { full: number; errorRatio: Ratio } {
  const [meanRate, meanCpu] = [rate / count, cpu / count];
  const variance = Math.max(0, rateRate / count - meanRate ** 2);
  const covariance = rateCpu / count - meanRate * meanCpu;
  const isTold = Math.sqrt(variance) > variationMin * meanRate && covariance > 0;
  const idle = isTold ? Math.min(idleMax, Math.max(0, meanCpu - (covariance / variance) * meanRate)) : 0;
  const slope = (meanCpu - idle) / meanRate;
  const residual = Math.max(0, cpuCpu / count - meanCpu ** 2 - 2 * slope * covariance + slope * slope * variance);
  return { full: (1 - idle) / slope, errorRatio: Math.sqrt(residual) / meanCpu };
}

/** The policy with the figure in the place of what is written. */
export function withCapacity(policy: Policy, memory: CapacityMemory): Policy {
  if (policy.capacity.learn.kind === "none") return policy;
  const { perInstancePerMinute } = capacityFigure(policy, memory);
  return { ...policy, capacity: { ...policy.capacity, perInstancePerMinute } };
}
