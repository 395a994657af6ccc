// The lab's World on the contract's stage: a real HAProxy, instances that are HTTP servers of this process, the lab's own fleet, keeper
// and gate. Only its clock is imagined: instances boot as those of the imagined cloud do.
import { createServer, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createFleet, type Fleet, type Host, type StartHost } from "../../bench/lab/fleet.ts";
import { createKeeper, slotsOf } from "../../bench/lab/keeper.ts";
import { createMetrics } from "../../bench/lab/metrics.ts";
import { findHaproxy, type RunningProxy, startProxy } from "../../bench/lab/proxy.ts";
import { type Warmer, warmByGate } from "../../bench/lab/warmer.ts";
import { createLabWorld } from "../../bench/lab/world.ts";
import { fleetTag } from "../../shared/control/index.ts";
import { type EpochMs, minuteMs, secondMs } from "../../shared/core/index.ts";
import type { Brake, Override } from "../../shared/engine/index.ts";
import { type Address, type Haproxy, isAt } from "../../shared/haproxy/index.ts";
import type { Peak } from "../../shared/policy/index.ts";
import { type Cloud, calmFaults } from "../../shared/sim/cloud/index.ts";
import { start } from "../sim/cloudGiven.ts";
import type { Open, Stage } from "./worlds.ts";

const [listensAfterMs, isWellAfterMs, warmsForMs] = [20 * secondMs, 100 * secondMs, minuteMs];
const metricLagMs = 2 * minuteMs;

/** One HAProxy for all stages of a file: each begins with its slots free. */
export async function startLabProxy(): Promise<RunningProxy> {
  const installed = findHaproxy("any");
  if (installed.kind === "error") throw new Error(installed.error);
  return await startProxy({ ...installed.value, slotCount: 16, inFlightMax: 4, runtimePort: "none", checkEveryMs: 50 });
}

export const openLab =
  (proxy: () => RunningProxy): Open =>
  async (changed = {}) => {
    const { haproxy } = proxy();
    for (const { state, address } of await slotsOf(haproxy))
      if (state.kind !== "unregistered") await haproxy.release(address);
    return await stageOf(haproxy, { ...calmFaults(), ...changed.faults });
  };

interface Body {
  readonly id: string;
  readonly since: EpochMs;
  readonly server: Server;
  readonly waiting: ServerResponse[];
  isWell: boolean;
  isBroken: boolean;
  address: Address | "none";
  readonly heard: (address: Address) => void;
}

async function stageOf(haproxy: Haproxy, faults: Cloud["faults"]): Promise<Stage> {
  let now = start;
  const clock = { now: () => now, taking: (loopMs: number) => loopMs / 1_000 };
  const calls: string[] = [];
  const bodies: Body[] = [];
  const warmings: { readonly at: EpochMs; readonly begin: () => Promise<unknown> }[] = [];
  const startHost: StartHost = (id, heard) => {
    const body = bodyOf(id, now, heard);
    bodies.push(body);
    return hostOf(body);
  };
  const hasRoom = (): boolean => !faults.noCapacity({ instanceType: "", subnetId: "", zone: "", purchase: "spot" });
  const fleet = createFleet({ clock, start: startHost, instanceType: "m7g.large", hasRoom });
  const keeper = createKeeper({ clock, fleet, haproxy, delayMs: minuteMs, elapsedMs: () => now - start });
  const metrics = createMetrics({ at: now, slots: await slotsOf(haproxy) });
  const facts = { peaks: [] as Peak[], overrides: [] as Override[], brakes: [] as Brake[] };
  const minutes: EpochMs[] = [];
  /** Takes a minute of the imagined clock, and then goes by what the server really says. */
  const warmer: Warmer = (address, warm) =>
    new Promise((resolve) => {
      const body = bodies.find((one) => one.address !== "none" && one.address.port === address.port);
      if (body) body.isBroken = faults.warmFails(body.id);
      warmings.push({ at: now + warmsForMs, begin: () => warmByGate(address, warm).then(resolve) });
    });
  const world = createLabWorld({
    clock,
    fleet: noting(fleet, "terminate", () => calls.push("TerminateInstances")),
    haproxy: noting(haproxy, "release", () => calls.push("DeregisterTargets")),
    metrics,
    warmer,
    facts,
    deregistrationDelayMs: minuteMs,
    onRow: ({ decision }) => keeper.onActions(decision.actions),
    onWarmed: () => {},
  });
  const settle = async (): Promise<void> => {
    for (const body of bodies) await grow(body, now);
    await keeper.tidy();
    await untilChecked(haproxy, bodies);
  };
  const serve = async (count: number, launchedBy: string): Promise<readonly Body[]> => {
    const first = bodies.length;
    fleet.launch({ onDemandCount: count, spotCount: 0, launchedBy });
    for (const body of bodies.slice(first)) {
      await grow(body, now + isWellAfterMs);
      if (body.address !== "none") await haproxy.register(body.address);
    }
    await untilChecked(haproxy, bodies);
    return bodies.slice(first);
  };
  return {
    // Of a cloud there are only faults here.
    cloud: { faults } as Cloud,
    owner: "shop",
    calls,
    world: () => world,
    peak: async (peak) => void facts.peaks.push(peak),
    override: async (override) => void facts.overrides.push(override),
    brake: async (brake) => void facts.brakes.push(brake),
    passTo: async (at) => {
      now = at;
      await settle();
      for (const { begin } of warmings.splice(0).filter(({ at }) => at <= now)) await begin();
      const slots = await slotsOf(haproxy);
      for (const minute of minutes.splice(0, minutes.filter((one) => one + metricLagMs <= now).length))
        metrics.close(minute, { at: now, slots });
    },
    closeMinute: async () => void minutes.push(now),
    // What another fleet's tag is on, or none, has slots of the same backend, and is none of the lab's.
    serving: async (count, tags = { [fleetTag]: "shop" }) => {
      if (tags[fleetTag] !== "shop") return await strangers(haproxy, { count, now });
      return (await serve(count, `seed ${bodies.length}`)).map(({ id }) => id);
    },
    launched: async () => bodies.map(({ id }) => id),
    terminate: async (ids) => {
      for (const id of ids) fleet.terminate(id);
    },
    tally: async () => ({}),
  };
}

function bodyOf(id: string, since: EpochMs, heard: Body["heard"]): Body {
  const server = createServer((request, response) => {
    // A check that is not answered yet has not failed: the target is still on its way.
    if (!body.isWell) return void body.waiting.push(response);
    response.statusCode = body.isBroken && request.url !== "/healthz" ? 503 : 200;
    response.end();
  });
  const body: Body = { id, since, server, waiting: [], isWell: false, isBroken: false, address: "none", heard };
  return body;
}

function hostOf({ server }: Body): Host {
  const ended = new Promise<void>((resolve) => server.once("close", () => resolve()));
  const end = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { signal: end, ended };
}

/** What its age makes of it: it listens, and then it is well. */
async function grow(body: Body, now: EpochMs): Promise<void> {
  const { server, since } = body;
  if (now - since >= listensAfterMs && body.address === "none") {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    const listening = server.address();
    body.address = { host: "127.0.0.1", port: typeof listening === "object" && listening ? listening.port : 0 };
    body.heard(body.address);
  }
  body.isWell = now - since >= isWellAfterMs;
  if (body.isWell) for (const response of body.waiting.splice(0)) response.end();
}

async function strangers(haproxy: Haproxy, given: { readonly count: number; readonly now: EpochMs }) {
  for (let made = 0; made < given.count; made++) {
    const body = bodyOf("i-stranger", given.now, () => {});
    await grow(body, given.now + isWellAfterMs);
    if (body.address !== "none") await haproxy.register(body.address);
  }
  return [];
}

const triesMax = 200;

/** HAProxy's own checks have found all that are well. */
async function untilChecked(haproxy: Haproxy, bodies: readonly Body[]): Promise<void> {
  for (let tries = 0; tries < triesMax; tries++) {
    const slots = await slotsOf(haproxy);
    const isChecked = slots.every(({ state, ...slot }) => {
      const body = bodies.find(({ address }) => address !== "none" && isAt(slot, address));
      return state.kind === "unregistered" || state.kind === "draining" || !body?.isWell || state.kind === "healthy";
    });
    if (isChecked) return;
    await sleep(10);
  }
  throw new Error("HAProxy's checks do not find what is well");
}

/** The same, and tells of each call of one of its functions. */
const noting = <Noted extends Fleet | Haproxy>(noted: Noted, name: keyof Noted, note: () => void): Noted => ({
  ...noted,
  [name]: (...given: readonly unknown[]) => {
    note();
    return (noted[name] as (...given: readonly unknown[]) => unknown)(...given);
  },
});
