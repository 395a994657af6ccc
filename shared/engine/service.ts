// The service level is what the operator writes; the quantile it takes is found by counting. Each minute that more was asked than
// could be answered in time raises it, each that went well lowers it a little: in the long run the share of late requests is what was
// asked for, whatever the site's tails are like.
import { dayMs, minuteMs, type Ratio } from "../core/index.ts";
import type { ForecastAim, ForecastRule, Policy } from "../policy/index.ts";
import { servingCountAt, settled, settledAt } from "./signals.ts";
import type { Point, ServiceMemory, Snapshot } from "./types.ts";
import { withinMetric } from "./within.ts";

type Counted = Extract<ServiceMemory, { kind: "counted" }>;

export const logitOf = (p: Ratio): number => Math.log(p / (1 - p));
/**
 * Where the count begins, and between what it may move. Beyond the highest, history has seen too little to tell; where many requests
 * may be late, most minutes may pass the quantile by a little.
 */
export const logits = { start: logitOf(0.95), min: logitOf(0.05), max: logitOf(0.9975) };
/** How much a mean minute's worth of late requests moves it. Measured; half and twice as much do nearly as well. */
const gain = 0.8;
/** Aimed at is a little less than is allowed: the score of a fortnight is not that of the long run. */
const aimedShare = 0.9;

export interface ServiceAsked {
  /** `ratio` is the share of requests to be served in time. */
  readonly aim: Exclude<ForecastAim, { kind: "quantile" }>;
  readonly mode: ForecastRule["mode"];
}

/** What the policy's first forecast that names no quantile asks for. */
export function askedOf({ rules }: Policy): ServiceAsked | "none" {
  const asked = rules.flatMap((rule) =>
    rule.kind === "forecast" && rule.aim.kind !== "quantile" ? [{ aim: rule.aim, mode: rule.mode }] : [],
  );
  return asked[0] ?? "none";
}

/** What the service level is counted by, besides requests and hosts. */
export function serviceMetrics(policy: Policy): readonly string[] {
  const asked = askedOf(policy);
  return asked !== "none" && asked.aim.kind === "serve-within" ? [withinMetric(asked.aim.boundMs)] : [];
}

/** Whether late requests move the quantile. */
export type Loop =
  | { readonly kind: "runs" }
  | { readonly kind: "rests"; readonly why: "rule-in-shadow" | "policy-in-shadow" }
  | { readonly kind: "rests"; readonly why: "no-forecast" | "demoted"; readonly because: string };

/** What was late where nothing was bought by a forecast says nothing of the forecast's quantile. */
export function loopOf({ mode }: Policy, asked: ServiceAsked, { forecast }: Snapshot): Loop {
  if (mode === "shadow") return { kind: "rests", why: "policy-in-shadow" };
  if (asked.mode === "shadow") return { kind: "rests", why: "rule-in-shadow" };
  if (forecast.kind === "none") return { kind: "rests", why: "no-forecast", because: forecast.because };
  const { standing } = forecast;
  return standing.kind === "sound" ? { kind: "runs" } : { kind: "rests", why: "demoted", because: standing.because };
}

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
      since: newest.at,
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
  readonly asked: ServiceAsked;
}

const meanWeight = minuteMs / dayMs;
const weekWeight = minuteMs / (7 * dayMs);

/** A minute whose hosts nobody counted says nothing. */
function count(before: Counted, { at, value }: Point, { policy, snapshot, asked }: Given): Counted {
  const hosts = servingCountAt(snapshot, at);
  if (hosts === "unknown") return { ...before, until: at };
  const { perInstancePerMinute, limitRatio } = policy.capacity;
  const takenOn = hosts * perInstancePerMinute * limitRatio;
  const beyond = Math.max(0, value - takenOn);
  const late = Math.max(beyond, slowIn({ policy, snapshot }, { at, value }));
  const meanPerMinute = before.meanPerMinute + meanWeight * (value - before.meanPerMinute);
  const isMoved = loopOf(policy, asked, snapshot).kind === "runs";
  const forWant = value < takenOn * roomyUpTo ? beyond : late;
  const moved = isMoved ? gain * (forWant / Math.max(meanPerMinute, 1e-9) - aimedShare * (1 - asked.aim.ratio)) : 0;
  return {
    kind: "counted",
    since: before.since,
    until: at,
    logit: Math.min(logits.max, Math.max(logits.min, before.logit + moved)),
    meanPerMinute,
    requests: before.requests * (1 - weekWeight) + value,
    late: before.late * (1 - weekWeight) + late,
  };
}

/** Answers that are late while instances have half of what they may take on to spare are not late for want of instances. */
const roomyUpTo: Ratio = 0.5;

/** Requests of a minute that were answered later than the bound; those of which nobody knows are not among them. */
function slowIn({ policy, snapshot }: Pick<Given, "policy" | "snapshot">, { at, value }: Point): number {
  const [metric] = serviceMetrics(policy);
  const within = metric === undefined ? "unknown" : settledAt(snapshot, metric, at);
  return within === "unknown" ? 0 : value * Math.min(1, Math.max(0, 1 - within));
}

/** The probability that what is bought is enough for its minutes. */
export const levelOf = (service: ServiceMemory): Ratio =>
  1 / (1 + Math.exp(-(service.kind === "none" ? logits.start : service.logit)));
