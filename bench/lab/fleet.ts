// The lab's EC2: it launches instances, terminates and describes them, and kills without notice. What they run in is the caller's:
// processes (process.ts).
import { type EpochMs, minuteMs } from "../../shared/core/index.ts";
import type { Instance, WarmState } from "../../shared/engine/index.ts";
import type { Address } from "../../shared/haproxy/index.ts";
import type { Clock } from "./settings.ts";

/** What one instance runs in. */
export interface Host {
  /** SIGTERM ends it, SIGSTOP holds it where it is, SIGKILL pulls its plug. */
  signal(signal: "SIGTERM" | "SIGSTOP" | "SIGKILL"): void;
  readonly ended: Promise<void>;
}
export type StartHost = (id: string, heard: (address: Address) => void) => Host;

export interface Machine
  extends Pick<Instance, "id" | "zone" | "instanceType" | "purchase" | "launchedAt" | "launchedBy"> {
  readonly host: Host;
  /** None before it listens. */
  address: Address | "none";
  warm: WarmState;
  life:
    | { readonly kind: "lives" }
    | { readonly kind: "terminated" }
    /** Its process ended and nobody had asked for it. */
    | { readonly kind: "lost"; readonly at: EpochMs };
}

export interface LaunchAsked {
  readonly onDemandCount: number;
  readonly spotCount: number;
  readonly launchedBy: string;
}
export type Launched =
  | { readonly kind: "all" | "no-room"; readonly machines: readonly Machine[] }
  /** The same action has asked for something else before. */
  | { readonly kind: "mismatch" };

export interface Fleet {
  /** Those that are described: a lost one for another minute, as nobody knows better yet. */
  described(): readonly Machine[];
  /** The same action launches only once, and is answered alike. */
  launch(asked: LaunchAsked): Launched;
  terminate(id: string): void;
  /** Holds its process where it is: what is in flight there is so for good. */
  freeze(id: string): void;
  /** As if its plug were pulled. */
  kill(id: string): void;
  machine(id: string): Machine | "unknown";
  /** Every process is gone when it resolves. */
  stop(): Promise<void>;
}

export interface FleetGiven {
  readonly clock: Clock;
  readonly start: StartHost;
  readonly instanceType: string;
  /** Whether there is room for one beside so many. */
  hasRoom(livingCount: number): boolean;
}

const zones = ["lab-a", "lab-b", "lab-c"];
const noticedAfterMs = minuteMs;

export function createFleet(given: FleetGiven): Fleet {
  const { clock } = given;
  const machines = new Map<string, Machine>();
  const launches = new Map<string, { readonly asked: LaunchAsked; readonly launched: Launched }>();
  const described = (): readonly Machine[] =>
    [...machines.values()].filter(
      ({ life }) => life.kind === "lives" || (life.kind === "lost" && clock.now() - life.at < noticedAfterMs),
    );
  const start = (launchedBy: string, purchase: Machine["purchase"]): Machine => {
    const machine = boot(given, { id: `i-${String(machines.size + 1).padStart(4, "0")}`, launchedBy, purchase });
    machines.set(machine.id, machine);
    return machine;
  };
  const launchNew = ({ onDemandCount, spotCount, launchedBy }: LaunchAsked): Launched => {
    const came: Machine[] = [];
    for (let index = 0; index < onDemandCount + spotCount; index++) {
      if (!given.hasRoom(described().length)) return { kind: "no-room", machines: came };
      came.push(start(launchedBy, index < onDemandCount ? "on-demand" : "spot"));
    }
    return { kind: "all", machines: came };
  };
  const signal = (id: string, name: Parameters<Host["signal"]>[0]): void => machines.get(id)?.host.signal(name);
  return {
    described,
    launch: (asked) => {
      const known = launches.get(asked.launchedBy);
      if (known) return isSame(known.asked, asked) ? known.launched : { kind: "mismatch" };
      const launched = launchNew(asked);
      launches.set(asked.launchedBy, { asked, launched });
      return launched;
    },
    terminate: (id) => {
      const machine = machines.get(id);
      if (machine === undefined) return;
      machine.life = { kind: "terminated" };
      signal(id, "SIGTERM");
    },
    freeze: (id) => signal(id, "SIGSTOP"),
    kill: (id) => signal(id, "SIGKILL"),
    machine: (id) => machines.get(id) ?? "unknown",
    stop: async () => {
      for (const machine of machines.values()) {
        if (machine.life.kind === "lives") machine.life = { kind: "terminated" };
        machine.host.signal("SIGKILL");
      }
      await Promise.all([...machines.values()].map(({ host }) => host.ended));
    },
  };
}

const isSame = (one: LaunchAsked, other: LaunchAsked): boolean =>
  one.onDemandCount === other.onDemandCount && one.spotCount === other.spotCount;

function boot(
  { clock, start, instanceType }: FleetGiven,
  named: Pick<Machine, "id" | "launchedBy" | "purchase">,
): Machine {
  const host = start(named.id, (address) => {
    machine.address = address;
  });
  const machine: Machine = {
    ...named,
    zone: zones[Number(named.id.slice(2)) % zones.length] as string,
    instanceType,
    launchedAt: clock.now(),
    host,
    address: "none",
    warm: { kind: "not-started" },
    life: { kind: "lives" },
  };
  void host.ended.then(() => {
    if (machine.life.kind === "lives") machine.life = { kind: "lost", at: clock.now() };
  });
  return machine;
}
