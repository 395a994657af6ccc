// What an ALB and EC2 do by themselves between two looks: let go of targets that have drained, forget those that are gone. And the
// book of drains and kills.
import { assert, type DurationMs, type EpochMs, ok } from "../../shared/core/index.ts";
import type { Action } from "../../shared/engine/index.ts";
import { cutTotalOf, type Haproxy, isAt, type Slot } from "../../shared/haproxy/index.ts";
import type { Fleet, Machine } from "./fleet.ts";
import type { DrainRecord, KillRecord } from "./records.ts";
import type { Clock } from "./settings.ts";

export interface KeeperGiven {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly haproxy: Haproxy;
  /** Of the loop's time: until then a draining target can be taken back. */
  readonly delayMs: DurationMs;
  /** Of the lab's time. */
  readonly elapsedMs: () => DurationMs;
}

interface Drain {
  readonly since: EpochMs;
  readonly orderedMs: DurationMs;
  /** None while something is in flight. */
  idleMs: DurationMs | "none";
}
interface Wound {
  readonly kill: Omit<KillRecord, "cutCount">;
  readonly address: Slot["address"];
  /** Of targets that the slot held before. */
  readonly cutBefore: number;
}

export interface Keeper {
  /** Hears of every action that a decision orders. */
  onActions(actions: readonly Action[]): void;
  /** Four times a minute. Answers the slots as they stood. */
  tidy(): Promise<readonly Slot[]>;
  /** The one that has served longest. */
  killOldest(minute: number): Promise<void>;
  readonly drains: readonly DrainRecord[];
  readonly kills: readonly KillRecord[];
  /** Kills whose slots are not free yet. */
  openKillCount(): number;
}

export function createKeeper(given: KeeperGiven): Keeper {
  const { clock, elapsedMs } = given;
  const draining = new Map<string, Drain>();
  const drains: DrainRecord[] = [];
  const wounds: Wound[] = [];
  const kills: KillRecord[] = [];
  return {
    drains,
    kills,
    openKillCount: () => wounds.length,
    onActions: (actions) => {
      for (const action of actions) {
        if (action.kind === "drain")
          draining.set(action.instance, { since: clock.now(), orderedMs: elapsedMs(), idleMs: "none" });
        if (action.kind === "take-back") draining.delete(action.instance);
      }
    },
    tidy: async () => {
      const slots = await slotsOf(given.haproxy);
      drains.push(...(await letGo(given, draining, slots)));
      kills.push(...(await bury(given, wounds, slots)));
      return slots;
    },
    killOldest: async (minute) => {
      const wound = await killOldest(given, minute);
      if (wound !== "nobody") wounds.push(wound);
    },
  };
}

/** Without HAProxy the lab is over. */
export async function slotsOf(haproxy: Haproxy): Promise<readonly Slot[]> {
  const slots = await haproxy.slots();
  assert(slots.kind === "ok", `HAProxy answers: ${slots.kind === "error" ? slots.error : ""}`);
  return slots.value;
}

const addressOf = (fleet: Fleet, id: string): Machine["address"] => {
  const machine = fleet.machine(id);
  return machine === "unknown" ? "none" : machine.address;
};

async function letGo(
  { clock, fleet, haproxy, delayMs, elapsedMs }: KeeperGiven,
  draining: Map<string, Drain>,
  slots: readonly Slot[],
): Promise<readonly DrainRecord[]> {
  const left: DrainRecord[] = [];
  for (const [instance, drain] of draining) {
    const address = addressOf(fleet, instance);
    if (address === "none") continue;
    const slot = slots.find((one) => one.state.kind === "draining" && isAt(one, address));
    if (drain.idleMs === "none" && slot && slot.inFlightCount + slot.queuedCount === 0) drain.idleMs = elapsedMs();
    if (clock.now() - drain.since < delayMs) continue;
    // A look may have let it go already.
    const released = slot === undefined ? ok([address]) : await haproxy.releaseIdle([address]);
    if (released.kind === "error" || released.value.length === 0) continue;
    draining.delete(instance);
    const leftAfterMs = elapsedMs() - drain.orderedMs;
    left.push({
      instance,
      leftAfterMs,
      idleAfterMs: drain.idleMs === "none" ? leftAfterMs : drain.idleMs - drain.orderedMs,
    });
  }
  return left;
}

/** Slots whose target is described no more are freed, as an ALB does with a terminated instance. */
async function bury(
  { fleet, haproxy }: KeeperGiven,
  wounds: Wound[],
  slots: readonly Slot[],
): Promise<readonly KillRecord[]> {
  const addresses = fleet.described().flatMap(({ address }) => (address === "none" ? [] : [address]));
  const buried: KillRecord[] = [];
  for (const slot of slots) {
    if (slot.state.kind === "unregistered" || addresses.some((address) => isAt(slot, address))) continue;
    await haproxy.release(slot.address);
    const index = wounds.findIndex(({ address }) => isAt(slot, address));
    const [wound] = index < 0 ? [] : wounds.splice(index, 1);
    if (wound) buried.push({ ...wound.kill, cutCount: cutTotalOf(slot) - wound.cutBefore });
  }
  return buried;
}

async function killOldest({ fleet, haproxy }: KeeperGiven, minute: number): Promise<Wound | "nobody"> {
  const before = await slotsOf(haproxy);
  const victim = fleet
    .described()
    .find(({ address, life }) => life.kind === "lives" && before.some((slot) => isServing(slot, address)));
  if (victim === undefined || victim.address === "none") return "nobody";
  const { id, address } = victim;
  fleet.freeze(id);
  const slot = (await slotsOf(haproxy)).find((one) => isAt(one, address));
  fleet.kill(id);
  if (slot === undefined) return "nobody";
  return {
    kill: { minute, instance: id, inFlightCount: slot.inFlightCount, idleCount: slot.idleCount },
    address,
    cutBefore: cutTotalOf(slot),
  };
}

const isServing = (slot: Slot, address: Machine["address"]): boolean =>
  address !== "none" && slot.state.kind === "healthy" && isAt(slot, address);
