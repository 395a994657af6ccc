// A small imagined AWS in virtual time. The simulator calls its plain functions; SDK clients reach the same ones through
// `answer`.
import { assert } from "../../core/index.ts";
import { createRandom } from "../random.ts";
import { answer } from "./answer.ts";
import { advanceTo, countsAt, describe, type Fleet, rowsOf } from "./fleet.ts";
import { launch, seedServing, zoneOf } from "./launch.ts";
import { closeMinute, points, withinPoints } from "./metrics.ts";
import { deregister, register, start, startWarm, stop, terminate } from "./operate.ts";
import { ownPoints } from "./published.ts";
import type { Site } from "./site.ts";
import type { Cloud, CloudOptions } from "./types.ts";

export function createCloud(options: CloudOptions): Cloud {
  const groupTags = new Map(Object.entries(options.targetGroup.tags));
  const site: Site = { fleet: createFleet(options), minutes: [], sent: [], alarms: new Map(), groupTags };
  const { fleet, sent } = site;
  return {
    get now() {
      return fleet.now;
    },
    faults: options.faults,
    sent,
    advanceTo: (at) => advanceTo(fleet, at),
    seedServing: (count, tags) => seedServing(fleet, count, tags),
    launch: (request) => launch(fleet, request),
    terminate: (ids) => terminate(fleet, ids),
    stop: (ids) => stop(fleet, ids),
    start: (ids) => start(fleet, ids),
    register: (ids) => register(fleet, ids),
    deregister: (ids) => deregister(fleet, ids),
    startWarm: (id) => startWarm(fleet, id),
    describe: (asOf) => describe(fleet, asOf),
    countsAt: (minuteAt) => countsAt(fleet, minuteAt),
    closeMinute: (minuteAt) => closeMinute(site, minuteAt),
    points: (metric, window) => points(site, metric, window),
    ownPoints: (metric, window) => ownPoints(fleet, metric, window),
    withinPoints: (boundMs, window) => withinPoints(site, boundMs, window),
    rows: () => rowsOf(fleet),
    answer: (service, commandName, input) => answer(site, { service, commandName, input }),
  };
}

/** In every zone the template has one subnet, `subnet-` and the zone's last letter. */
function createFleet(options: CloudOptions): Fleet {
  assert(options.zones.length > 0, "a region has a zone");
  const fleet: Fleet = {
    options,
    random: createRandom(options.seed).fork("cloud"),
    now: options.startAt,
    instanceCount: 0,
    launchCount: 0,
    drawCount: 0,
    living: [],
    ended: [],
    byId: new Map(),
    forgotten: [],
    subnets: new Map(),
    tokens: new Map(),
  };
  for (const zone of options.zones) zoneOf(fleet, `subnet-${zone.slice(-1)}`);
  return fleet;
}

/** What hardly anyone changes. `faults` is not among it: each cloud has its own. */
export const usualCloud: Pick<
  CloudOptions,
  "targetGroup" | "launchTemplate" | "zones" | "newestMinute" | "published" | "idsFrom" | "warmSeconds"
> = {
  targetGroup: { name: "shop-web", loadBalancerName: "shop", tags: {} },
  launchTemplate: { name: "shop-web", id: "lt-00000000000000001", defaultVersion: 1 },
  zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
  newestMinute: { kind: "hidden" },
  published: [],
  idsFrom: 1,
  warmSeconds: [30, 60],
};
