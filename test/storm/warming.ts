// The warmer of a storm: it starts what it is told to, and mostly writes down how that went.
import { putWarm, type Table, type Warmer } from "../../shared/aws/index.ts";
import type { EpochMs } from "../../shared/core/index.ts";
import type { Cloud } from "../../shared/sim/index.ts";
import type { Draw } from "./policy.ts";
import type { Weather } from "./weather.ts";

export interface Warming {
  readonly warmer: Warmer;
  /** Writes down what has ended since it was last asked. */
  report(at: EpochMs): Promise<void>;
}

interface Given {
  readonly cloud: Cloud;
  readonly weather: Weather;
  readonly table: Table;
  readonly draw: Draw;
}

export function createWarming({ cloud, weather, table, draw }: Given): Warming {
  const running = new Map<string, string>();
  const isLost = (): boolean => draw.chance(0.5 * weather.force("warm-trouble", cloud.now));
  return {
    warmer: {
      kind: "warmer",
      start: async ({ fleet }, { instance }) => {
        const started = cloud.startWarm(instance);
        if (started.kind === "error") throw serviceError(started.error);
        running.set(instance, fleet);
        if (!isLost()) await putWarm(table, fleet, { instance, state: { kind: "started", at: cloud.now } });
      },
    },
    report: async (at) => {
      const seen = new Map(cloud.describe(at).map(({ id, warm }) => [id, warm]));
      for (const [instance, fleet] of running) {
        const state = seen.get(instance);
        if (state?.kind === "started") continue;
        running.delete(instance);
        if ((state?.kind === "done" || state?.kind === "failed") && !isLost())
          await putWarm(table, fleet, { instance, state });
      }
    },
  };
}

/** As the SDK throws what a service refuses. */
const serviceError = ({ name, message }: Error): Error =>
  Object.assign(new Error(message), { name, $fault: "client", $metadata: { httpStatusCode: 400 } });
