// A fleet that does what it is told, a minute later: boots, warms, passes its checks, drains. Its load never changes.
import { minuteMs } from "../../shared/core/index.ts";
import {
  type Action,
  type Decision,
  type Instance,
  initialMemory,
  type Memory,
  type Outcome,
  type Point,
  type Snapshot,
} from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { noon } from "./given.ts";

export interface Toy {
  readonly look: () => Snapshot;
  /** Carries the decision out, and a minute passes. */
  readonly obey: (decision: Decision) => void;
}

type Body = { -readonly [K in keyof Instance]: Instance[K] } & { since: number };

const deregistrationDelayMs = 2 * minuteMs;

export function toyFleet(policy: Policy, load: number, first: readonly Instance[]): Toy {
  let now = noon;
  let memory: Memory = initialMemory;
  let previous: Snapshot["previous"] = { kind: "none" };
  let fleet: Body[] = first.map((one) => ({ ...one, since: now - 60 * minuteMs }));
  let born = 0;
  const healthy = () => fleet.filter(({ state, target }) => state === "running" && target.kind === "healthy").length;
  const hosts: Point[] = Array.from({ length: 20 }, (_, index) => ({
    at: now - (20 - index) * minuteMs,
    value: healthy(),
  }));

  const look = (): Snapshot => {
    const cpu = ({ value }: Point) => Math.min(1, load / Math.max(1, value * policy.capacity.perInstancePerMinute));
    const reading = (from: (hosts: Point) => number) => ({
      kind: "known" as const,
      points: hosts.slice(-15).map((point) => ({ at: point.at, value: from(point) })),
    });
    return {
      now,
      fleet: policy.fleet,
      birth: noon,
      instances: {
        kind: "seen",
        instances: fleet.map(({ since: _, ...one }) => one),
        foreignCount: 0,
        deregistrationDelayMs,
        templateVersion: "1",
      },
      brakes: [],
      forecast: { kind: "none", because: "no rule forecasts" },
      signals: {
        requests: reading(() => load),
        cpu: reading(cpu),
        "healthy-hosts": reading(({ value }) => value),
        "latency-p95": reading((point) => (cpu(point) > 0.8 ? 600 : 200)),
      },
      peaks: [],
      peakFindings: [],
      overrides: [],
      notices: [],
      memory,
      previous,
    };
  };

  const carryOut = (action: Action): Outcome => {
    if (action.kind === "launch") return { kind: "done", action: action.id, instances: launch(action) };
    const one = fleet.find(({ id }) => id === action.instance);
    if (one) steer(one, action);
    return { kind: "done", action: action.id, instances: [action.instance] };
  };
  const launch = ({ onDemandCount, spotCount }: Extract<Action, { kind: "launch" }>): readonly string[] =>
    Array.from({ length: onDemandCount + spotCount }, (_, index) => {
      const id = `new-${++born}`;
      const purchase = index < onDemandCount ? "on-demand" : "spot";
      fleet.push({ ...bare, id, purchase, zone: `zone-${born % 3}`, launchedAt: now, since: now });
      return id;
    });
  const steer = (one: Body, { kind }: Action): void => {
    one.since = now;
    if (kind === "warm") one.warm = { kind: "started", at: now };
    if (kind === "register" || kind === "take-back") one.target = { kind: "initial" };
    if (kind === "drain") one.target = { kind: "draining" };
    if (kind === "terminate") one.state = "shutting-down";
    if (kind === "stop") one.state = "stopping";
    if (kind === "start") Object.assign(one, { state: "pending", warm: { kind: "not-started" } });
  };

  const obey = (decision: Decision): void => {
    const generation = previous.kind === "none" ? 1 : previous.generation + 1;
    const outcomes = decision.actions.map(carryOut);
    previous = { kind: "row", generation, at: now, actBy: now, actions: decision.actions, outcomes };
    memory = decision.memory;
    now += minuteMs;
    hosts.push({ at: now - minuteMs, value: healthy() });
    fleet = fleet.filter(({ state }) => state !== "shutting-down");
    for (const one of fleet) age(one, now);
  };
  return { look, obey };
}

const bare: Omit<Instance, "id" | "purchase" | "zone" | "launchedAt"> = {
  subnet: "",
  instanceType: "m7g.large",
  launchedBy: "",
  templateVersion: "1",
  isProtected: false,
  state: "pending",
  target: { kind: "unregistered" },
  warm: { kind: "not-started" },
};

/** Everything takes a minute, but a drain, which takes the load balancer's delay. */
function age(one: Body, now: number): void {
  if (one.state === "pending") one.state = "running";
  if (one.state === "stopping") one.state = "stopped";
  if (one.warm.kind === "started") one.warm = { kind: "done", at: now };
  if (one.target.kind === "initial" && now - one.since >= minuteMs) one.target = { kind: "healthy" };
  if (one.target.kind === "draining" && now - one.since >= deregistrationDelayMs) one.target = { kind: "unregistered" };
}
