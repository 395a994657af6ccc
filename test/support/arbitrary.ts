// Policies and snapshots at random: few of each thing, so that they meet, and nothing that a World could not see.
import * as fc from "fast-check";
import { hourMs, minuteMs, secondMs } from "../../shared/core/index.ts";
import type {
  Action,
  ForecastWindow,
  Instance,
  Memory,
  Outcome,
  ServiceMemory,
  Signal,
  Snapshot,
} from "../../shared/engine/index.ts";
import { startsOf } from "../../shared/policy/cron.ts";
import type {
  Change,
  ForecastRule,
  Hours,
  MissingChoice,
  Peak,
  Policy,
  Rule,
  StepRule,
} from "../../shared/policy/index.ts";
import { ruleMetrics } from "../../shared/policy/types.ts";
import { givenPolicy, noon, ownMetric, scheduled, warmBy } from "./given.ts";

const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const minutes = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max }).map((m) => m * minuteMs);
const count = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
/** One metric of the operator's own is enough to meet the others. */
const ownSeries = { namespace: "Shop", name: "OrdersWaiting", statistic: "Average", dimensions: {} };
const readable = [...ruleMetrics, ownMetric];
const ratio: fc.Arbitrary<number> = count(1, 100).map((percent) => percent / 100);

const recurrences = ["0 12 * * *", "5 * * * *", "*/20 * * * *"];

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: pick("count" as const), count: count(1, 4) }),
  fc.record({ kind: pick("ratio" as const), ratio }),
);
const missingChoice: fc.Arbitrary<MissingChoice> = fc.oneof(
  pick<MissingChoice>({ kind: "hold" }, { kind: "ignore" }),
  fc.record({ kind: pick("floor" as const), count: count(0, 20) }),
  fc.record({ kind: pick("scale-out" as const), by: change }),
);

/** Thresholds ascend, and so do the changes: whoever is further over gets no less. */
const stepRule = (name: string, sides: "both" | "above"): fc.Arbitrary<StepRule> =>
  fc.record({
    kind: pick("step" as const),
    name: pick(name),
    metric: pick(...ruleMetrics, ownMetric),
    above: pick<StepRule["above"]>(
      [],
      [{ over: 0.7, add: { kind: "count", count: 1 } }],
      [
        { over: 0.7, add: { kind: "ratio", ratio: 0.2 } },
        { over: 500, add: { kind: "ratio", ratio: 0.5 } },
      ],
    ),
    below:
      sides === "above"
        ? pick<StepRule["below"]>([])
        : pick<StepRule["below"]>(
            [],
            [
              { under: 100, remove: { kind: "count", count: 1 } },
              { under: 0.3, remove: { kind: "ratio", ratio: 0.5 } },
            ],
          ),
    minutes: count(1, 3),
  });

const forecastRule = (name: string): fc.Arbitrary<Rule> =>
  fc.record({
    kind: pick("forecast" as const),
    name: pick(name),
    metric: pick("requests" as const),
    aim: pick<ForecastRule["aim"]>({ kind: "serve", ratio: 0.999 }, { kind: "quantile", ratio: 0.95 }),
    mode: pick("active" as const, "shadow" as const),
    timeZone: pick("UTC"),
    holidays: pick<readonly string[]>([]),
  });

const rule = (name: string, sides: "both" | "above"): fc.Arbitrary<Rule> =>
  fc.oneof(
    pick<Rule>({ kind: "target-demand", name, metric: "requests" }),
    ratio.map((targetRatio): Rule => ({ kind: "target-utilization", name, metric: "cpu", targetRatio })),
    count(1, 900).map((level): Rule => ({ kind: "target-level", name, metric: "requests-per-target", level })),
    count(1, 90).map((perInstance): Rule => ({ kind: "target-total", name, metric: ownMetric, perInstance })),
    stepRule(name, sides),
    forecastRule(name),
    fc
      .record({ timeZone: pick("UTC", "Asia/Kolkata"), min: count(0, 15), forMs: minutes(1, 30) })
      .chain((rest) => pick(...recurrences).map((cron) => scheduled(cron, { name, ...rest }))),
  );

/** A policy with more is refused when it is read. */
const withOneForecast = (rules: readonly Rule[]): Rule[] =>
  rules.filter(({ kind }, index) => kind !== "forecast" || rules.findIndex((one) => one.kind === kind) === index);

const peak = (name: string): fc.Arbitrary<Peak> =>
  fc.record({
    name: pick(name),
    atMs: minutes(-90, 90).map((offset) => noon + offset),
    expect: fc.oneof<fc.Arbitrary<Peak["expect"]>[]>(
      fc.record({ kind: pick("factor" as const), factor: count(1, 50).map((tenth) => tenth / 10) }),
      fc.record({ kind: pick("absolute" as const), perMinute: count(0, 9_000) }),
      pick({ kind: "like" as const, fromMs: 0 }),
      fc.record({
        kind: pick("figures" as const),
        fromMs: pick(0),
        everyMs: pick(15 * minuteMs),
        perMinute: fc.array(count(0, 9_000), { minLength: 1, maxLength: 4 }),
      }),
    ),
    rampMs: minutes(0, 40),
    holdMs: minutes(1, 60),
    releaseMs: minutes(0, 40),
    early: fc.oneof<fc.Arbitrary<Peak["early"]>[]>(
      pick({ kind: "never" as const }),
      fc.record({ kind: pick("below" as const), ratio, afterMs: minutes(1, 30) }),
    ),
  });

const budget: fc.Arbitrary<Policy["limits"]["budget"]> = fc.oneof(
  pick<Policy["limits"]["budget"]>({ kind: "none" }),
  fc.record({
    kind: pick("hourly" as const),
    softUsd: fc.oneof(pick("none" as const), count(0, 9)),
    hardUsd: fc.oneof(pick("none" as const), count(0, 12)),
    onDemandUsd: count(1, 20).map((tenth) => tenth / 10),
    spotUsd: count(1, 9).map((tenth) => tenth / 10),
  }),
);

const renew: fc.Arbitrary<Policy["renew"]> = fc.oneof(
  pick<Policy["renew"]>({ kind: "never" }),
  fc.record({
    kind: pick("renews" as const),
    outdated: fc.boolean(),
    maxAgeMs: pick<number | "any">("any", 30 * minuteMs),
    balanced: fc.boolean(),
    atOnceRatio: pick(0.1, 0.5),
    during: pick<readonly Hours[]>(
      [],
      [{ cron: "0 12 * * *", starts: startsOf("0 12 * * *"), timeZone: "UTC", forMs: hourMs }],
    ),
  }),
);

/** `sides` says whether step rules may also ask for less. */
export const policies = (sides: "both" | "above" = "both"): fc.Arbitrary<Policy> =>
  fc
    .record({
      min: count(0, 5),
      room: count(0, 25),
      rules: fc
        .tuple(rule("a", sides), rule("b", sides), rule("c", sides))
        .chain((rules) => fc.subarray(withOneForecast(rules))),
      purchase: fc.record({ onDemandBase: count(0, 3), spotShareRatio: pick(0, 0.3, 1) }),
      leadTimeMs: minutes(1, 6),
      warm: pick<Policy["warm"]>({ kind: "none" }, warmBy({ onFailure: "serve" }), warmBy({ onFailure: "replace" })),
      drain: fc.record({ timeoutMs: minutes(0, 4), takeBack: pick("allowed" as const, "never" as const) }),
      choices: fc.array(missingChoice, { minLength: readable.length, maxLength: readable.length }),
      stabilization: fc.record({ scaleOutMs: minutes(0, 3), scaleInMs: minutes(0, 10) }),
      limits: fc.record({
        scaleOut: fc.record({ ratio, windowMs: minutes(1, 5) }),
        scaleIn: fc.record({ ratio, windowMs: minutes(1, 5) }),
        budget,
        surgeRatio: pick(0, 0.1, 0.5),
      }),
      renew,
      reserve: pick<Policy["reserve"]>(
        { kind: "none" },
        { kind: "keeps", count: 3, by: "stopping", settleMs: 3 * minuteMs, usdPerHour: 0.001 },
      ),
    })
    .map(({ min, room, purchase, leadTimeMs, choices, ...rest }) =>
      givenPolicy({
        ...rest,
        bounds: { min, max: Math.max(1, min + room) },
        launch: { ...givenPolicy().launch, purchase, leadTimeMs },
        metrics: { [ownMetric]: { kind: "series", series: ownSeries } },
        missing: Object.fromEntries(readable.map((metric, index) => [metric, choices[index]])) as Policy["missing"],
      }),
    )
    .map(plain);

/** As it would be read from the log: fast-check's records have no prototype now and then. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** What the load balancer may say of an instance in each state; after it is gone, late reads still say anything. */
const targetsOf: Readonly<Record<Instance["state"], readonly Instance["target"]["kind"][]>> = {
  pending: ["unregistered"],
  running: ["unregistered", "initial", "healthy", "healthy", "healthy", "unhealthy", "draining"],
  stopping: ["unregistered", "healthy", "unhealthy", "draining"],
  stopped: ["unregistered"],
  "shutting-down": ["unregistered", "initial", "healthy", "unhealthy", "draining"],
};

const ids = Array.from({ length: 12 }, (_, index) => `i-${index}`);
const past = (minutesMax: number): fc.Arbitrary<number> => minutes(0, minutesMax).map((ago) => noon - ago);

const instance = (id: string): fc.Arbitrary<Instance> =>
  pick<Instance["state"]>(
    "pending",
    "running",
    "running",
    "running",
    "running",
    "stopping",
    "stopped",
    "shutting-down",
  ).chain((state) =>
    fc.record({
      id: pick(id),
      zone: pick("a", "b", "c"),
      subnet: pick("", "subnet-a", "subnet-b"),
      instanceType: pick("m7g.large"),
      purchase: pick("on-demand" as const, "spot" as const),
      launchedAt: past(90),
      launchedBy: pick(""),
      templateVersion: pick("1", "1", "1", "0", ""),
      isProtected: pick(false, false, false, false, true),
      state: pick(state),
      target: pick(...targetsOf[state]).map((kind) => ({ kind, because: "" }) as Instance["target"]),
      warm: fc.oneof(
        pick<Instance["warm"]>({ kind: "not-started" }),
        past(9).map((at): Instance["warm"] => ({ kind: "started", at })),
        past(9).map((at): Instance["warm"] => ({ kind: "done", at })),
        past(9).map((at): Instance["warm"] => ({ kind: "failed", at, because: "" })),
      ),
    }),
  );

const signal = (value: fc.Arbitrary<number>): fc.Arbitrary<Signal> =>
  fc.oneof(
    { weight: 1, arbitrary: pick<Signal>({ kind: "missing", because: "no points" }) },
    {
      weight: 5,
      arbitrary: fc.tuple(fc.array(value, { minLength: 1, maxLength: 6 }), count(0, 3)).map(
        ([values, lag]): Signal => ({
          kind: "known",
          points: values.map((value, index) => ({ at: noon - (values.length - 1 - index + lag) * minuteMs, value })),
        }),
      ),
    },
  );

const signals: fc.Arbitrary<Snapshot["signals"]> = fc.record(
  {
    requests: signal(count(0, 12_000)),
    "healthy-hosts": signal(count(0, 12)),
    cpu: signal(ratio),
    "latency-p50": signal(count(1, 1_000)),
    "latency-p90": signal(count(1, 1_000)),
    "latency-p95": signal(count(1, 1_000)),
    "latency-p99": signal(count(1, 1_000)),
    "errors-5xx": signal(count(0, 1_000)),
    rejected: signal(count(0, 1_000)),
    "requests-per-target": signal(count(0, 1_500)),
    [ownMetric]: signal(count(0, 1_000)),
  },
  { requiredKeys: ["healthy-hosts"] },
);

const ascending = fc
  .array(fc.tuple(count(0, 20), count(0, 30)), { maxLength: 5 })
  .map((entries) =>
    entries.sort(([a], [b]) => b - a).map(([ago, count]) => ({ at: noon - (ago + 1) * minuteMs, count })),
  );

const sizing: fc.Arbitrary<Memory["sizing"]> = fc.oneof(
  pick<Memory["sizing"]>({ kind: "none" }),
  fc.record({
    kind: pick("rules" as const),
    wishes: ascending,
    targets: ascending,
    peakBaselines: fc.subarray(["x", "y"]).map((names) => names.map((name) => ({ name, perMinute: 2_000 }))),
    blindBases: fc.subarray(["a", "b"]).map((rules) => rules.map((rule) => ({ rule, count: 5 }))),
    service: pick<ServiceMemory>(
      { kind: "none" },
      {
        ...{ kind: "counted", since: "unknown", until: noon - 4 * minuteMs, logit: 3 },
        ...{ meanPerMinute: 2_000, requests: 1e6, late: 500 },
      },
    ),
  }),
);

const since = (minutesMax: number) =>
  fc.subarray(ids).chain((some) => fc.tuple(...some.map((id) => past(minutesMax).map((since) => ({ id, since })))));

type Launching = Memory["launching"][number];

const launch = (id: string): fc.Arbitrary<Launching> =>
  fc.record({
    id: pick(id),
    requestedAt: past(20),
    templateVersion: pick("1", "0", ""),
    marks: fc
      .subarray(["seen", "running", "warm-started", "warm-refused", "warmed"] as const)
      .map((kinds) => kinds.map((kind) => ({ kind, at: noon - minuteMs }))),
  });

const returning = (id: string): fc.Arbitrary<Launching> =>
  past(20).map((at) => ({
    id,
    requestedAt: at,
    templateVersion: "",
    marks: [
      { kind: "seen", at },
      { kind: "taken-back", at },
    ],
  }));

const memories: fc.Arbitrary<Memory> = fc.record(
  {
    target: fc.oneof(
      pick<Memory["target"]>({ kind: "none" }),
      count(0, 30).map((count): Memory["target"] => ({ kind: "set", count })),
    ),
    sizing,
    launching: fc
      .subarray([...ids, "u-1", "u-2", "u-3"])
      .chain((some) => fc.tuple(...some.map((id) => fc.oneof(launch(id), returning(id))))),
    draining: since(10),
    unmet: pick<Memory["unmet"]>({ kind: "none" }, { kind: "since", at: noon - hourMs }),
    unhealthy: since(10),
    capacity: pick<Memory["capacity"]>({ kind: "none" }),
    shortSubnets: pick<Memory["shortSubnets"]>([], [{ subnet: "subnet-a", until: noon + minuteMs }]),
    templates: fc.record({
      failures: fc.array(
        past(60).map((at) => ({ templateVersion: "1", requestedAt: at - minuteMs, at })),
        { maxLength: 5 },
      ),
      proven: pick("", "0", "1"),
    }),
    launches: fc.array(
      minutes(1, 9).map((servingMs) => ({ at: noon, runningMs: minuteMs, servingMs })),
      { maxLength: 8 },
    ),
    reserve: fc
      .tuple(fc.subarray(ids.slice(0, 4)), fc.subarray(ids.slice(4, 8)), past(40))
      .map(([filling, kept, since]) => ({
        filling: filling.map((id) => ({ id, since })),
        kept: kept.map((id) => ({ id, since })),
      })),
  },
  {
    requiredKeys: [
      "target",
      "sizing",
      "launching",
      "draining",
      "unmet",
      "unhealthy",
      "capacity",
      "shortSubnets",
      "templates",
      "launches",
    ],
  },
);

const actions: fc.Arbitrary<readonly Action[]> = fc
  .subarray(ids.slice(0, 6))
  .chain((some) =>
    fc.tuple(
      ...some.map((id) => pick("register", "warm", "take-back", "drain", "start", "stop").map((kind) => [kind, id])),
    ),
  )
  .map((pairs) => [
    { kind: "launch", id: "shop@4/launch", onDemandCount: 1, spotCount: 1, templateVersion: "1", subnets: [] } as const,
    ...pairs.map(([kind, id]) => ({ kind, id: `shop@4/${kind}/${id}`, instance: id, because: "surplus" }) as Action),
  ]);

const outcome = (action: Action): fc.Arbitrary<Outcome> => {
  const instances = action.kind === "launch" ? ["u-4", "i-11"] : [action.instance];
  return pick<Outcome>(
    { kind: "done", action: action.id, instances },
    {
      kind: "insufficient-capacity",
      action: action.id,
      instances: instances.slice(1),
      because: "",
      attempts: [],
      shortSubnets: [],
    },
    { kind: "denied", action: action.id, because: "" },
    { kind: "throttled", action: action.id, because: "" },
    { kind: "too-late", action: action.id },
  );
};

const forecastLevels = [0.5, 0.9, 0.99];
const forecastWindow = (role: ForecastWindow["role"], fromMinute: number) =>
  fc.array(count(0, 9_000), { minLength: 3, maxLength: 3 }).map(
    (loads): ForecastWindow => ({
      role,
      from: noon + fromMinute * minuteMs,
      to: noon + (fromMinute + 2) * minuteMs,
      loads: loads.sort((a, b) => a - b),
    }),
  );
const forecast: fc.Arbitrary<Snapshot["forecast"]> = fc.oneof(
  pick<Snapshot["forecast"]>({ kind: "none", because: "no rule forecasts" }),
  fc
    .tuple(
      forecastWindow("buy", 3),
      forecastWindow("serve", 0),
      forecastWindow("keep", 5),
      forecastWindow("half-hour", 9),
      pick<Extract<Snapshot["forecast"], { kind: "seen" }>["standing"]>(
        { kind: "sound" },
        { kind: "sound" },
        { kind: "shadow", because: "worse" },
      ),
    )
    .map(([buy, serve, keep, half, standing]): Snapshot["forecast"] => ({
      kind: "seen",
      madeAt: noon - hourMs,
      knownDays: 14,
      standing,
      levels: forecastLevels,
      windows: [buy, serve, keep, half],
    })),
);

/** Now and then a row whose actions have not all ended. */
const previous: fc.Arbitrary<Snapshot["previous"]> = fc.oneof(
  pick<Snapshot["previous"]>({ kind: "none" }),
  fc.tuple(actions, count(0, 9)).chain(([actions, lost]) =>
    fc.record({
      kind: pick("row" as const),
      generation: pick(4),
      at: pick(noon - minuteMs),
      actBy: pick(noon - 40 * secondMs),
      actions: pick(actions),
      outcomes: fc.tuple(...actions.slice(lost === 0 ? 1 : 0).map(outcome)),
    }),
  ),
);

export const snapshots: fc.Arbitrary<Snapshot> = fc
  .record({
    now: pick(noon),
    fleet: pick("shop"),
    birth: pick(noon - 24 * hourMs, noon - 4 * minuteMs, noon),
    instances: fc.oneof(
      {
        weight: 1,
        arbitrary: pick<Snapshot["instances"]>(
          { kind: "missing", how: "throttled", because: "too fast" },
          { kind: "missing", how: "failed", because: "denied" },
        ),
      },
      {
        weight: 9,
        arbitrary: fc.record({
          kind: pick("seen" as const),
          instances: fc.subarray(ids).chain((some) => fc.tuple(...some.map(instance))),
          foreignCount: fc.nat({ max: 2 }),
          deregistrationDelayMs: minutes(0, 4),
          templateVersion: pick("1"),
        }),
      },
    ),
    signals,
    peaks: fc.tuple(peak("x"), peak("y")).chain((peaks) => fc.subarray(peaks)),
    peakFindings: pick<Snapshot["peakFindings"]>(
      [],
      [{ peak: "x", level: "problem", check: "quota", found: "too few", toDo: "ask" }],
    ),
    brakes: fc.oneof(
      { weight: 4, arbitrary: pick<Snapshot["brakes"]>([]) },
      { weight: 1, arbitrary: pick<Snapshot["brakes"]>([{ scope: "all-fleets", since: noon, by: "ann", reason: "" }]) },
    ),
    notices: fc
      .subarray(ids.slice(0, 4))
      .chain((some) =>
        fc.tuple(
          ...some.map((instance) =>
            pick("interruption" as const, "rebalance" as const).map((kind) => ({ instance, kind, at: noon })),
          ),
        ),
      ),
    overrides: fc.array(
      fc.record({
        id: pick("o-1", "o-2"),
        min: pick(0, 3, 12),
        max: pick(1, 8, 1_000),
        until: pick(noon - 1, noon + hourMs),
        by: pick("ada"),
        reason: pick(""),
      }),
      { maxLength: 2 },
    ),
    forecast,
    memory: memories,
    previous,
  })
  .map(plain);
