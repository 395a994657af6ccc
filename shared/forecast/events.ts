// Known events: what they did to the past is taken out, what they will do is put in.
import type { EpochMs } from "../core/index.ts";
import type { FactorSpan, History, KnownEvent } from "./types.ts";

/** What the events did to each reading. */
export interface EventEffects {
  /** A reading times this is as on an ordinary day; empty when there are no events. */
  readonly weights: Float64Array;
  /** 1 where a reading teaches nothing; empty likewise. */
  readonly isMasked: Uint8Array;
}

export function eventEffects({ startAt, stepMs, loads }: History, events: readonly KnownEvent[]): EventEffects {
  const length = events.length === 0 ? 0 : loads.length;
  const weights = new Float64Array(length).fill(1);
  const isMasked = new Uint8Array(length);
  for (const event of events) {
    const first = Math.max(0, Math.floor((event.from - startAt) / stepMs));
    const last = Math.min(length, Math.ceil((event.to - startAt) / stepMs));
    const factor = factorOf(event);
    for (let i = first; i < last; i++)
      if (factor === "unknown") isMasked[i] = 1;
      else weights[i] = (weights[i] ?? 1) / factor;
  }
  return { weights, isMasked };
}

/** Beyond a million no factor is meant, and loads would leave the range of numbers. */
const factorMax = 1e6;

/** A factor out of range tells nothing of what the load would have been: its span is masked. */
const factorOf = ({ effect }: KnownEvent): number | "unknown" =>
  effect.kind === "factor" && effect.factor >= 1 / factorMax && effect.factor <= factorMax ? effect.factor : "unknown";

/** The factors that reach into [from, to). */
export const factorsIn = (events: readonly KnownEvent[], from: EpochMs, to: EpochMs): readonly FactorSpan[] =>
  events.flatMap((event) => {
    const factor = factorOf(event);
    const reaches = event.to > from && event.from < to;
    return factor === "unknown" || !reaches ? [] : [{ from: event.from, to: event.to, factor }];
  });

/** Where events overlap, their factors multiply. */
export const factorAt = (spans: readonly FactorSpan[], at: EpochMs): number => {
  let product = 1;
  for (const { from, to, factor } of spans) if (at >= from && at < to) product *= factor;
  return Math.min(factorMax, Math.max(1 / factorMax, product));
};
