// The clairvoyant: it knows the load, no jitter and no failure, serves everything, and pays as little as it can. Its
// slot k works while n ≥ k. What it pays is the yardstick of cost.
import { assert, minuteMs, secondMs } from "../../core/index.ts";
import type { Plant } from "../plant.ts";
import { neededFor } from "./demand.ts";
import type { MinuteRow } from "./types.ts";

/**
 * The oracle's paid instance-minutes over the scored window, first to last scored minute. For each slot: the intervals
 * in which it works; a nominal boot right before each start but the window's first minute; a drain right after each end
 * but the window's last; a gap that costs no more than boot and drain is paid through instead. It runs on through the
 * window's unscored minutes, but what it pays in them is left out. A boot or drain that reaches over the window's edge
 * is paid in full.
 */
export function oracleInstanceMinutes(minutes: readonly MinuteRow[], plant: Plant): number {
  const window = minutes.slice(
    minutes.findIndex(({ scored }) => scored),
    minutes.findLastIndex(({ scored }) => scored) + 1,
  );
  const price = pricesOf(window, plant);
  const idle: IdleSlots[] = [{ kind: "never-used", upTo: Number.POSITIVE_INFINITY }];
  let working = 0;
  let paid = 0;
  for (const [minute, { load, scored }] of window.entries()) {
    const needed = neededFor(load, plant);
    if (needed < working) idle.push({ kind: "used", upTo: working, until: minute });
    else paid += startSlots(idle, { working, needed }, (slots) => price.toStart(slots, minute));
    working = needed;
    if (scored) paid += needed;
  }
  return paid + endSlots(idle, working, price.toEnd);
}

/**
 * Slots that stand idle, from just above the ones below them up to and with `upTo`. They lie on a stack, the lowest and
 * last used on top: a slot never outlives the one below it, so that each rise takes from the top what the falls laid
 * there, and a window of m minutes costs m steps whatever the number of slots.
 */
type IdleSlots =
  | { readonly kind: "never-used"; readonly upTo: number }
  | { readonly kind: "used"; readonly upTo: number /** The minute they stopped. */; readonly until: number };

/** Takes the slots between `working` and `needed` from the stack and returns what starting them costs. */
function startSlots(
  idle: IdleSlots[],
  { working, needed }: { readonly working: number; readonly needed: number },
  priceOf: (slots: IdleSlots) => number,
): number {
  let paid = 0;
  for (let started = working; started < needed; ) {
    const lowest = idle.at(-1);
    assert(lowest !== undefined, "idle slots reach up without end");
    const upTo = Math.min(lowest.upTo, needed);
    paid += (upTo - started) * priceOf(lowest);
    if (upTo === lowest.upTo) idle.pop();
    started = upTo;
  }
  return paid;
}

/** What the slots that stopped for good before the window's end have left to pay. */
function endSlots(idle: readonly IdleSlots[], working: number, priceOf: (until: number) => number): number {
  let paid = 0;
  let below = working;
  for (const slots of idle.toReversed()) {
    if (slots.kind === "used") paid += (slots.upTo - below) * priceOf(slots.until);
    below = slots.upTo;
  }
  return paid;
}

interface Prices {
  /** Of starting a slot that has been idle like this; what it still owed for its last end is in it. */
  toStart(slots: IdleSlots, minute: number): number;
  /** Of a slot that stopped at this minute and never starts again. */
  toEnd(until: number): number;
}

/** In minutes for one slot. Boots and drains may be fractions of a minute. */
function pricesOf(window: readonly MinuteRow[], { boot, drainSeconds }: Plant): Prices {
  const bootMinutes = (boot.nominalSeconds * secondMs) / minuteMs;
  const drainMinutes = (drainSeconds * secondMs) / minuteMs;
  const between = scoredTime(window);
  const toBoot = (minute: number): number => (minute === 0 ? 0 : between(minute - bootMinutes, minute));
  const toEnd = (until: number): number => between(until, until + drainMinutes);
  return {
    toEnd,
    toStart(slots, minute) {
      if (slots.kind === "never-used") return toBoot(minute);
      const bridged = minute - slots.until <= bootMinutes + drainMinutes;
      return bridged ? between(slots.until, minute) : toEnd(slots.until) + toBoot(minute);
    },
  };
}

/** The minutes that count between two moments of the window: its unscored ones do not, those beyond its edges do. */
function scoredTime(window: readonly MinuteRow[]): (from: number, to: number) => number {
  const before = new Float64Array(window.length + 1);
  for (const [i, { scored }] of window.entries()) before[i + 1] = (before[i] ?? 0) + (scored ? 1 : 0);
  const scoredBefore = (moment: number): number => {
    const minute = Math.floor(moment);
    if (minute < 0) return moment;
    const [atStart = 0, atEnd] = before.subarray(minute, minute + 2);
    if (atEnd === undefined) return (before.at(-1) ?? 0) + moment - window.length;
    return atStart + (moment - minute) * (atEnd - atStart);
  };
  return (from, to) => scoredBefore(to) - scoredBefore(from);
}
