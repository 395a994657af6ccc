// The event source between the queue and evaluate, as Lambda documents it: a handful of pollers, each gathering a batch for a
// second; more of them, minute by minute, while looks wait.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
import type { Tick } from "../control/index.ts";
import { type EpochMs, minuteMs } from "../core/index.ts";
import { type Look, type Looking, lookAt } from "../looks/index.ts";
import type { Random } from "../sim/index.ts";
import {
  batchingMs,
  batchSizeMax,
  loggedBytesPerInvocation,
  loggedBytesPerLook,
  lookCpuMs,
  pollersAtRest,
} from "./assumptions.ts";
import type { Account } from "./imagined.ts";
import { concurrencyMax, pollersMorePerMinute } from "./quotas.ts";
import { plus, type Usage } from "./usage.ts";

export interface Due {
  readonly at: EpochMs;
  readonly look: Look;
}
export interface Ended {
  readonly due: Due;
  readonly beganAt: EpochMs;
  readonly endedAt: EpochMs;
  readonly looked: Tick | { readonly kind: "behind" };
}

export interface EventSource {
  /** To be looked at when it is due. */
  deliver(due: Due): void;
  readonly ended: readonly Ended[];
  /** All invocations that have ended. */
  readonly used: Usage;
  /** The most that ran at once. */
  readonly invocationsMost: number;
}

const morePollersMs = minuteMs / pollersMorePerMinute;

export function createEventSource(
  { timeline, createProcess }: Pick<Account, "timeline" | "createProcess">,
  random: Random,
): EventSource {
  const ended: Ended[] = [];
  const waiting: Due[] = [];
  const gathering: Due[][] = [];
  /** Those that run nothing, the last one that did first. */
  const processes: Looking[] = [];
  let pollers = pollersAtRest;
  let idle = pollersAtRest;
  let running = 0;
  let invocationsMost = 0;
  let used: Usage = {};
  let growing = false;

  /** SQS gives a message to any of those who ask. */
  function arrive(due: Due): void {
    const turn = Math.floor(random.uniform() * (idle + gathering.length));
    const batch = gathering[turn];
    if (batch) join(batch, due);
    else if (idle > 0) gather([due]);
    else {
      waiting.push(due);
      void grow();
    }
  }

  function join(batch: Due[], due: Due): void {
    batch.push(due);
    if (batch.length === batchSizeMax) void close(batch);
  }

  function gather(batch: Due[]): void {
    idle -= 1;
    gathering.push(batch);
    void timeline.until(timeline.now + batchingMs).then(() => close(batch));
  }

  async function close(batch: Due[]): Promise<void> {
    const at = gathering.indexOf(batch);
    if (at < 0) return;
    gathering.splice(at, 1);
    await invoke(batch);
  }

  async function invoke(batch: readonly Due[]): Promise<void> {
    const beganAt = timeline.now;
    running += 1;
    invocationsMost = Math.max(invocationsMost, running);
    const looking = processes.pop() ?? createProcess();
    await Promise.all(batch.map((due) => look(looking, due, beganAt)));
    processes.push(looking);
    running -= 1;
    used = plus(used, usageOf(batch.length, timeline.now - beganAt));
    free();
  }

  async function look(looking: Looking, due: Due, beganAt: EpochMs): Promise<void> {
    const looked = await lookAt(looking, due.look);
    ended.push({ due, beganAt, endedAt: timeline.now, looked });
  }

  function free(): void {
    const batch = waiting.splice(0, batchSizeMax);
    if (batch.length > 0) void invoke(batch);
    else idle += 1;
  }

  async function grow(): Promise<void> {
    if (growing) return;
    growing = true;
    while (waiting.length > 0 && pollers < concurrencyMax) {
      await timeline.until(timeline.now + morePollersMs);
      pollers += 1;
      free();
    }
    growing = false;
  }

  return {
    deliver: (due) => void timeline.until(due.at).then(() => arrive(due)),
    ended,
    get used() {
      return used;
    },
    get invocationsMost() {
      return invocationsMost;
    },
  };
}

const usageOf = (lookCount: number, tookMs: number): Usage => ({
  looks: lookCount,
  invocations: 1,
  "lambda ms": tookMs + lookCount * lookCpuMs,
  "logged bytes": lookCount * loggedBytesPerLook + loggedBytesPerInvocation,
});
