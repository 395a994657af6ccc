// Google Cloud's autoscaler of managed instance groups: it sizes for the peak load of the stabilisation period.
// https://cloud.google.com/compute/docs/autoscaler/understanding-autoscaler-decisions#stabilization_period
import { type DurationMs, minuteMs } from "../../core/index.ts";
import { sizeByNeed } from "./held.ts";
import { gridOf, type Peer, type Rule, settingOf } from "./peer.ts";
import { moved } from "./steps.ts";

/** Ten minutes, or the initialisation period where that is longer. */
const documentedWindowMs: DurationMs = 10 * minuteMs;

export const sizeByPeak: Rule = (windowMs) =>
  sizeByNeed(windowMs, ({ current, needed, highest }) =>
    moved({ from: current, to: highest, says: "the peak of the stabilisation period", figures: { needed, highest } }),
  );

export const gcpMig: Peer = {
  kind: "product",
  about: "Google Cloud MIG: sized for the peak load of the last 10 minutes",
  documented: settingOf(sizeByPeak, { target: "of-policy", windowMs: documentedWindowMs }),
  grid: gridOf(sizeByPeak, documentedWindowMs, 60 * minuteMs),
};
