// The service level is what the operator writes; the quantile it takes is found by counting. Each minute that more was asked than
// could be answered in time raises it, each that went well lowers it a little: in the long run the share of late requests is what was
// asked for, whatever the site's tails are like.
import { dayMs, minuteMs, type Ratio } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import { servingCountAt, settled } from "./signals.ts";
import type { Point, ServiceMemory, ServiceReport, Snapshot } from "./types.ts";

type Counted = Extract<ServiceMemory, { kind: "counted" }>;

export const logitOf = (p: Ratio): number => Math.log(p / (1 - p));
/**
 * Where the count begins, and between what it may move. Beyond the highest, history has seen too little to tell; where many requests
 * may be late, most minutes may pass the quantile by a little.
 */
const logits = { start: logitOf(0.95), min: logitOf(0.05), max: logitOf(0.9975) };
/** How much a mean minute's worth of late requests moves it. Measured; half and twice as much do nearly as well. */
const gain = 0.8;
/** Aimed at is a little less than is allowed: the score of a fortnight is not that of the long run. */
const aimedShare = 0.9;

/** The share of requests that the policy's first forecast asks to be served in time; none where it names a quantile. */
export const askedOf = ({ rules }: Policy): Ratio | "none" =>
  rules.flatMap((rule) => (rule.kind === "forecast" && rule.aim.kind === "serve" ? [rule.aim.ratio] : []))[0] ?? "none";

/** The count brought up to the newest whole minute of the snapshot. */
export function serviceAfter(policy: Policy, snapshot: Snapshot): ServiceMemory {
  const asked = askedOf(policy);
  const reading = settled(snapshot, "requests");
  if (asked === "none") return { kind: "none" };
  const before = countedUntilNow(snapshot);
  if (reading.kind === "unread") return before;
  const newest = reading.points.at(-1) as Point;
  if (before.kind === "none")
    return {
      kind: "counted",
      until: newest.at,
      logit: logits.start,
      meanPerMinute: newest.value,
      requests: 0,
      late: 0,
    };
  const minutes = reading.points.filter(({ at }) => at > before.until);
  return minutes.reduce((counted, point) => count(counted, point, { policy, snapshot, asked }), before);
}

const countedUntilNow = ({ memory: { sizing } }: Snapshot): ServiceMemory =>
  sizing.kind === "rules" ? (sizing.service ?? { kind: "none" }) : { kind: "none" };

interface Given {
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  readonly asked: Ratio;
}

const meanWeight = minuteMs / dayMs;
const weekWeight = minuteMs / (7 * dayMs);

/** A minute whose hosts nobody counted says nothing. */
function count(before: Counted, { at, value }: Point, { policy, snapshot, asked }: Given): Counted {
  const hosts = servingCountAt(snapshot, at);
  if (hosts === "unknown") return { ...before, until: at };
  const { perInstancePerMinute, limitRatio } = policy.capacity;
  const late = Math.max(0, value - hosts * perInstancePerMinute * limitRatio);
  const meanPerMinute = before.meanPerMinute + meanWeight * (value - before.meanPerMinute);
  // What was late without a forecast to buy by says nothing of the forecast's quantile.
  const isBoughtBy = snapshot.forecast.kind === "seen" && snapshot.forecast.standing.kind === "sound";
  const moved = isBoughtBy ? gain * (late / Math.max(meanPerMinute, 1e-9) - aimedShare * (1 - asked)) : 0;
  return {
    kind: "counted",
    until: at,
    logit: Math.min(logits.max, Math.max(logits.min, before.logit + moved)),
    meanPerMinute,
    requests: before.requests * (1 - weekWeight) + value,
    late: before.late * (1 - weekWeight) + late,
  };
}

/** The probability that what is bought is enough for its minutes. */
export const levelOf = (service: ServiceMemory): Ratio =>
  1 / (1 + Math.exp(-(service.kind === "none" ? logits.start : service.logit)));

/** How it stands, for the log. */
export function reportOf(policy: Policy, service: ServiceMemory): ServiceReport {
  const askedRatio = askedOf(policy);
  if (askedRatio === "none") return { kind: "not-asked" };
  if (service.kind === "none" || service.requests <= 0) return { kind: "counting", askedRatio };
  return { kind: "counted", askedRatio, lateRatio: service.late / service.requests };
}
