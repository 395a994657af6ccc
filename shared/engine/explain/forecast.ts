// What a forecast rule says of its wish.
import { unreachable } from "../../core/index.ts";
import type { Reason } from "../types.ts";
import { clock, percent, quoted, reading, written } from "./words.ts";

type Of<K extends Reason["kind"]> = Extract<Reason, { kind: K }>;

export function forecastSays(reason: Of<"forecast" | "unforecast" | "forecast-shadow">): string {
  switch (reason.kind) {
    case "forecast":
      return `${expected(reason)} ${filled(reason)}`;
    case "unforecast":
      return `no forecast (${quoted(reason.because)}): the highest of the last minutes, ${reading(reason.perMinute, "requests")}, and ${percent(reason.marginRatio)} more ${filled(reason)}`;
    case "forecast-shadow":
      return reason.reason.kind === "forecast" || reason.reason.kind === "unforecast"
        ? `in shadow; it would want ${written(reason.count)}: ${forecastSays(reason.reason)}`
        : `in shadow; it would want ${written(reason.count)}`;
    default:
      return unreachable(reason);
  }
}

function expected({ by, perMinute, from, to, level }: Of<"forecast">): string {
  const load = reading(perMinute, "requests");
  const when = `${clock(from)} to ${clock(to)}`;
  if (by === "load") return `${load}, a little over what is there`;
  const chance = `at most ${load} from ${when} with ${percent(level)}`;
  return by === "buy" ? chance : `${chance}: what serves is not let go`;
}

const filled = (reason: { readonly perInstancePerMinute: number; readonly limitRatio: number }): string =>
  `÷ (${written(reason.perInstancePerMinute)} × ${percent(reason.limitRatio)})`;
