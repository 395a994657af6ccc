// Rows, policies and outcomes as small as they come, for tests of what keeps them.
import type { Row } from "../../shared/control/index.ts";
import type { Action, Decision, Memory, Outcome, Previous, Snapshot } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";

export const noon = Date.UTC(2026, 10, 20, 12);

export const emptyMemory: Memory = {
  target: { kind: "none" },
  sizing: { kind: "none" },
  launching: [],
  draining: [],
  unhealthy: [],
  launches: [],
};

export const shop: Policy = {
  fleet: "shop",
  targetGroup: "shop-web",
  launch: {
    template: { kind: "name", value: "shop", version: "$Default" },
    subnets: ["subnet-a", "subnet-b"],
    instanceTypes: ["m7g.large", "m6g.large"],
    purchase: { onDemandBase: 1, spotShareRatio: 0 },
    leadTimeMs: 180_000,
  },
  bounds: { min: 1, max: 20 },
  capacity: { perInstancePerMinute: 600, targetRatio: 0.6 },
  rules: [
    { kind: "target-demand", name: "demand", metric: "requests" },
    { kind: "target-utilization", name: "cpu", metric: "cpu", targetRatio: 0.5 },
    {
      kind: "step",
      name: "slow",
      metric: "latency-p95",
      above: [{ over: 500, add: { kind: "count", count: 1 } }],
      below: [],
      minutes: 2,
    },
  ],
  peaks: [],
  warm: { kind: "none" },
  drain: { timeoutMs: 60_000, takeBack: "allowed" },
  missing: {
    requests: { kind: "hold" },
    cpu: { kind: "hold" },
    "latency-p50": { kind: "ignore" },
    "latency-p90": { kind: "ignore" },
    "latency-p95": { kind: "ignore" },
    "latency-p99": { kind: "ignore" },
    "errors-5xx": { kind: "ignore" },
    rejected: { kind: "ignore" },
  },
  stabilization: { scaleOutMs: 0, scaleInMs: 900_000 },
  limits: { scaleOut: { ratio: 1, windowMs: 60_000 }, scaleIn: { ratio: 0.5, windowMs: 60_000 } },
  mode: "live",
};

/** The row of a generation, deciding `actions`, made right after the one before it. */
export function rowOfGeneration(
  generation: number,
  given: { readonly actions?: readonly Action[]; readonly fleet?: string; readonly padding?: string } = {},
): Row {
  const at = noon + generation * 60_000;
  const fleet = given.fleet ?? "shop";
  const previous: Previous =
    generation === 1
      ? { kind: "none" }
      : { kind: "row", generation: generation - 1, at: at - 60_000, actBy: at - 40_000, actions: [], outcomes: [] };
  const snapshot: Snapshot = {
    now: at,
    fleet,
    birth: noon,
    instances: { kind: "missing", because: given.padding ?? "not asked" },
    signals: {},
    overrides: [],
    memory: emptyMemory,
    previous,
  };
  return {
    id: `${fleet}@${generation}`,
    fleet,
    generation,
    at,
    actBy: at + 20_000,
    engineVersion: "1",
    policyVersion: "sha256:00",
    snapshot,
    decision: decisionOf(given.actions ?? []),
  };
}

export function decisionOf(actions: readonly Action[]): Decision {
  return {
    kind: "decided",
    proposals: [],
    steps: [{ stage: "bound", from: 2, to: 2, reason: { kind: "within-bounds" } }],
    actions,
    memory: emptyMemory,
    lookAgain: { at: noon, because: "heartbeat" },
  };
}

export const doneOf = (action: string, ...instances: string[]): Outcome => ({ kind: "done", action, instances });
