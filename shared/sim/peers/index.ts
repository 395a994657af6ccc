// Who may take the place of the sizing in a comparison. Converge, check and World are the same for all.
import { type Sizer, sizeByRules } from "../../engine/index.ts";
import { gcpMig } from "./gcpMig.ts";
import { hist } from "./hist.ts";
import { hpa } from "./hpa.ts";
import { noForecastLimit } from "./noForecastLimit.ts";
import type { Peer } from "./peer.ts";
import { predictive } from "./predictive.ts";
import { react } from "./react.ts";
import { reg } from "./reg.ts";
import { seasonalNaiveDay, seasonalNaiveWeek } from "./seasonalNaive.ts";
import { constant, staticPeak } from "./standing.ts";
import { stepScaling } from "./stepScaling.ts";
import { targetTracking } from "./targetTracking.ts";

export type { Peer, Setting } from "./peer.ts";

export const peers = {
  "target-tracking": targetTracking,
  step: stepScaling,
  predictive,
  hpa,
  "gcp-mig": gcpMig,
  react,
  reg,
  hist,
  "seasonal-naive-day": seasonalNaiveDay,
  "seasonal-naive-week": seasonalNaiveWeek,
  "static-peak": staticPeak,
  constant,
  "no-forecast-limit": noForecastLimit,
} as const satisfies Readonly<Record<string, Peer>>;

/** Tidegate and the peers as they are documented. */
export const controllers: Readonly<Record<string, Sizer>> = {
  tidegate: sizeByRules,
  ...Object.fromEntries(Object.entries(peers).map(([name, { documented }]) => [name, documented.size])),
};
