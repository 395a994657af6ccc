// The wire between an evaluator and AWS. Every call takes time, and before it and after it may go wrong what the weather
// holds: refused, unanswered, answered late, or never since the evaluator dies.
import type { Answer } from "../../shared/aws/index.ts";
import { type EpochMs, secondMs } from "../../shared/core/index.ts";
import type { Cloud, Timeline } from "../../shared/sim/index.ts";
import { awsError } from "../support/cloudClients.ts";
import type { Draw } from "./policy.ts";
import type { Truth } from "./truth.ts";
import type { FaultKind, Weather } from "./weather.ts";

/** The evaluator's process is gone. Nothing catches it but the storm. */
export class Crash extends Error {}

export interface Wires {
  readonly cloud: Answer;
  readonly table: Answer;
}

export interface Wired {
  readonly cloud: Cloud;
  readonly table: Answer;
  readonly timeline: Timeline;
  readonly weather: Weather;
  readonly truth: Truth;
  readonly draw: Draw;
}

/** How often, at full force. */
const rates: Readonly<Partial<Record<FaultKind, number>>> = {
  crashes: 0.15,
  "server-errors": 0.3,
  "lost-answers": 0.3,
  "table-trouble": 0.2,
  pauses: 0.1,
};
const latencyMaxMs = 300;
/** Longer than a lease, so that a paused evaluator wakes up in its successor's time. */
const pauseMaxMs = 90 * secondMs;
/** EC2's reads are eventually consistent, and stay well under what memory allows; the load balancer's are hardly late. */
const staleMaxMs = (command: string): number => (command === "DescribeInstances" ? 90 * secondMs : 3 * secondMs);

export function wiresOf(wired: Wired): Wires {
  return { cloud: cloudWire(wired), table: tableWire(wired) };
}

/** A change takes effect when it is asked for: whoever gives it up later has asked all the same. */
function cloudWire({ cloud, timeline, weather, truth, draw }: Wired): Answer {
  const weathered = weatheredBy(timeline, weather, draw);
  return async (service, command, input) => {
    const isRead = command.startsWith("Describe") || command.startsWith("Get");
    if (isRead) await weathered.wait("lively");
    weathered.crash();
    if (weathered.strikes("server-errors", 0.5)) throw awsError("InternalError", 500);
    cloud.faults.staleReadsMs = weathered.force("stale-reads") * draw.between(0, 1) * staleMaxMs(command);
    truth.before(command, input);
    const output = cloud.answer(service, command, input);
    truth.after(command, input, output);
    await weathered.wait("lively");
    weathered.crash();
    if (weathered.strikes("lost-answers")) throw unanswered();
    if (weathered.strikes("server-errors", 0.5)) throw awsError("InternalError", 500);
    return output;
  };
}

/** The SDK repeats a put whose answer was lost, or gives up; both happen. */
function tableWire({ table, timeline, weather, truth, draw }: Wired): Answer {
  const weathered = weatheredBy(timeline, weather, draw);
  return async (service, command, input) => {
    await weathered.wait("lively");
    weathered.crash();
    if (weathered.strikes("table-trouble", 0.5)) throw unanswered();
    const output = await table(service, command, input);
    truth.after(command, input, output);
    await weathered.wait("brisk");
    weathered.crash();
    if (!weathered.strikes("table-trouble", 0.5)) return output;
    if (draw.chance(0.5)) throw unanswered();
    return await table(service, command, input);
  };
}

const unanswered = (): Error => Object.assign(new Error("no answer came"), { name: "TimeoutError" });

function weatheredBy(timeline: Timeline, weather: Weather, draw: Draw) {
  const force = (kind: FaultKind): number => weather.force(kind, timeline.now);
  const strikes = (kind: FaultKind, share = 1): boolean => {
    const rate = force(kind) * (rates[kind] ?? 0) * share;
    return rate > 0 && draw.chance(rate);
  };
  const latencyMs = (): number => draw.between(1, latencyMaxMs) + (strikes("pauses") ? draw.between(0, pauseMaxMs) : 0);
  return {
    force,
    strikes,
    wait: (pace: "lively" | "brisk"): Promise<void> => {
      const until: EpochMs = timeline.now + Math.round(pace === "lively" ? latencyMs() : draw.between(1, 20));
      return timeline.until(until);
    },
    crash: (): void => {
      if (strikes("crashes")) throw new Crash("the evaluator died");
    },
  };
}
