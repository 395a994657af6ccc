// What tests start from: a policy, a snapshot and instances with nothing remarkable about them. A test names what matters.
import { type DurationMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import {
  type Instance,
  initialMemory,
  type Memory,
  type Point,
  type Signal,
  type Snapshot,
} from "../../shared/engine/index.ts";
import { startsOf } from "../../shared/policy/cron.ts";
import type {
  ForecastRule,
  MissingChoice,
  Peak,
  Policy,
  ScheduleRule,
  WarmHook,
  WarmHttp,
} from "../../shared/policy/index.ts";
import { ruleMetrics } from "../../shared/policy/types.ts";

/** A Tuesday, far from any daylight-saving edge. */
export const noon = Date.UTC(2026, 5, 16, 12);
/** The newest minute that counts as complete at noon. */
export const settledAt = noon - 2 * minuteMs;

/** One instance serves 1,000 a minute, 500 at the target share; nothing is stabilised, limited or warmed. */
export const givenPolicy = (overrides: Partial<Policy> = {}): Policy => ({
  fleet: "shop",
  targetGroup: "shop-web",
  launch: {
    template: { kind: "name", value: "shop", version: "$Default" },
    subnets: [],
    instanceTypes: [],
    purchase: { onDemandBase: 0, spotShareRatio: 0 },
    role: "",
    leadTimeMs: 3 * minuteMs,
  },
  bounds: { min: 1, max: 100 },
  capacity: { perInstancePerMinute: 1_000, targetRatio: 0.5, limitRatio: 0.8, learn: { kind: "none" } },
  metrics: {},
  rules: [{ kind: "target-demand", name: "demand", metric: "requests" }],
  peaks: [],
  warm: { kind: "none" },
  reserve: { kind: "none" },
  drain: { timeoutMs: 2 * minuteMs, takeBack: "allowed" },
  missing: missing({ kind: "hold" }),
  stabilization: { scaleOutMs: 0, scaleInMs: 0 },
  limits: {
    scaleOut: { ratio: 100, windowMs: minuteMs },
    scaleIn: { ratio: 1, windowMs: minuteMs },
    budget: { kind: "none" },
    surgeRatio: 0.1,
  },
  renew: { kind: "never" },
  mode: "live",
  ...overrides,
});

/** As `renew: {}` ships. */
export const renewBy = (overrides: Partial<Renews> = {}): Renews => ({
  kind: "renews",
  outdated: true,
  maxAgeMs: "any",
  balanced: true,
  atOnceRatio: 0.1,
  during: [],
  ...overrides,
});
type Renews = Extract<Policy["renew"], { kind: "renews" }>;

/** The start page until it comes within 300 ms, for two minutes at most. */
export const warmBy = (overrides: Partial<WarmHttp> = {}): WarmHttp => ({
  kind: "http",
  by: "function",
  from: { kind: "paths", paths: ["/"] },
  untilP95Ms: 300,
  untilCount: 20,
  concurrency: 4,
  method: "GET",
  headers: {},
  cacheHeader: "none",
  timeoutMs: 2 * minuteMs,
  onFailure: "serve",
  ...overrides,
});

/** A function of the operator's own, for as long. */
export const hookOf = (functionArn: string): WarmHook => ({
  ...{ kind: "hook", functionArn, timeoutMs: 2 * minuteMs, onFailure: "serve" },
});

/** One instance for an hour, in UTC; the pattern need not be one that a policy may hold. */
export const scheduled = (cron: string, overrides: Partial<ScheduleRule> = {}): ScheduleRule => ({
  kind: "schedule",
  name: "day",
  cron,
  starts: startsOf(cron),
  timeZone: "UTC",
  min: 1,
  forMs: hourMs,
  ...overrides,
});

/** Active, on UTC's clocks, without holidays. */
export const givenForecastRule = (overrides: Partial<ForecastRule> = {}): ForecastRule => ({
  kind: "forecast",
  name: "forecast requests",
  metric: "requests",
  aim: { kind: "quantile", ratio: 0.95 },
  mode: "active",
  timeZone: "UTC",
  holidays: [],
  ...overrides,
});

/** A thousand requests a minute from noon on, for an hour, with half an hour of ramp and of release. */
export const givenPeak = (overrides: Partial<Peak> = {}): Peak => ({
  name: "sale",
  atMs: noon,
  expect: { kind: "absolute", perMinute: 1_000 },
  rampMs: 30 * minuteMs,
  holdMs: hourMs,
  releaseMs: 30 * minuteMs,
  early: { kind: "never" },
  ...overrides,
});

/** What an operator may have called a metric of its own. */
export const ownMetric = "orders-waiting";

/** The same choice for every metric, the operator's own too. */
export const missing = (choice: MissingChoice): Policy["missing"] =>
  Object.fromEntries([...ruleMetrics, ownMetric].map((metric) => [metric, choice])) as Policy["missing"];

/** Noon, a log that is a day old, no instances, no signals, no row before. */
export const givenSnapshot = (overrides: Partial<Snapshot> = {}): Snapshot => ({
  now: noon,
  fleet: "shop",
  birth: noon - 1_440 * minuteMs,
  instances: seen(),
  signals: {},
  peaks: [],
  peakFindings: [],
  overrides: [],
  brakes: [],
  notices: [],
  forecast: { kind: "none", because: "no rule forecasts" },
  memory: initialMemory,
  previous: { kind: "none" },
  ...overrides,
});

export const givenMemory = (overrides: Partial<Memory> = {}): Memory => ({ ...initialMemory, ...overrides });

/** A memory whose target is set. */
export const aiming = (count: number, overrides: Partial<Memory> = {}): Memory =>
  givenMemory({ target: { kind: "set", count }, ...overrides });

export const seen = (...instances: readonly Instance[]): Extract<Snapshot["instances"], { kind: "seen" }> => ({
  kind: "seen",
  instances,
  foreignCount: 0,
  deregistrationDelayMs: minuteMs,
  templateVersion: "1",
});

/** Healthy since an hour, on demand, in zone a. */
export const instance = (id: string, overrides: Partial<Instance> = {}): Instance => ({
  id,
  zone: "a",
  subnet: "",
  instanceType: "m7g.large",
  purchase: "on-demand",
  launchedAt: noon - 60 * minuteMs,
  launchedBy: "",
  templateVersion: "1",
  isProtected: false,
  state: "running",
  target: { kind: "healthy" },
  warm: { kind: "not-started" },
  ...overrides,
});

/** `count` healthy instances: `<prefix>1`, `<prefix>2`, … */
export const serving = (count: number, overrides: Partial<Instance> = {}, prefix = "i-"): readonly Instance[] =>
  Array.from({ length: count }, (_, index) => instance(`${prefix}${index + 1}`, overrides));

/** One value a minute, ascending; the last one is the newest complete minute at noon. */
export const settledPoints = (...values: readonly number[]): Signal => points(values, settledAt);

/** One value a minute, ascending, of which the last covers the minute that began at `lastAt`. */
export const points = (values: readonly number[], lastAt: number): Signal => ({
  kind: "known",
  points: values.map((value, index): Point => ({ at: lastAt - (values.length - 1 - index) * minuteMs, value })),
});

export const silent: Signal = { kind: "missing", because: "no points" };

/** A launch asked for `agoMs` before noon, that has come as far as `marks`. */
export const launching = (
  id: string,
  agoMs: DurationMs,
  marks: readonly Memory["launching"][number]["marks"][number]["kind"][] = [],
): Memory["launching"][number] => ({
  id,
  requestedAt: noon - agoMs,
  templateVersion: "1",
  marks: marks.map((kind) => ({ kind, at: noon - agoMs })),
});
