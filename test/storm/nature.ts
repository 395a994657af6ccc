// What befalls the fleet from outside: no room, slow machines, gaps, sickness, and other people's hands.
import { fleetTag } from "../../shared/control/index.ts";
import { minuteMs, secondMs } from "../../shared/core/index.ts";
import type { Cloud, Plant, Pool } from "../../shared/sim/index.ts";
import type { Draw } from "./policy.ts";
import type { Truth } from "./truth.ts";
import type { Weather } from "./weather.ts";

interface Exposed {
  readonly cloud: Cloud;
  readonly weather: Weather;
  readonly truth: Truth;
  readonly owner: string;
  readonly draw: Draw;
}

/** A boot of two to three minutes; up to six times that, and failing, while the storm lasts. */
export function boots(weather: Weather, now: () => number): Plant["boot"] {
  const slower = (): number => 1 + 5 * weather.force("slow-boots", now());
  return {
    nominalSeconds: 120,
    get p50Seconds() {
      return 100 * slower();
    },
    get p95Seconds() {
      return 180 * slower();
    },
    get failureRate() {
      return 0.7 * weather.force("failing-boots", now());
    },
  };
}

/** `turn` is called at the start of each minute. */
export function createNature({ cloud, weather, truth, owner, draw }: Exposed): { turn(): void } {
  const { faults } = cloud;
  const fullZone = draw.one(usualZones);
  const scope = draw.one<(pool: Pool) => boolean>([
    () => true,
    ({ zone }) => zone === fullZone,
    ({ purchase }) => purchase === "spot",
    ({ instanceType }) => instanceType === "m7g.large",
    () => draw.chance(0.5),
  ]);
  const command = draw.one([
    "CreateFleet",
    "RegisterTargets",
    "DeregisterTargets",
    "TerminateInstances",
    "Describe",
    "",
  ]);
  const gap = draw.one(["requests", "healthy-hosts", "cpu", ""]);
  faults.noCapacity = (pool) => weather.force("no-capacity", cloud.now) > 0 && scope(pool);
  faults.throttle = (asked) => asked.startsWith(command) && strikes("throttled");
  faults.denied = (asked) => asked.startsWith(command) && weather.force("denied", cloud.now) > 0.6;
  faults.metricGap = (metric, at) => metric.startsWith(gap) && weather.force("metric-gaps", at) > 0;
  faults.warmFails = () => strikes("warm-trouble");
  const strikes = (kind: "throttled" | "warm-trouble"): boolean => draw.chance(weather.force(kind, cloud.now));

  function turn(): void {
    const late = weather.force("late-visibility", cloud.now);
    faults.visibilityLagMs = late > 0 ? Math.round(late * visibleAfterMaxMs) : "drawn";
    const ours = cloud.describe(cloud.now).filter(({ tags, state }) => tags[fleetTag] === owner && state === "running");
    const before = faults.unhealthy.size;
    fallSick(ours.map(({ id }) => id));
    if (faults.unhealthy.size > before) truth.disturbed();
    for (const { id, target } of ours) {
      if (draw.chance(0.1 * weather.force("killed-instances", cloud.now))) {
        truth.disturbed();
        cloud.terminate([id]);
      } else if (target.kind === "healthy" && draw.chance(0.1 * weather.force("foreign-drains", cloud.now))) {
        truth.disturbed();
        truth.leftByForeignHand(id);
        cloud.deregister([id]);
      }
    }
  }

  function fallSick(ids: readonly string[]): void {
    const force = weather.force("sick-instances", cloud.now);
    if (force === 0) faults.unhealthy.clear();
    if (force === 0) return;
    for (const id of ids)
      if (draw.chance(0.2)) faults.unhealthy.delete(id);
      else if (draw.chance(0.3 * force)) faults.unhealthy.add(id);
  }
  return { turn };
}

const usualZones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];
/** With a stale read on top it is still under what memory allows an unseen launch. */
const visibleAfterMaxMs = 3 * minuteMs - 15 * secondMs;
