// One storm: a fleet kept by the real World through real SDK clients, by several evaluators at once, while everything goes
// wrong; then calm, in which it has to come to rest. The seed says all of it.
import { answeredClients, createAwsWorld } from "../../shared/aws/index.ts";
import { answeredTable, createMemoryTable } from "../../shared/aws/log/memoryTable.ts";
import { fleetTag, tick, type World } from "../../shared/control/index.ts";
import { BrokenInvariant, type EpochMs, minuteMs } from "../../shared/core/index.ts";
import { sizeByRules } from "../../shared/engine/index.ts";
import { type Policy, policyVersion } from "../../shared/policy/index.ts";
import {
  type Cloud,
  calmFaults,
  createCloud,
  createTimeline,
  type Timeline,
  usualCloud,
} from "../../shared/sim/index.ts";
import { createRandom } from "../../shared/sim/random.ts";
import { never } from "../support/cloudClients.ts";
import { type Foresight, putForesight } from "./foresight.ts";
import { boots, createNature } from "./nature.ts";
import { createNotices } from "./notices.ts";
import { type Draw, drawing, drawPolicy, perInstancePerMinute } from "./policy.ts";
import { rest } from "./rest.ts";
import { createStops } from "./stops.ts";
import { createTruth, stormDrainSeconds, type Truth } from "./truth.ts";
import { createWarming, type Warming } from "./warming.ts";
import { drawWeather, silentMs, type Weather } from "./weather.ts";
import { Crash, type Wires, wiresOf } from "./wire.ts";

export interface Storm {
  readonly seed: number;
  readonly policy: Policy;
  readonly truth: Truth;
  readonly cloud: Cloud;
  readonly weather: Weather;
  readonly foresight: Foresight;
}

const stage = "storm";
const evaluatorCount = 3;

export async function storm(seed: number): Promise<Storm> {
  const draw = drawing(createRandom(seed).fork("storm"));
  const policy = drawPolicy(draw.fork("policy"));
  const weather = drawWeather(draw.fork("weather"));
  const cloud = cloudOf({ seed, policy, weather, draw: draw.fork("cloud") });
  const truth = createTruth(cloud, policy);
  const timeline = createTimeline(weather.startsAt, (at) => cloud.advanceTo(at));
  const table = createMemoryTable();
  const wires = wiresOf({ cloud, table: table.answer, timeline, weather, truth, draw: draw.fork("wire") });
  const calmTable = answeredTable(table.answer, stage);
  const warming = createWarming({ cloud, weather, table: calmTable, draw: draw.fork("warming") });
  const stops = createStops({ table: calmTable, fleet: policy.fleet, weather, truth, draw: draw.fork("brake") });
  const { startsAt } = weather;
  const foresight = await putForesight(calmTable, { policy, startsAt, draw: draw.fork("foresight") });
  const nature = createNature({ cloud, weather, truth, owner: `${stage}/${policy.fleet}`, draw: draw.fork("nature") });
  const noticed = { cloud, table: calmTable, fleet: policy.fleet, owner: `${stage}/${policy.fleet}`, weather, truth };
  const notices = createNotices({ ...noticed, draw: draw.fork("notices") });
  const looks = looksOf({ policy, timeline, weather, truth, wires, warming, draw: draw.fork("looks") });
  for (let at = weather.startsAt; at < weather.endsAt; at += minuteMs) {
    nature.turn();
    await notices.turn();
    await stops.turn(at);
    await warming.report(at);
    looks.begin(at);
    cloud.closeMinute(at);
    await timeline.playTo(at + minuteMs);
    truth.look();
    if (at + minuteMs === weather.endsAt - silentMs) rest({ policy, cloud, truth, weather }, "settled");
  }
  rest({ policy, cloud, truth, weather }, "silent");
  return { seed, policy, truth, cloud, weather, foresight };
}

interface Given {
  readonly seed: number;
  readonly policy: Policy;
  readonly weather: Weather;
  readonly draw: Draw;
}

function cloudOf({ seed, policy, weather, draw }: Given): Cloud {
  const lagSeconds = draw.one([60, 120, 120, 180]);
  const cloud = createCloud({
    ...usualCloud,
    plant: {
      capacityPerMinute: perInstancePerMinute,
      lagSeconds,
      boot: boots(weather, () => cloud.now),
      cold: { seconds: 0, ratio: 1 },
      drainSeconds: stormDrainSeconds,
    },
    seed,
    startAt: weather.startsAt,
    launchTemplate: templateOf(weather, draw.fork("template"), () => cloud.now),
    traffic: { load: (at) => weather.load(at), filled: () => false },
    faults: calmFaults(),
    // A minute that is not whole after two is more than the engine is told to expect.
    newestMinute:
      lagSeconds > 120 || draw.chance(0.5) ? { kind: "hidden" } : { kind: "partial", ratio: draw.between(0.1, 0.9) },
  });
  cloud.seedServing(draw.whole(0, Math.min(8, policy.bounds.max)), { [fleetTag]: `${stage}/shop` });
  return cloud;
}

/** While the storm rages its owner marks another version as the default. */
function templateOf(
  weather: Weather,
  draw: Draw,
  now: () => EpochMs,
): Parameters<typeof createCloud>[0]["launchTemplate"] {
  const changesAt = weather.startsAt + draw.whole(5, 60) * minuteMs;
  return {
    ...usualCloud.launchTemplate,
    get defaultVersion() {
      return now() >= changesAt ? 2 : 1;
    },
  };
}

interface Looking {
  readonly policy: Policy;
  readonly timeline: Timeline;
  readonly weather: Weather;
  readonly truth: Truth;
  readonly wires: Wires;
  readonly warming: Warming;
  readonly draw: Draw;
}

/** One look a minute, somewhere in it. Looks get lost, come twice, and meet evaluators that are still at it. */
function looksOf(looking: Looking): { begin(minuteAt: EpochMs): void } {
  const { timeline, weather, draw } = looking;
  const evaluators = Array.from({ length: evaluatorCount }, (_, index) => evaluatorOf(looking, index));
  const beginOne = async (at: EpochMs): Promise<void> => {
    await timeline.until(at);
    const free = evaluators.find(({ busy }) => !busy());
    await free?.look();
  };
  return {
    begin: (minuteAt) => {
      if (draw.chance(0.7 * weather.force("lost-looks", minuteAt))) return;
      const races = weather.force("races", minuteAt);
      const count = 1 + (draw.chance(races) ? draw.whole(1, 2) : 0);
      const first = minuteAt + Math.round(draw.between(0, 20_000));
      for (let look = 0; look < count; look++)
        void beginOne(
          look > 0 && draw.chance(0.5) ? minuteAt + Math.round(draw.between(0, 59_000)) : first + look * 50,
        );
    },
  };
}

function evaluatorOf({ policy, timeline, weather, truth, wires, warming }: Looking, index: number) {
  let looks = 0;
  let isBusy = false;
  const world: World = createAwsWorld({
    clients: answeredClients(wires.cloud),
    table: answeredTable(wires.table, stage),
    now: () => timeline.now,
    evaluator: () => `${index} ${looks}`,
    warmer: warming.warmer,
    abortIn: never,
  });
  const versioned = { policy, policyVersion: policyVersion(policy) };
  return {
    busy: () => isBusy,
    look: async (): Promise<void> => {
      looks += 1;
      isBusy = true;
      try {
        await tick(world, versioned, sizeByRules);
      } catch (thrown) {
        const isExpected = thrown instanceof Crash || (thrown instanceof Error && thrown.name === "TimeoutError");
        const isCalm = timeline.now >= weather.calmFrom + 2 * minuteMs;
        if (!isExpected || isCalm) truth.violated(`a look threw ${describe(thrown)}`);
      } finally {
        isBusy = false;
      }
    },
  };
}

const describe = (thrown: unknown): string =>
  thrown instanceof BrokenInvariant ? String(thrown) : thrown instanceof Error ? (thrown.stack ?? "") : String(thrown);
