// Virtual time for many evaluators at once: each waits for its instant, and the earliest goes on. The same waits in the same
// order give the same run, whatever the machine is doing.
import { setImmediate } from "node:timers/promises";
import TinyQueue from "tinyqueue";
import { assert, type EpochMs } from "../core/index.ts";

export interface Timeline {
  readonly now: EpochMs;
  /** Goes on at that instant, or at once when it has passed. */
  until(at: EpochMs): Promise<void>;
  /** Lets everything happen that is due before `to`, and stands at `to`. */
  playTo(to: EpochMs): Promise<void>;
}

interface Waiting {
  readonly at: EpochMs;
  readonly order: number;
  goOn(): void;
}

/** More waits than anybody makes in one step: whoever waits for ever without time passing is stuck. */
const waitsMax = 10_000_000;

/** `onTime` is told of every instant before anybody goes on at it. */
export function createTimeline(startAt: EpochMs, onTime: (at: EpochMs) => void): Timeline {
  let now = startAt;
  let order = 0;
  const waiting = new TinyQueue<Waiting>([], (a, b) => a.at - b.at || a.order - b.order);
  const advance = (at: EpochMs): void => {
    if (at <= now) return;
    now = at;
    onTime(at);
  };
  return {
    get now() {
      return now;
    },
    until: (at) =>
      new Promise((goOn) => {
        waiting.push({ at: Math.max(at, now), order: order++, goOn });
      }),
    playTo: async (to) => {
      await setImmediate();
      for (let waits = 0; ; waits++) {
        assert(waits < waitsMax, "a step ends");
        const next = waiting.peek();
        if (next === undefined || next.at >= to) break;
        waiting.pop();
        advance(next.at);
        next.goOn();
        await setImmediate();
      }
      advance(to);
    },
  };
}
