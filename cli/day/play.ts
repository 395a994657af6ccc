// Plays a day minute by minute through the real World: real SDK clients, answered by the simulated cloud, and a log in a
// real DynamoDB API. Only time and the far side of the wire are imagined.
import { createAwsAlmanac } from "../../shared/aws/history/index.ts";
import {
  answeredClients,
  beginWarm,
  createAwsWorld,
  endWarm,
  type Table,
  type Warmer,
} from "../../shared/aws/index.ts";
import {
  type Almanac,
  isForecast,
  isRefreshDue,
  type Row,
  refresh,
  tick,
  type World,
} from "../../shared/control/index.ts";
import { type EpochMs, minuteMs } from "../../shared/core/index.ts";
import { type Outcome, sizeByRules, targetOf } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { type Cloud, cloudFor, type InstanceRow, type MinuteRow } from "../../shared/sim/index.ts";
import type { Day } from "./day.ts";

export interface Played {
  readonly minutes: readonly MinuteRow[];
  readonly instances: readonly InstanceRow[];
  readonly looks: readonly Look[];
}
export interface Look {
  readonly row: Row;
  readonly outcomes: readonly Outcome[];
}

export async function play(
  day: Day,
  table: Table,
  onMinute: (minute: MinuteRow, doneCount: number) => void,
): Promise<Played> {
  const cloud = cloudFor(day, {
    tag: `${table.stage}/${day.policy.fleet}`,
    newestMinute: { kind: "partial", ratio: 0.6 },
    past: day.past,
  });
  const warming = simulatedWarmer(cloud, table);
  const world = worldOver(cloud, table, warming.warmer);
  const almanac = almanacOver(cloud, table);
  const minutes: MinuteRow[] = [];
  const looks: Look[] = [];
  for (const [index, load] of day.trace.loads.entries()) {
    const at = day.trace.startAt + index * minuteMs;
    cloud.advanceTo(at);
    await warming.report(at);
    const look = await lookOnce(world, day);
    looks.push(look);
    if (index % 60 === 0) await keepForecast(almanac, day.policy);
    const minute = { t: at, load, target: targetOf(look.row.decision.steps), ...cloud.closeMinute(at), scored: true };
    minutes.push(minute);
    onMinute(minute, index + 1);
  }
  return { minutes, instances: cloud.rows(), looks };
}

async function lookOnce(world: World, { policy, policyVersion }: Day): Promise<Look> {
  const looked = await tick(world, { policy, policyVersion }, sizeByRules);
  if (looked.kind !== "done") throw new Error(`another evaluator is at work on ${policy.fleet}: ${looked.kind}`);
  return looked;
}

/** As the deployed clock has it done every hour, once a look has found the target group. */
async function keepForecast(almanac: Almanac, policy: Policy): Promise<void> {
  if (isForecast(policy) && isRefreshDue(await almanac.previous(policy), almanac.now())) await refresh(almanac, policy);
}

const clientsOf = (cloud: Cloud): ReturnType<typeof answeredClients> =>
  answeredClients((service, command, input) => cloud.answer(service, command, input));

const almanacOver = (cloud: Cloud, table: Table): Almanac =>
  createAwsAlmanac({ metrics: clientsOf(cloud).metrics, table, now: () => cloud.now, waiting: "none" });

const worldOver = (cloud: Cloud, table: Table, warmer: Warmer): World =>
  createAwsWorld({
    clients: clientsOf(cloud),
    table,
    now: () => cloud.now,
    evaluator: () => `start ${cloud.now}`,
    warmer,
    abortIn: () => new AbortController().signal,
  });

interface Warming {
  readonly warmer: Warmer;
  /** Writes down what has ended since it was last asked, as a warmer does when it is done. */
  report(now: EpochMs): Promise<void>;
}

function simulatedWarmer(cloud: Cloud, table: Table): Warming {
  const running = new Map<string, string>();
  return {
    warmer: {
      kind: "warmer",
      start: async ({ fleet }, order) => {
        const started = cloud.startWarm(order.instance);
        if (started.kind === "error") throw started.error;
        running.set(order.instance, fleet);
        await beginWarm(table, fleet, { ...order, at: cloud.now });
      },
    },
    report: async (now) => {
      if (running.size === 0) return;
      const seen = new Map(cloud.describe(now).map(({ id, warm }) => [id, warm]));
      for (const [instance, fleet] of running) {
        const state = seen.get(instance);
        if (state?.kind === "started") continue;
        running.delete(instance);
        if (state?.kind === "done" || state?.kind === "failed") await endWarm(table, fleet, { instance, state });
      }
    },
  };
}
