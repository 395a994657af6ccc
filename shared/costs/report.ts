// What so many fleets use and cost, and whether all are looked at in time.
import type { DurationMs } from "../core/index.ts";
import { batchSizeMax } from "./assumptions.ts";
import { type Bill, billOfAccount, billOfFleet } from "./bill.ts";
import { asPublished, countBusy, countCalm, countForecasting, countRamp, type OnMinute, type Ramp } from "./counted.ts";
import type { Ended } from "./eventSource.ts";
import { type Forecasting, forecastingOf } from "./forecasting.ts";
import { type Haproxy, haproxyOf } from "./haproxy.ts";
import { type Demand, limitsMet, type Met, raisedFor } from "./needed.ts";
import { prices, pricesOf } from "./prices.ts";
import { callCount, times, type Usage } from "./usage.ts";
import { type Warming, warmingOf } from "./warming.ts";

export interface FleetCost {
  /** Of one fleet in an hour. */
  readonly usage: Usage;
  /** To everything but EC2 and the load balancer, those that dispatch makes for it included. */
  readonly otherCallsPerMinute: number;
  readonly ec2CallsPerMinute: number;
  readonly bill: Bill;
}

export interface CostReport {
  readonly fleetCount: number;
  /** USD, by what is paid for. */
  readonly prices: { readonly of: string; readonly usd: Readonly<Record<string, number>> };
  readonly calm: FleetCost;
  readonly busy: FleetCost;
  /** What a rule that forecasts adds to a calm fleet; and one forecast made. */
  readonly forecasting: Forecasting & { readonly bill: Bill };
  readonly warming: Warming;
  readonly haproxy: Haproxy;
  readonly account: Bill;
  /** From when a look is due to its begin, and to its end. */
  readonly waits: { readonly begun: Spread; readonly ended: Spread };
  readonly ramp: {
    readonly fleetCount: number;
    readonly launched: Spread;
    readonly withinMinuteRatio: number;
    readonly neediest: Spread;
    readonly leastNeedy: Spread;
    readonly throttledCount: number;
    readonly invocationsMost: number;
  };
  readonly limits: readonly Met[];
}

/** `never` is longer than anything. */
export interface Spread {
  readonly median: DurationMs | "never";
  readonly p99: DurationMs | "never";
  readonly longest: DurationMs | "never";
}

/** Busy fleets are counted a batch at a time: more of them use no more each. */
const busyFleetsMax = 10;
/** Fleets of which the demand of one that ramps is counted: few enough that none is throttled. */
const sampleFleets = 50;

/** Minutes or less up to a thousand fleets; `onStep` is told what is being counted. */
export async function costOf(fleetCount: number, onStep: (what: string) => OnMinute): Promise<CostReport> {
  const forecasting = await forecastingCost(onStep("a batch that forecasts"));
  const demand = { ...(await demandOf(onStep("a few that ramp"))), forecast: forecasting.made };
  const raised = raisedFor(fleetCount, demand);
  const busyCount = Math.min(fleetCount, busyFleetsMax);
  const busy = await countBusy({ fleetCount: busyCount, variant: "plain" }, onStep("a batch that is busy"));
  const warm = await countBusy({ fleetCount: busyCount, variant: "warms" }, onStep("a batch that is busy and warms"));
  const calm = await countCalm(fleetCount, raised, onStep("all, calm"));
  const ramp = await countRamp(fleetCount, raised, onStep("all, a fifth of them in a ramp"));
  const each = {
    calm: costEach(calm.usage, fleetCount, calm.alarmCount),
    busy: costEach(busy.usage, busyCount, busy.alarmCount),
  };
  return {
    fleetCount,
    prices: { of: pricesOf, usd: prices },
    ...each,
    forecasting,
    warming: warmingOf(busy, warm, busyCount),
    haproxy: haproxyOf(each.calm.usage, each.busy.usage),
    account: billOfAccount(),
    waits: { begun: spreadOf(calm.ended.map(toBegin)), ended: spreadOf(calm.ended.map(toEnd)) },
    ramp: summed(ramp),
    limits: limitsMet(fleetCount, demand),
  };
}

const toBegin = ({ due, beganAt }: Ended): DurationMs => beganAt - due.at;
const toEnd = ({ due, endedAt }: Ended): DurationMs => endedAt - due.at;

/** Of looks that dispatch sends, ten go in one call. */
const dispatchedPerMinute = 0.2 / 10;

function costEach(usage: Usage, fleetCount: number, alarmCount: number): FleetCost {
  const each = times(usage, 1 / fleetCount);
  return {
    usage: each,
    otherCallsPerMinute: callCount(each, ["CloudWatch", "DynamoDB", "SQS"]) / 60 + dispatchedPerMinute,
    ec2CallsPerMinute: callCount(each, ["EC2", "ElasticLoadBalancingV2"]) / 60,
    bill: billOfFleet(each, alarmCount / fleetCount),
  };
}

/** A batch of forecast's. */
async function forecastingCost(onMinute: OnMinute): Promise<CostReport["forecasting"]> {
  const fleetCount = batchSizeMax;
  const plain = await countForecasting({ fleetCount, variant: "plain" }, () => {});
  const forecasting = forecastingOf(
    plain,
    await countForecasting({ fleetCount, variant: "forecasts" }, onMinute),
    fleetCount,
  );
  const none = billOfFleet({}, 0);
  const bill = billOfFleet(forecasting.hour, 0).map(({ what, usd }, index) => ({
    what,
    usd: usd - (none[index]?.usd ?? 0),
  }));
  return { ...forecasting, bill };
}

async function demandOf(onMinute: OnMinute): Promise<Omit<Demand, "forecast">> {
  const { busiestMinute, launches } = await countRamp(sampleFleets, asPublished, onMinute);
  const calm = await countCalm(sampleFleets, asPublished, () => {});
  return { ramping: times(busiestMinute, 1 / launches.length), calm: times(calm.usage, 1 / sampleFleets / 60) };
}

function summed({ launches, throttledCount, invocationsMost }: Ramp): CostReport["ramp"] {
  const neediestFirst = launches.toSorted((a, b) => b.shortRatio - a.shortRatio);
  const tenth = Math.ceil(launches.length / 10);
  const times = launches.map(({ tookMs }) => tookMs);
  return {
    fleetCount: launches.length,
    launched: spreadOf(times),
    withinMinuteRatio: times.filter((ms) => ms !== "never" && ms <= 60_000).length / times.length,
    neediest: spreadOf(neediestFirst.slice(0, tenth).map(({ tookMs }) => tookMs)),
    leastNeedy: spreadOf(neediestFirst.slice(-tenth).map(({ tookMs }) => tookMs)),
    throttledCount,
    invocationsMost,
  };
}

function spreadOf(times: readonly (DurationMs | "never")[]): Spread {
  const sorted = times.toSorted((a, b) => asNumber(a) - asNumber(b));
  const at = (share: number): DurationMs | "never" =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? "never";
  return { median: at(0.5), p99: at(0.99), longest: at(1) };
}

const asNumber = (ms: DurationMs | "never"): number => (ms === "never" ? Number.POSITIVE_INFINITY : ms);
