// Somebody says stop, to this fleet or to all, and later lets them go on. All of it is over when the calm comes.
import { type Braked, liftBrake, putBrake, type Table } from "../../shared/aws/index.ts";
import { type EpochMs, minuteMs } from "../../shared/core/index.ts";
import type { Draw } from "./policy.ts";
import type { Truth } from "./truth.ts";
import type { Weather } from "./weather.ts";

interface Given {
  readonly table: Table;
  readonly fleet: string;
  readonly weather: Weather;
  readonly truth: Truth;
  readonly draw: Draw;
}

/** `turn` is called at the start of each minute. */
export function createStops({ table, fleet, weather, truth, draw }: Given): { turn(at: EpochMs): Promise<void> } {
  const braked = draw.one<Braked>([{ kind: "all-fleets" }, { kind: "fleet", fleet }]);
  const from = weather.startsAt + draw.whole(0, 50) * minuteMs;
  const to = Math.min(weather.calmFrom, from + draw.whole(1, 30) * minuteMs);
  const isDrawn = draw.chance(0.4);
  return {
    turn: async (at) => {
      if (!isDrawn) return;
      if (at === from) await putBrake(table, braked, { since: at, by: "ann", reason: "a storm" });
      if (at === to) await liftBrake(table, braked);
      if (at === from) truth.stopped(at);
      if (at === to) truth.resumed();
    },
  };
}
