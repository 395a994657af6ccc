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
/** Pollers that have had nothing to wait for so long are let go. */
const restedMs = minuteMs;

interface State {
  readonly ended: Ended[];
  readonly waiting: Due[];
  readonly gathering: Due[][];
  /** Those that run nothing, the last one that did first. */
  readonly processes: Looking[];
  pollers: number;
  idle: number;
  running: number;
  invocationsMost: number;
  used: Usage;
  growing: boolean;
  waitedAt: EpochMs;
}

type Machine = Pick<Account, "timeline" | "createProcess"> & { readonly state: State };

export function createEventSource(account: Pick<Account, "timeline" | "createProcess">, random: Random): EventSource {
  const state: State = {
    ended: [],
    waiting: [],
    gathering: [],
    processes: [],
    pollers: pollersAtRest,
    idle: pollersAtRest,
    running: 0,
    invocationsMost: 0,
    used: {},
    growing: false,
    waitedAt: account.timeline.now,
  };
  const machine: Machine = { ...account, state };
  return {
    deliver: (due) => void account.timeline.until(due.at).then(() => arrive(machine, due, random.uniform())),
    ended: state.ended,
    get used() {
      return state.used;
    },
    get invocationsMost() {
      return state.invocationsMost;
    },
  };
}

/** SQS gives a message to any of those who ask. */
function arrive(machine: Machine, due: Due, chance: number): void {
  const { state } = machine;
  rest(machine);
  const batch = state.gathering[Math.floor(chance * (state.idle + state.gathering.length))];
  if (batch) join(machine, batch, due);
  else if (state.idle > 0) gather(machine, [due]);
  else {
    state.waiting.push(due);
    void grow(machine);
  }
}

/** While nothing waits, the event source goes back to few pollers. */
function rest({ state, timeline }: Machine): void {
  if (timeline.now - state.waitedAt < restedMs) return;
  const spare = Math.min(state.idle, state.pollers - pollersAtRest);
  state.pollers -= spare;
  state.idle -= spare;
}

function join(machine: Machine, batch: Due[], due: Due): void {
  batch.push(due);
  if (batch.length === batchSizeMax) void close(machine, batch);
}

function gather(machine: Machine, batch: Due[]): void {
  const { state, timeline } = machine;
  state.idle -= 1;
  state.gathering.push(batch);
  void timeline.until(timeline.now + batchingMs).then(() => close(machine, batch));
}

async function close(machine: Machine, batch: Due[]): Promise<void> {
  const { gathering } = machine.state;
  const at = gathering.indexOf(batch);
  if (at < 0) return;
  gathering.splice(at, 1);
  await invoke(machine, batch);
}

async function invoke(machine: Machine, batch: readonly Due[]): Promise<void> {
  const { state, timeline, createProcess } = machine;
  const beganAt = timeline.now;
  state.running += 1;
  state.invocationsMost = Math.max(state.invocationsMost, state.running);
  const looking = state.processes.pop() ?? createProcess();
  const look = async (due: Due): Promise<void> => {
    const looked = await lookAt(looking, due.look);
    state.ended.push({ due, beganAt, endedAt: timeline.now, looked });
  };
  await Promise.all(batch.map(look));
  state.processes.push(looking);
  state.running -= 1;
  state.used = plus(state.used, usageOf(batch.length, timeline.now - beganAt));
  free(machine);
}

function free(machine: Machine): void {
  const { state } = machine;
  const batch = state.waiting.splice(0, batchSizeMax);
  if (batch.length > 0) void invoke(machine, batch);
  else state.idle += 1;
}

async function grow(machine: Machine): Promise<void> {
  const { state, timeline } = machine;
  if (state.growing) return;
  state.growing = true;
  while (state.waiting.length > 0 && state.pollers < concurrencyMax) {
    await timeline.until(timeline.now + morePollersMs);
    state.pollers += 1;
    state.waitedAt = timeline.now;
    free(machine);
  }
  state.growing = false;
}

const usageOf = (lookCount: number, tookMs: number): Usage => ({
  looks: lookCount,
  invocations: 1,
  "lambda ms": tookMs + lookCount * lookCpuMs,
  "logged bytes": lookCount * loggedBytesPerLook + loggedBytesPerInvocation,
});
