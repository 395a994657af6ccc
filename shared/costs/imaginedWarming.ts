// Warm-ups of imagined fleets: begun and ended by the code that is deployed, and as long as the imagined instance takes.
import { type Answer, answeredClients, answeredTable, type Warmer, type WarmOrder } from "../aws/index.ts";
import { createWarmCalls, lambda, ssm } from "../aws/warm/index.ts";
import { assert, type DurationMs, type EpochMs, ok, secondMs } from "../core/index.ts";
import type { WarmResult } from "../engine/index.ts";
import {
  endWarming,
  isWorthALook,
  type Look,
  lookOf,
  parseWarmMessage,
  startWarming,
  type Warming,
  warmMessage,
} from "../looks/index.ts";
import type { Cloud, Timeline } from "../sim/index.ts";
import {
  batchingMs,
  loggedBytesPerInvocation,
  loggedBytesPerWarmUp,
  warmingCpuMs,
  warmingsAtOnce,
} from "./assumptions.ts";
import { type Call, counting } from "./counting.ts";
import type { Buckets } from "./quotas.ts";
import type { Usage } from "./usage.ts";

export interface Warmups {
  /** What evaluate has a fleet's instances warmed by. */
  readonly warmer: Warmer;
  /** All since it began: calls, and what functions took. */
  readonly calls: readonly Call[];
}
export const nobodyWarms: Warmups = { warmer: { kind: "none" }, calls: [] };

interface Given extends Pick<Warming, "policyOf"> {
  /** What is refused for coming too fast. */
  readonly buckets: Buckets;
  /** Told of each look that the deployed code sends to the queue. */
  onSent(at: EpochMs, look: Look): void;
  readonly timeline: Timeline;
  readonly stage: string;
  readonly cloudOf: (fleet: string) => Cloud;
  /** What answers EC2's client and the load balancer's, and the table's. */
  readonly cloud: Answer;
  readonly kept: Answer;
}

export function imagineWarming(given: Given): Warmups {
  const calls: Call[] = [];
  const spend = (command: string, usage: Usage): void =>
    void calls.push({ service: "Lambda", command, at: given.timeline.now, usage });
  const machine = { ...given, spend, ...answered(given, calls), lanes: Array(warmingsAtOnce).fill(Promise.resolve()) };
  return {
    calls,
    warmer: {
      kind: "warmer",
      start: async ({ fleet }, order) => {
        await machine.queue();
        const lane = machine.lanes.shift() ?? Promise.resolve();
        machine.lanes.push(lane.then(() => begin(machine, { fleet, order })));
      },
    },
  };
}

interface Machine extends Given {
  /** Processes of `warming` that take wishes, one after the other: when each has ended all that it was given. */
  readonly lanes: Promise<void>[];
  readonly warming: Warming;
  /** One message more in some queue. */
  readonly queue: () => Promise<void>;
  /** Lambda takes the event. */
  readonly invoke: () => Promise<void>;
  readonly spend: (command: string, usage: Usage) => void;
}

function answered({ timeline, buckets, cloud, kept, stage, policyOf }: Given, calls: Call[]) {
  const counted = counting(timeline, calls, buckets);
  const [queue, invoke] = [counted(() => ({})), counted(() => ({}))];
  const clients = { ...answeredClients(counted(addressed(cloud))), lambda, ssm };
  const now = (): number => timeline.now;
  return {
    warming: {
      calls: createWarmCalls(clients, now),
      table: answeredTable(counted(kept), stage),
      now,
      policyOf,
      send: byNoCommand,
      warmer: "warm",
      document: "",
    },
    queue: async () => void (await queue("SQS", "SendMessage", {})),
    invoke: async () => void (await invoke("Lambda", "Invoke", {})),
  };
}

const byNoCommand = (): never => {
  throw new Error("imagined fleets are warmed by our function");
};

interface Imaginary {
  readonly Reservations?: readonly { readonly Instances: readonly object[] }[];
}

/** The imagined cloud has no addresses, and whoever warms asks for one. */
const addressed =
  (cloud: Answer): Answer =>
  async (service, command, input) => {
    const answer = await cloud(service, command, input);
    const { Reservations: reservations } = answer as Imaginary;
    if (reservations === undefined) return answer;
    const Reservations = reservations.map(({ Instances, ...rest }) => ({
      ...rest,
      Instances: Instances.map((instance) => ({ PrivateIpAddress: "10.0.0.1", ...instance })),
    }));
    return { ...answer, Reservations };
  };

interface Instance {
  readonly fleet: string;
  readonly instance: string;
}

/** An invocation of `warming`, by a message of its own. */
async function invoked<T>({ timeline, spend }: Machine, run: () => Promise<T>): Promise<T> {
  const beganAt = timeline.now;
  const ran = await run();
  const usage = { "warming invocations": 1, "warming ms": timeline.now - beganAt + warmingCpuMs };
  spend("warming", { ...usage, "logged bytes": loggedBytesPerInvocation });
  return ran;
}

async function begin(
  machine: Machine,
  { fleet, order }: { readonly fleet: string; readonly order: WarmOrder },
): Promise<void> {
  const invokeLater = async () => {
    await machine.invoke();
    void warm(machine, { fleet, instance: order.instance });
    return ok(undefined);
  };
  const message = parseWarmMessage(warmMessage(fleet, order).body);
  assert(message.kind === "start", "a wish is one");
  const calls = { ...machine.warming.calls, invokeLater };
  await invoked(machine, () => startWarming({ ...machine.warming, calls }, message));
}

/** Until it is warm, or its time is up. */
async function warm(machine: Machine, { fleet, instance }: Instance): Promise<void> {
  const { timeline, cloudOf, policyOf, spend } = machine;
  const { warm: asked } = (await policyOf(fleet)).policy;
  assert(asked.kind === "http", "the imagined policy warms");
  const cloud = cloudOf(fleet);
  cloud.startWarm(instance);
  const durationMs = lastingMs(cloud, instance, asked.timeoutMs);
  await timeline.until(timeline.now + durationMs);
  const usage = { "warm-ups": 1, "warm ms": durationMs };
  spend("warm", { ...usage, "logged bytes": loggedBytesPerWarmUp + loggedBytesPerInvocation });
  const verdict = durationMs < asked.timeoutMs ? "under-bound" : "time-up";
  await end(machine, { fleet, instance }, { ...measured, verdict, durationMs });
}

/** The imagined cloud knows by now when the instance will be warm: to the second, by halves. */
function lastingMs(cloud: Cloud, instance: string, timeoutMs: DurationMs): DurationMs {
  const isWarmAfter = (ms: DurationMs): boolean =>
    cloud.describe(cloud.now + ms).some(({ id, warm }) => id === instance && warm.kind === "done");
  let [from, to] = [0, timeoutMs];
  while (to - from > secondMs) {
    const middle = Math.round((from + to) / 2);
    if (isWarmAfter(middle)) to = middle;
    else from = middle;
  }
  return to;
}

const measured = { requests: 240, firstP95Ms: 820, lastP95Ms: 95, hitRatio: "none", trouble: "" } as const;

/** Through the destination, and to the fleet: a look follows. */
async function end(machine: Machine, requestPayload: Instance, responsePayload: WarmResult): Promise<void> {
  const { timeline, queue, warming, onSent } = machine;
  await queue();
  await timeline.until(timeline.now + batchingMs);
  const told = { requestContext: { condition: "Success" }, requestPayload, responsePayload };
  const message = parseWarmMessage(JSON.stringify(told));
  assert(message.kind === "ended", "an end is one");
  await invoked(machine, async () => {
    if (!isWorthALook(await endWarming(warming, message))) return;
    await queue();
    onSent(timeline.now, lookOf(message.fleet, { sight: "whole" }));
  });
}
