// An account of imagined fleets, looked after by the code that is deployed, in virtual time: every call is counted, takes the
// time that AWS takes, and reaches the cloud of the fleet that it is about.
import { createAwsAlmanac } from "../aws/history/index.ts";
import {
  type Answer,
  answeredClients,
  answeredTable,
  createAwsWorld,
  createMemoryTable,
  reconcile,
} from "../aws/index.ts";
import { fleetTag, refresh } from "../control/index.ts";
import { assert, type DurationMs, type EpochMs, minuteMs, secondMs } from "../core/index.ts";
import { type Look, type Looking, parseLook } from "../looks/index.ts";
import {
  type Cloud,
  calmFaults,
  createCloud,
  createTimeline,
  defaultPlant,
  type Random,
  type Timeline,
  usualCloud,
} from "../sim/index.ts";
import { type Call, counting } from "./counting.ts";
import { imaginedPolicy, type Variant } from "./imaginedPolicy.ts";
import { imagineWarming, nobodyWarms } from "./imaginedWarming.ts";
import type { Buckets } from "./quotas.ts";
import type { MetricsInput } from "./usage.ts";

export interface Account {
  readonly timeline: Timeline;
  /** A process of evaluate's: what it remembers, it remembers alone. */
  createProcess(): Looking;
  readonly fleets: readonly string[];
  /** All since it began, those of forecasts and warm-ups apart. */
  readonly calls: readonly Call[];
  readonly forecastCalls: readonly Call[];
  /** Of warm-ups, and what they took of functions. */
  readonly warmCalls: readonly Call[];
  /** A batch of forecast's: every fleet's forecast made, side by side. */
  makeForecasts(): Promise<void>;
  /** That reconcile has put. */
  readonly alarmCount: number;
}

export interface Imagined {
  readonly fleetCount: number;
  readonly startAt: EpochMs;
  /** Requests to a fleet, by its place among them, in the minute that starts so long after the start. */
  readonly load: (sinceStartMs: DurationMs, index: number) => number;
  readonly variant: Variant;
  /** What is refused for coming too fast. */
  readonly buckets: Buckets;
  readonly random: Random;
  /** Told of each look that the deployed code sends to the queue. */
  onSent(at: EpochMs, look: Look): void;
}

const stage = "cost";
const idsEach = 1_000_000;
/** How long a process waits for looks that ask alike, as deployed. */
const gatherMs: DurationMs = 15;

/** As a deploy leaves it: reconcile has run. */
export async function imagine(given: Imagined): Promise<Account> {
  const { fleetCount, startAt, load, buckets, random, onSent } = given;
  const fleets = Array.from({ length: fleetCount }, (_, index) => `fleet-${String(index).padStart(5, "0")}`);
  const policies = new Map(fleets.map((fleet) => [fleet, imaginedPolicy(fleet, given.variant)]));
  const timeline = createTimeline(startAt, () => {});
  const cloudAt = cloudsOf(fleets, timeline, { startAt, load });
  const calls: Call[] = [];
  const forecastCalls: Call[] = [];
  const memory = createMemoryTable();
  const counted = counting(timeline, calls, buckets);
  const table = answeredTable(counted(memory.answer), stage);
  const queue = counted(() => ({}));
  const policyOf = async (fleet: string) => known(policies.get(fleet), fleet);
  const cloudOfFleet = (fleet: string): Cloud => known(cloudAt(fleets.indexOf(fleet)), fleet);
  const warming =
    given.variant === "warms"
      ? imagineWarming({
          ...{ timeline, buckets, policyOf, onSent, stage },
          ...{ cloudOf: cloudOfFleet, cloud: routed(cloudAt), kept: memory.answer },
        })
      : nobodyWarms;
  const waiting = {
    gatherMs,
    wait: (ms: DurationMs) => timeline.until(timeline.now + ms),
    random: () => random.uniform(),
  };
  const createProcess = (): Looking => ({
    world: createAwsWorld({
      clients: answeredClients(counted(routed(cloudAt))),
      table,
      now: () => timeline.now,
      evaluator: () => String(calls.length),
      warmer: warming.warmer,
      abortIn: () => new AbortController().signal,
      waiting,
    }),
    table,
    policyOf,
    send: async ({ body, delaySeconds }) => {
      await queue("SQS", "SendMessage", {});
      onSent(timeline.now + delaySeconds * secondMs, parseLook(body));
    },
  });
  const { put } = await reconcile({
    clients: answeredClients(routed(cloudAt)),
    table: answeredTable(memory.answer, stage),
    policies: [...policies.values()].map(({ policy }) => policy),
    now: () => startAt,
    until: Number.POSITIVE_INFINITY,
  });
  const makeForecasts = async (): Promise<void> => {
    const ofForecasts = counting(timeline, forecastCalls, buckets);
    const { metrics } = answeredClients(ofForecasts(routed(cloudAt)));
    const kept = answeredTable(ofForecasts(memory.answer), stage);
    const almanac = createAwsAlmanac({ metrics, table: kept, now: () => timeline.now, waiting });
    await Promise.all([...policies.values()].map(({ policy }) => refresh(almanac, policy)));
  };
  const warmCalls = warming.calls;
  return { timeline, createProcess, fleets, calls, forecastCalls, warmCalls, makeForecasts, alarmCount: put.length };
}

/** The cloud of a fleet, by its place: as of now, its minutes closed at their starts, as the simulator closes them. */
function cloudsOf(
  fleets: readonly string[],
  timeline: Timeline,
  { startAt, load }: Pick<Imagined, "startAt" | "load">,
): (index: number) => Cloud | undefined {
  const clouds = fleets.map((fleet, index) => ({
    cloud: cloudOf(fleet, index, { startAt, load: (at) => load(at - startAt, index) }),
    minuteAt: startAt,
  }));
  return (index) => {
    const one = clouds[index];
    if (!one) return undefined;
    for (; one.minuteAt <= timeline.now; one.minuteAt += minuteMs) {
      one.cloud.advanceTo(one.minuteAt);
      one.cloud.closeMinute(one.minuteAt);
    }
    one.cloud.advanceTo(timeline.now);
    return one.cloud;
  };
}

interface CloudTraffic {
  readonly startAt: EpochMs;
  readonly load: (at: EpochMs) => number;
}

function cloudOf(fleet: string, index: number, { startAt, load }: CloudTraffic): Cloud {
  const cloud = createCloud({
    ...usualCloud,
    plant: defaultPlant,
    seed: index,
    startAt,
    traffic: { load, filled: () => false },
    faults: calmFaults(),
    targetGroup: { name: `${fleet}-web`, loadBalancerName: fleet, tags: {} },
    launchTemplate: { ...usualCloud.launchTemplate, name: `${fleet}-web` },
    idsFrom: index * idsEach + 1,
  });
  cloud.seedServing(Math.ceil(load(startAt) / 700), { [fleetTag]: `${stage}/${fleet}` });
  return cloud;
}

interface MetricsOutput {
  readonly MetricDataResults: readonly object[];
}
/** The looks of a batch have ids of their own: `f0_…`, `f1_…`. */
const askerOf = ({ Id }: { readonly Id: string }): string => Id.split("_")[0] ?? "";

function known<T>(found: T | undefined, what: string): T {
  assert(found !== undefined, `a call is about an imagined fleet: ${what}`);
  return found;
}

/** Everything that is asked names its fleet or one of its instances; of metrics one call may ask for many fleets. */
function routed(cloudAt: (index: number) => Cloud | undefined): Answer {
  const cloudOfText = (text: string): Cloud | "nobody's" => {
    const [, named] = /fleet-(\d{5})/.exec(text) ?? [];
    const [, id] = /i-([0-9a-f]{17})/.exec(text) ?? [];
    if (named === undefined && id === undefined) return "nobody's";
    return known(cloudAt(named ? Number(named) : Math.floor((Number.parseInt(id ?? "", 16) - 1) / idsEach)), text);
  };
  return (service, command, input) => {
    if (command !== "GetMetricData") {
      const cloud = cloudOfText(JSON.stringify(input));
      // What is asked of the whole account, before there was a Tidegate: there is nothing.
      return cloud === "nobody's" ? {} : cloud.answer(service, command, input);
    }
    const asked = input as MetricsInput;
    const askers = new Set(asked.MetricDataQueries.map(askerOf));
    const answers = [...askers].map((asker) => {
      const MetricDataQueries = asked.MetricDataQueries.filter((query) => askerOf(query) === asker);
      const cloud = cloudOfText(JSON.stringify(MetricDataQueries));
      assert(cloud !== "nobody's", "a metric is a fleet's");
      return cloud.answer(service, command, { ...asked, MetricDataQueries }) as MetricsOutput;
    });
    return { MetricDataResults: answers.flatMap(({ MetricDataResults }) => MetricDataResults) };
  };
}
