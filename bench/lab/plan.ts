// Which phases a run has, and how long each takes: from what was asked for on the command line.
import { error, ok, type Result } from "../../shared/core/index.ts";
import type { Gate } from "./policy.ts";
import type { Settings } from "./settings.ts";

export interface Asked {
  /** Of the whole run, as the wall's clock counts. */
  readonly minutes: number;
  /** Answers that planned scaling has to be seen through with; the run takes as long as that takes. */
  readonly requests: number;
}
export interface PhasePlan {
  readonly name: string;
  readonly gate: Gate;
  /** Of the loop. */
  readonly minutes: number;
  readonly minutesMax: number;
  readonly counts: "planned" | "with-kills";
  readonly killEvery: number | "never";
}

export const minutesUsual = 6;
export const minutesQuick = 1.2;
const minutesMax = 240;
const requestsMax = 100_000_000;

/** Text of `--minutes` and `--requests`; "" where an option was not given. */
export function askedOf({
  minutes,
  requests,
  quick,
}: {
  readonly minutes: string;
  readonly requests: string;
  readonly quick: "quick" | "whole";
}): Result<Asked, string> {
  const usual = quick === "quick" ? minutesQuick : minutesUsual;
  const asked = { minutes: minutes === "" ? usual : Number(minutes), requests: requests === "" ? 0 : Number(requests) };
  if (!(asked.minutes >= 0.5 && asked.minutes <= minutesMax))
    return error(`--minutes takes 0.5 to ${minutesMax}, not ${minutes}`);
  if (!Number.isInteger(asked.requests) || asked.requests < 0 || asked.requests > requestsMax)
    return error(`--requests takes a whole number up to ${requestsMax}, not ${requests}`);
  return ok(asked);
}

/** The phase that may be prolonged comes last: it is known then what the others have answered. */
export function phasesOf({ minutes }: Asked, { minuteTakesMs }: Settings): readonly PhasePlan[] {
  const loopMinutes = (share: number): number => Math.max(8, Math.round((share * minutes * 60_000) / minuteTakesMs));
  const [cold, wounded, gated] = [loopMinutes(0.2), loopMinutes(0.2), loopMinutes(0.6)];
  return [
    {
      name: "planned, without the gate",
      gate: "without-gate",
      minutes: cold,
      minutesMax: cold,
      counts: "planned",
      killEvery: "never",
    },
    {
      name: "with kills",
      gate: "with-gate",
      minutes: wounded,
      // A few more until the last killed process has been counted.
      minutesMax: wounded + 10,
      counts: "with-kills",
      killEvery: 4,
    },
    {
      name: "planned, with the gate",
      gate: "with-gate",
      minutes: gated,
      minutesMax: Math.max(gated, loopMinutes(minutesMax / minutes)),
      counts: "planned",
      killEvery: "never",
    },
  ];
}
