// What stands in the table for a rule that forecasts: nothing, a forecast of a calm site, one that is too old to be read, one that
// has been doubted, or one of a site that is too young. What the storm brings, none of them foresaw.
import { putForecast, type Table } from "../../shared/aws/index.ts";
import { isForecast, refresh, type StoredForecast } from "../../shared/control/index.ts";
import { type DurationMs, dayMs, type EpochMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { almanacOf } from "../control/almanac.ts";
import { givenForecastRule, givenPolicy } from "../support/given.ts";
import { type Draw, perInstancePerMinute } from "./policy.ts";

export const foresights = ["none", "fresh", "too-old", "doubted", "young"] as const;
export type Foresight = (typeof foresights)[number];

const ages: Readonly<Record<Exclude<Foresight, "none">, DurationMs>> = {
  fresh: hourMs,
  "too-old": 13 * hourMs,
  doubted: hourMs,
  young: hourMs,
};

interface Given {
  readonly policy: Policy;
  readonly startsAt: EpochMs;
  readonly draw: Draw;
}

/** As `forecast` would have left it before the storm. */
export async function putForesight(table: Table, { policy, startsAt, draw }: Given): Promise<Foresight> {
  const foresight = draw.one(foresights);
  const level = draw.one([1, 6, 15]) * perInstancePerMinute;
  if (!isForecast(policy) || foresight === "none") return "none";
  const { model, live, standing } = await forecastOf(foresight, level, startsAt);
  const doubt = { kind: "shadow", because: "its losses were large" } as const;
  const stored = { model, live, standing: foresight === "doubted" ? doubt : standing };
  await putForecast(table, policy.fleet, stored);
  return foresight;
}

const made = new Map<string, Promise<StoredForecast>>();

/** Made once for all storms: they begin at the same instant. */
function forecastOf(kind: Exclude<Foresight, "none">, level: number, startsAt: EpochMs): Promise<StoredForecast> {
  const key = `${kind} ${level}`;
  const known = made.get(key) ?? calmSite(kind, level, startsAt - ages[kind]);
  made.set(key, known);
  return known;
}

/** Level but for a few percent; a young site has marked all but its last hours. */
async function calmSite(kind: Foresight, level: number, at: EpochMs): Promise<StoredForecast> {
  const load = (minuteAt: EpochMs): number =>
    Math.round(level * (1 + 0.04 * Math.sin((minuteAt / minuteMs) ** 2 % 6.283)));
  const marks = kind === "young" ? [{ id: "m", from: at - 15 * dayMs, to: at - hourMs, because: "young", by: "" }] : [];
  const policy = givenPolicy({ rules: [givenForecastRule()] });
  return (await refresh(almanacOf(at, marks, load), policy)).forecast;
}
