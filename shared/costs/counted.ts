// Accounts of imagined fleets, looked after by the code that is deployed: what it used, and how long looks waited.
import { type DurationMs, dayMs, type EpochMs, hourMs, minuteMs, secondMs } from "../core/index.ts";
import { heartbeatLooks, heartbeatSeconds, lookOf, watchCountMax } from "../looks/index.ts";
import { createRandom, defaultPlant } from "../sim/index.ts";
import { historyMs, loggedBytesPerInvocation, loggedBytesPerLook, refreshCpuMs, wakeMs } from "./assumptions.ts";
import type { Call } from "./counting.ts";
import { createEventSource, type Ended, type EventSource } from "./eventSource.ts";
import { type Account, imagine } from "./imagined.ts";
import type { Variant } from "./imaginedPolicy.ts";
import { createBuckets, type Limit } from "./quotas.ts";
import { combined, minus, times, type Usage } from "./usage.ts";

const startAt: EpochMs = Date.UTC(2026, 0, 6);
/** By then every fleet has been looked at whole, and is seen to be at rest. */
const warmUpMs = 15 * minuteMs;
const beatMs = heartbeatSeconds * secondMs;
/** Fleets of which an hour is counted; of more, two heartbeats. */
const hourFleetsMax = 100;

/** Says how far it has come: minutes played, of so many. */
export type OnMinute = (done: number, total: number) => void;

/** By how much each limit is multiplied. */
export type Raised = (limit: Limit) => number;
export const asPublished: Raised = () => 1;

const calmLoad = 3_000;

/** By four parts in a hundred at most: no other number of instances. */
function unevenLoad(sinceMs: DurationMs): number {
  const minute = Math.floor(sinceMs / minuteMs);
  const chance = Math.abs(Math.sin(minute * 12.9898) * 43_758.5453) % 1;
  return Math.round(calmLoad * (1 + 0.02 * Math.sin((2 * Math.PI * sinceMs) / dayMs) + 0.02 * (2 * chance - 1)));
}

/** Up to sevenfold and back within the hour: something boots or drains in two minutes of three. */
const busyLoad = (sinceMs: DurationMs): number =>
  Math.round(20_000 + 15_000 * Math.sin((2 * Math.PI * sinceMs) / hourMs));

export interface Counted {
  /** Of all fleets together, for an hour. */
  readonly usage: Usage;
  readonly ended: readonly Ended[];
  readonly alarmCount: number;
  /** Of all forecasts made once. */
  readonly forecastUsage: Usage;
  /** Of all warm-ups of an hour, beside what looks use. */
  readonly warmUsage: Usage;
}

/** Fleets at rest. */
export function countCalm(fleetCount: number, raised: Raised, onMinute: OnMinute): Promise<Counted> {
  const lastsMs = fleetCount > hourFleetsMax ? 2 * beatMs : hourMs;
  return counted({ fleetCount, load: () => calmLoad, lastsMs, raised, variant: "plain" }, onMinute);
}

/** Fleets at rest that forecast, or that do not; their minutes differ as a site's do, so that a forecast is as large as a site's. */
export const countForecasting = (
  { fleetCount, variant }: Pick<Counting, "fleetCount" | "variant">,
  onMinute: OnMinute,
): Promise<Counted> =>
  counted({ fleetCount, load: unevenLoad, lastsMs: hourMs, raised: asPublished, variant }, onMinute);

/** Fleets whose requests rise and fall all the time. */
export const countBusy = (
  { fleetCount, variant }: Pick<Counting, "fleetCount" | "variant">,
  onMinute: OnMinute,
): Promise<Counted> => counted({ fleetCount, load: busyLoad, lastsMs: hourMs, raised: asPublished, variant }, onMinute);

interface Counting {
  readonly fleetCount: number;
  readonly load: (sinceMs: DurationMs) => number;
  readonly lastsMs: DurationMs;
  readonly raised: Raised;
  readonly variant: Variant;
}

async function counted(counting: Counting, onMinute: OnMinute): Promise<Counted> {
  const { lastsMs } = counting;
  const { account, source } = await begin(counting);
  const forecasting = makeForecasts(account, counting);
  const total = (warmUpMs + lastsMs) / minuteMs;
  await play(account, startAt + warmUpMs, (done) => onMinute(done, total));
  const [callCount, lookCount, before] = [account.calls.length, source.ended.length, source.used];
  const warmCount = account.warmCalls.length;
  await play(account, startAt + warmUpMs + lastsMs, (done) => onMinute(done, total));
  const hours = lastsMs / hourMs;
  const usage = hourly(account.calls.slice(callCount), { ...minus(source.used, before) }, hours);
  const warmUsage = hourly(account.warmCalls.slice(warmCount), {}, hours);
  const ended = source.ended.slice(lookCount);
  return { usage, ended, alarmCount: account.alarmCount, forecastUsage: await forecasting, warmUsage };
}

const hourly = (calls: readonly Call[], others: Record<string, number>, hours: number): Usage =>
  times(
    calls.reduce((sum, { usage }) => added(sum, usage), others),
    1 / hours,
  );

/** Beside the looks of the first minutes. */
async function makeForecasts(account: Account, { variant, fleetCount }: Counting): Promise<Usage> {
  if (variant !== "forecasts") return {};
  const beganAt = account.timeline.now;
  await account.makeForecasts();
  const used = account.forecastCalls.reduce((sum, { usage }) => added(sum, usage), {});
  const ms = account.timeline.now - beganAt + historyMs + fleetCount * refreshCpuMs;
  const logged = fleetCount * loggedBytesPerLook + loggedBytesPerInvocation;
  return { ...used, forecasts: fleetCount, "lambda ms": ms, "logged bytes": logged };
}

/** In place: there are millions. */
function added(sum: Record<string, number>, usage: Usage): Record<string, number> {
  for (const [key, count] of Object.entries(usage)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

export interface Ramp {
  /** One for each fleet that ramped. */
  readonly launches: readonly Launch[];
  readonly throttledCount: number;
  /** The calls of the minute that saw most of them. */
  readonly busiestMinute: Usage;
  readonly invocationsMost: number;
}
export interface Launch {
  /** How much more it wanted than it had: 1 for twice as much. */
  readonly shortRatio: number;
  /** From the minute's alarm to the end of the look that launched; `never` within `rampWatchedMs`. */
  readonly tookMs: DurationMs | "never";
}

/** Every fifth fleet. */
const rampEvery = 5;
/** The alarms come between two heartbeats. */
const rampMs = warmUpMs - minuteMs;
const rampWatchedMs = 8 * minuteMs;
/** From a third more to four times as much, evenly. */
const factorOf = (index: number): number => 1.33 + (((index / rampEvery) * 0.618) % 1) * 2.67;

/** A minute in which the requests of every fifth fleet rise, and all their alarms come at once. */
export async function countRamp(fleetCount: number, raised: Raised, onMinute: OnMinute): Promise<Ramp> {
  const isRamping = (index: number): boolean => index % rampEvery === 0;
  const load = (sinceMs: DurationMs, index: number): number =>
    Math.round(sinceMs >= rampMs && isRamping(index) ? calmLoad * factorOf(index) : calmLoad);
  const { account, source } = await begin({ fleetCount, load, raised, variant: "plain" });
  const alarmAt = startAt + rampMs + defaultPlant.lagSeconds * secondMs;
  const ramping = account.fleets.filter((_, index) => isRamping(index));
  for (const fleet of ramping)
    source.deliver({ at: alarmAt + wakeMs, look: lookOf(fleet, { watchCount: watchCountMax }) });
  const total = (alarmAt - startAt + rampWatchedMs) / minuteMs;
  await play(account, alarmAt, (done) => onMinute(done, total));
  const callCount = account.calls.length;
  await play(account, alarmAt + rampWatchedMs, (done) => onMinute(done, total));
  const launched = launchesBy(source, alarmAt);
  const launches = ramping.map((fleet): Launch => {
    const shortRatio = factorOf(account.fleets.indexOf(fleet)) - 1;
    return { shortRatio, tookMs: launched.get(fleet) ?? "never" };
  });
  const calls = account.calls.slice(callCount);
  return {
    launches,
    throttledCount: calls.filter(({ usage }) => "throttled" in usage).length,
    busiestMinute: busiestOf(calls, alarmAt),
    invocationsMost: source.invocationsMost,
  };
}

/** Of each call the most that any minute saw. */
function busiestOf(calls: readonly Call[], from: EpochMs): Usage {
  const minutes = new Map<number, Record<string, number>>();
  for (const { at, usage } of calls) {
    const minute = Math.floor((at - from) / minuteMs);
    minutes.set(minute, added(minutes.get(minute) ?? {}, usage));
  }
  return [...minutes.values()].reduce((most, usage) => combined(most, usage, Math.max), {});
}

/** By fleet: how long after the alarm its first launch was done. */
function launchesBy({ ended }: EventSource, alarmAt: EpochMs): ReadonlyMap<string, DurationMs> {
  const launched = new Map<string, DurationMs>();
  for (const { looked, endedAt, due } of ended)
    if (endedAt >= alarmAt && looked.kind === "done" && !launched.has(due.look.fleet) && hasLaunched(looked))
      launched.set(due.look.fleet, endedAt - alarmAt);
  return launched;
}

function hasLaunched({ row, outcomes }: Extract<Ended["looked"], { kind: "done" }>): boolean {
  const launches = new Set(row.decision.actions.filter(({ kind }) => kind === "launch").map(({ id }) => id));
  return outcomes.some(({ kind, action }) => kind === "done" && launches.has(action));
}

interface Begun {
  readonly account: Account;
  readonly source: EventSource;
}

async function begin(given: {
  readonly fleetCount: number;
  readonly load: (sinceMs: DurationMs, index: number) => number;
  readonly raised: Raised;
  readonly variant: Variant;
}): Promise<Begun> {
  const random = createRandom(1).fork("costs");
  const { fleetCount, load } = given;
  let source: EventSource | undefined;
  const account = await imagine({
    fleetCount,
    startAt,
    load,
    variant: given.variant,
    buckets: createBuckets(given.raised),
    random: random.fork("pauses"),
    onSent: (at, look) => source?.deliver({ at, look }),
  });
  source = createEventSource(account, random.fork("pollers"));
  void beat(account, source);
  return { account, source };
}

/** Every five minutes dispatch queues a look at each fleet, in its own second. */
async function beat({ timeline, fleets }: Account, source: EventSource): Promise<void> {
  for (let at = startAt; ; at += beatMs) {
    await timeline.until(at);
    for (const { look, delaySeconds } of heartbeatLooks(fleets, new Set()))
      source.deliver({ at: at + delaySeconds * secondMs, look });
  }
}

async function play({ timeline }: Account, to: EpochMs, onMinute: (done: number) => void): Promise<void> {
  while (timeline.now < to) {
    await timeline.playTo(Math.min(to, timeline.now + minuteMs));
    onMinute((timeline.now - startAt) / minuteMs);
  }
}
