// One phase of the lab, from an empty machine to an empty machine: processes, HAProxy and load are started, the real loop runs, all of
// it ends.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { tick } from "../../shared/control/index.ts";
import { assert, minuteMs } from "../../shared/core/index.ts";
import type { WarmResult } from "../../shared/engine/index.ts";
import { sizeByRules, targetOf } from "../../shared/engine/index.ts";
import { createFleet, type Fleet } from "./fleet.ts";
import { createKeeper, type Keeper, slotsOf } from "./keeper.ts";
import { createMetrics, healthyCountOf, type Metrics } from "./metrics.ts";
import { type Gate, policyFor } from "./policy.ts";
import { startProcess } from "./process.ts";
import { type RunningProxy, startProxy } from "./proxy.ts";
import { type DecisionRecord, type MinuteRecord, type PhaseRun, withTallies } from "./records.ts";
import {
  beginsAt,
  type Clock,
  compressed,
  inFlightMax,
  loadAt,
  pathsOf,
  type Settings,
  slotCountFor,
} from "./settings.ts";
import type { Tally } from "./tally.ts";
import { startTraffic, type Traffic } from "./traffic.ts";
import type { Warmer } from "./warmer.ts";
import { createLabWorld } from "./world.ts";

export interface PhaseGiven {
  readonly name: string;
  readonly gate: Gate;
  readonly settings: Settings;
  /** HAProxy's. */
  readonly command: string;
  readonly warmer: Warmer;
  /** Of the loop; after so many it goes on until `answersMin` answers are there, and no longer than `minutesMax`. */
  readonly minutes: number;
  readonly minutesMax: number;
  readonly answersMin: number;
  /** A kill every so many minutes, or none. */
  readonly killEvery: number | "never";
  readonly signal: AbortSignal;
  readonly onMinute: (record: MinuteRecord) => void;
}

/** Looks in between, a quarter of a minute apart: what has drained leaves, what died is noticed. */
const stepsAMinute = 4;
/** A slot that a killed process leaves is freed within two minutes: with none left open the phase may end. */
const aftermathMinutes = 3;

export async function runPhase(given: PhaseGiven): Promise<PhaseRun> {
  const { settings, signal } = given;
  const startedMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedMs;
  const clock = compressed(settings.minuteTakesMs, elapsedMs);
  const slotCount = slotCountFor(settings);
  const fleet = createFleet({
    clock,
    start: startProcess(settings.instance),
    instanceType: "process",
    hasRoom: (livingCount) => livingCount < slotCount,
  });
  const proxy = await startProxy({
    command: given.command,
    slotCount,
    inFlightMax,
    runtimePort: "none",
    checkEveryMs: Math.max(100, Math.round(clock.taking(10_000))),
  });
  let traffic: Traffic | "none" = "none";
  try {
    await seed(given, fleet, proxy);
    traffic = await startTraffic({
      url: proxy.url,
      connectionCount: settings.load.connectionCount,
      paths: pathsOf(settings.instance),
      ages: { freshMs: settings.minuteTakesMs, oldIds: fleet.described().map(({ id }) => id) },
    });
    signal.throwIfAborted();
    return await play(given, { clock, elapsedMs, fleet, proxy, traffic });
  } finally {
    if (traffic !== "none") traffic.kill();
    await fleet.stop();
    await proxy.stop();
  }
}

/** The fleet that is there when the load begins: warm, and not counted as new. */
async function seed({ settings, warmer, signal }: PhaseGiven, fleet: Fleet, { haproxy }: RunningProxy): Promise<void> {
  const wanted = Math.ceil((loadAt(settings.load, 0) * 2) / settings.perInstancePerSecond);
  const count = Math.min(settings.max, Math.max(settings.min, wanted));
  const launched = fleet.launch({ onDemandCount: count, spotCount: 0, launchedBy: "seed" });
  assert(launched.kind === "all", "there is room for the first instances");
  const seeds = launched.machines;
  const { warm } = policyFor(settings, "with-gate").policy;
  assert(warm.kind === "http", "the gate's policy warms");
  const given = { ...warm, untilP95Ms: warm.untilP95Ms * 3, timeoutMs: 60_000 };
  await until(signal, async () => seeds.every(({ address }) => address !== "none"));
  const addresses = seeds.flatMap(({ address }) => (address === "none" ? [] : [address]));
  await Promise.all(addresses.map((address) => warmer(address, given)));
  // One after the other: each takes the first slot that is free.
  for (const address of addresses) {
    const registered = await haproxy.register(address);
    assert(registered.kind === "ok", `a seed is registered: ${JSON.stringify(registered)}`);
  }
  await until(signal, async () => healthyCountOf(await slotsOf(haproxy)) === count);
}

const triesMax = 600;

async function until(signal: AbortSignal, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < triesMax; tries++) {
    signal.throwIfAborted();
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error("the lab's first instances do not come up");
}

interface Stage {
  readonly clock: Clock;
  readonly elapsedMs: () => number;
  readonly fleet: Fleet;
  readonly proxy: RunningProxy;
  readonly traffic: Traffic;
}

async function play(given: PhaseGiven, stage: Stage): Promise<PhaseRun> {
  const { clock, fleet, proxy, traffic } = stage;
  const versioned = policyFor(given.settings, given.gate);
  const delayMs = versioned.policy.drain.timeoutMs;
  const keeper = createKeeper({ ...stage, haproxy: proxy.haproxy, delayMs });
  const [decisions, warmings, minutes]: [DecisionRecord[], WarmResult[], Omit<MinuteRecord, "tally">[]] = [[], [], []];
  const metrics = createMetrics({ at: clock.now(), slots: await slotsOf(proxy.haproxy) });
  const world = createLabWorld({
    clock,
    fleet,
    haproxy: proxy.haproxy,
    metrics,
    warmer: given.warmer,
    facts: { peaks: [], overrides: [], brakes: [] },
    deregistrationDelayMs: delayMs,
    onRow: ({ decision }) => keeper.onActions(decision.actions),
    onWarmed: (warmed) => warmings.push(warmed),
  });
  const first = Math.ceil((clock.now() - beginsAt) / minuteMs);
  for (let minute = 0; goesOn(given, minute, { traffic, keeper }); minute++) {
    const perSecond = loadAt(given.settings.load, minute);
    const slots = await passMinute(
      given,
      { ...stage, keeper, metrics },
      { minute, at: beginsAt + (first + minute) * minuteMs, perSecond },
    );
    const looked = await tick(world, versioned, sizeByRules);
    const record = {
      minute,
      perSecond,
      target: looked.kind === "waiting" ? (minutes.at(-1)?.target ?? 0) : targetOf(looked.row.decision.steps),
      servingCount: healthyCountOf(slots),
      instanceCount: fleet.described().length,
    };
    if (looked.kind === "done") decisions.push(...recordOf(minute, looked));
    minutes.push(record);
    given.onMinute({ ...record, tally: traffic.tallies().at(-1) as Tally });
  }
  const unansweredCount = await traffic.end();
  return {
    name: given.name,
    gate: given.gate,
    minutes: withTallies(minutes, traffic.tallies()),
    decisions,
    drains: [...keeper.drains],
    kills: [...keeper.kills],
    // What is still warming is cut short when the phase ends: that is no failure.
    warmings: [...warmings],
    unansweredCount,
  };
}

function goesOn(
  { minutes, minutesMax, answersMin, signal, killEvery }: PhaseGiven,
  minute: number,
  { traffic, keeper }: { traffic: Traffic; keeper: Keeper },
): boolean {
  signal.throwIfAborted();
  if (minute >= minutesMax) return false;
  if (minute < minutes || (killEvery !== "never" && keeper.openKillCount() > 0)) return true;
  return traffic.tallies().reduce((sum, { answeredCount }) => sum + answeredCount, 0) < answersMin;
}

interface Minute {
  readonly minute: number;
  readonly at: number;
  readonly perSecond: number;
}

/** Sends the minute's load, tidies up four times, and ends with the reading that the minute's metrics are made of. */
async function passMinute(
  { killEvery, minutes, signal }: PhaseGiven,
  { clock, proxy, traffic, keeper, metrics }: Stage & { keeper: Keeper; metrics: Metrics },
  { minute, at, perSecond }: Minute,
) {
  await untilClock(clock, at, signal);
  traffic.minute(minute, perSecond);
  for (let step = 1; step <= stepsAMinute; step++) {
    await untilClock(clock, at + (step * minuteMs) / stepsAMinute, signal);
    await keeper.tidy();
    const kills = killEvery !== "never" && minute % killEvery === killEvery - 1 && minute < minutes - aftermathMinutes;
    if (step === 2 && kills) await keeper.killOldest(minute);
  }
  const slots = await slotsOf(proxy.haproxy);
  metrics.close(at, { at: clock.now(), slots });
  return slots;
}

async function untilClock(clock: Clock, at: number, signal: AbortSignal): Promise<void> {
  const waitMs = clock.taking(at - clock.now());
  if (waitMs > 0) await sleep(waitMs, undefined, { signal });
}

function recordOf(
  minute: number,
  { row, outcomes }: Extract<Awaited<ReturnType<typeof tick>>, { kind: "done" }>,
): readonly DecisionRecord[] {
  const { actions } = row.decision;
  const countOf = (kind: string): number => actions.filter((action) => action.kind === kind).length;
  const launchCount = actions.reduce(
    (sum, action) => sum + (action.kind === "launch" ? action.onDemandCount + action.spotCount : 0),
    0,
  );
  const refusedCount = outcomes.filter(({ kind }) => kind !== "done").length;
  const record = {
    minute,
    launchCount,
    takeBackCount: countOf("take-back"),
    drainCount: countOf("drain"),
    refusedCount,
  };
  return actions.length > 0 ? [record] : [];
}
