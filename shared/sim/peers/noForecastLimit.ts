// NF, the no-forecast limit: what sizing on the last visible demand can reach at best. Nobody's product; a forecast must beat it.
import { type DurationMs, minuteMs, type Ratio } from "../../core/index.ts";
import type { Sizer } from "../../engine/index.ts";
import { neededAtTarget } from "./demand.ts";
import { sizeByNeed } from "./held.ts";
import { type Peer, type Setting, settingOf } from "./peer.ts";
import { moved } from "./steps.ts";

/** A Sizer: demand times one over the target, plus a constant, held for the window. */
export const sizeByLastDemand =
  (constantCount: number) =>
  (holdMs: DurationMs): Sizer =>
    sizeByNeed(
      holdMs,
      ({ current, needed, highest }) =>
        moved({
          from: current,
          to: highest,
          says: "the highest need held",
          figures: { needed, constant: constantCount },
        }),
      (perMinute, policy) => neededAtTarget(perMinute, policy) + constantCount,
    );

const settings = (target: Ratio, constantCount: number, holdMinutes: number): Setting => {
  const setting = settingOf(sizeByLastDemand(constantCount), { target, windowMs: holdMinutes * minuteMs });
  return { ...setting, label: `${Math.round(100 * target)} %, +${constantCount}, ${holdMinutes} min` };
};

export const noForecastLimit: Peer = {
  kind: "yardstick",
  about: "NF, nobody's product: the last visible demand × 1 ÷ target + a constant, held",
  documented: settings(0.6, 1, 10),
  grid: [
    settings(0.75, 0, 10),
    settings(0.7, 0, 60),
    settings(0.65, 1, 20),
    settings(0.55, 1, 10),
    settings(0.5, 2, 60),
    settings(0.4, 4, 60),
    settings(0.3, 6, 60),
    settings(0.6, 18, 60),
  ],
};
