// The lab's EC2: instances are processes. It launches, terminates and describes them, and kills without notice.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type EpochMs, minuteMs } from "../../shared/core/index.ts";
import type { WarmState } from "../../shared/engine/index.ts";
import type { Address } from "../../shared/haproxy/index.ts";
import type { Clock, InstanceSettings } from "./settings.ts";

export interface Machine {
  readonly id: string;
  readonly zone: string;
  readonly launchedAt: EpochMs;
  readonly launchedBy: string;
  readonly child: ChildProcess;
  /** None before it listens. */
  address: Address | "none";
  warm: WarmState;
  life:
    | { readonly kind: "lives" }
    | { readonly kind: "terminated" }
    /** Its process ended and nobody had asked for it. */
    | { readonly kind: "lost"; readonly at: EpochMs };
}

export interface Fleet {
  /** Those that are described: a lost one for another minute, as nobody knows better yet. */
  described(): readonly Machine[];
  /** The same action launches only once. */
  launch(count: number, launchedBy: string): readonly Machine[];
  terminate(id: string): void;
  /** Holds its process where it is: what is in flight there is so for good. */
  freeze(id: string): void;
  /** As if its plug were pulled. */
  kill(id: string): void;
  machine(id: string): Machine | "unknown";
  /** Every process is gone when it resolves. */
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL("./server.mjs", import.meta.url));
const zones = ["a", "b", "c"];
const noticedAfterMs = minuteMs;

export function createFleet(settings: InstanceSettings, clock: Clock): Fleet {
  const machines = new Map<string, Machine>();
  const described = (): readonly Machine[] =>
    [...machines.values()].filter(
      ({ life }) => life.kind === "lives" || (life.kind === "lost" && clock.now() - life.at < noticedAfterMs),
    );
  const start = (launchedBy: string): Machine => {
    const machine = boot(`i-${String(machines.size + 1).padStart(4, "0")}`, { launchedBy, settings, clock });
    machines.set(machine.id, machine);
    return machine;
  };
  return {
    described,
    launch: (count, launchedBy) => {
      const known = [...machines.values()].filter((machine) => machine.launchedBy === launchedBy);
      return known.length > 0 ? known : Array.from({ length: count }, () => start(launchedBy));
    },
    terminate: (id) => {
      const machine = machines.get(id);
      if (machine === undefined) return;
      machine.life = { kind: "terminated" };
      machine.child.kill("SIGTERM");
    },
    freeze: (id) => void machines.get(id)?.child.kill("SIGSTOP"),
    kill: (id) => void machines.get(id)?.child.kill("SIGKILL"),
    machine: (id) => machines.get(id) ?? "unknown",
    stop: async () => {
      const living = [...machines.values()].filter(({ child }) => child.exitCode === null && child.signalCode === null);
      const ended = living.map(({ child }) => new Promise((resolve) => child.once("exit", resolve)));
      for (const machine of living) {
        machine.life = { kind: "terminated" };
        machine.child.kill("SIGKILL");
      }
      await Promise.all(ended);
    },
  };
}

interface Boot {
  readonly launchedBy: string;
  readonly settings: InstanceSettings;
  readonly clock: Clock;
}

function boot(id: string, { launchedBy, settings, clock }: Boot): Machine {
  const child = fork(program, [JSON.stringify({ id, ...settings })], { execArgv: [] });
  const machine: Machine = {
    id,
    zone: zones[Number(id.slice(2)) % zones.length] as string,
    launchedAt: clock.now(),
    launchedBy,
    child,
    address: "none",
    warm: { kind: "not-started" },
    life: { kind: "lives" },
  };
  child.on("message", ({ port }: { port: number }) => {
    machine.address = { host: "127.0.0.1", port };
  });
  child.on("exit", () => {
    if (machine.life.kind === "lives") machine.life = { kind: "lost", at: clock.now() };
  });
  return machine;
}
