// A scenario: a policy, traffic and what goes wrong, played through the real World minute by minute, and told as a timeline
// in which each line is a change.
import { putOverride, type Table } from "../../shared/aws/index.ts";
import { answeredTable, createMemoryTable } from "../../shared/aws/log/memoryTable.ts";
import { type Row, tick } from "../../shared/control/index.ts";
import { type EpochMs, minuteMs } from "../../shared/core/index.ts";
import { type Outcome, type Override, sizeByRules, summaryOf, targetOf, whyOf } from "../../shared/engine/index.ts";
import { type Policy, policyVersion } from "../../shared/policy/index.ts";
import { type Cloud, type Counts, calmFaults, createCloud, usualCloud } from "../../shared/sim/index.ts";
import { policyWith } from "../policy/sample.ts";
import { awsStage } from "../support/worlds.ts";

export interface Scenario {
  readonly name: string;
  /** Keys of the policy that are not the usual ones, as YAML. */
  readonly policy?: Readonly<Record<string, string>>;
  readonly startsAt?: EpochMs;
  readonly minutes: number;
  readonly servingAtStart: number;
  /** Requests in a minute, counted from the start; before it the first minute's. */
  load(minute: number): number;
  /** Called before the look of each minute; `ids` are those that served at the start. */
  befalls?(minute: number, cloud: Cloud, ids: readonly string[]): void;
  readonly overrides?: readonly Override[];
  /** Seconds that a boot takes; 150 unless told otherwise. */
  bootSeconds?(minute: number): number;
  /** Whether the target group that the policy names exists in this minute. */
  groupExists?(minute: number): boolean;
}

/** Monday, 10:00 UTC. */
export const monday = Date.UTC(2026, 2, 2, 10);

/** An instance serves 1,000 a minute and is planned for 500; it drains for a minute. */
const usualPolicy = {
  bounds: "{ min: 2, max: 20 }",
  capacity: "{ perInstance: 1000 requests/min, target: 50% }",
  launch: "{ template: shop-web, leadTime: 3m }",
  drain: "{ timeout: 60s, takeBack: true }",
  stabilization: "{ scaleIn: 5m }",
  rules: "[{ target: { metric: requests } }]",
  limits: "{ scaleOut: 100%/1m }",
};

export async function timelineOf(scenario: Scenario): Promise<string> {
  const { startsAt = monday, minutes } = scenario;
  const policy = policyWith({ ...usualPolicy, ...scenario.policy });
  const cloud = cloudOf(scenario, startsAt);
  const table = answeredTable(createMemoryTable().answer, "local");
  const stage = awsStage(cloud, table);
  const ids = cloud.seedServing(scenario.servingAtStart, { "tidegate:fleet": stage.owner });
  await putAll(table, scenario.overrides ?? []);
  const lines: string[] = [];
  let last = "";
  for (let minute = 0; minute < minutes; minute++) {
    const at = startsAt + minute * minuteMs;
    await stage.passTo(at);
    scenario.befalls?.(minute, cloud, ids);
    // A World of its own: a Lambda may be a new one at any look.
    const looked = await tick(stage.world(), { policy, policyVersion: policyVersion(policy) }, sizeByRules);
    if (looked.kind !== "done") throw new Error(`a lone evaluator was ${looked.kind}`);
    const what = whatIs({ policy, cloud, ...looked, counts: cloud.closeMinute(at) });
    if (what.state !== last) lines.push(`${clock(at)} ${what.state}  ${what.why}`.trimEnd());
    last = what.state;
  }
  return `\n${lines.join("\n")}\n`;
}

async function putAll(table: Table, overrides: readonly Override[]): Promise<void> {
  for (const override of overrides) await putOverride(table, "shop", override);
}

const clock = (at: EpochMs): string => new Date(at).toISOString().slice(11, 16);

function cloudOf(scenario: Scenario, startsAt: EpochMs): Cloud {
  const { bootSeconds = () => 150, groupExists = () => true, load } = scenario;
  const minuteAt = (at: EpochMs): number => Math.max(0, Math.floor((at - startsAt) / minuteMs));
  const minute = (): number => minuteAt(cloud.now);
  const cloud = createCloud({
    ...usualCloud,
    plant: {
      capacityPerMinute: 1000,
      lagSeconds: 120,
      boot: {
        nominalSeconds: 150,
        get p50Seconds() {
          return bootSeconds(minute());
        },
        get p95Seconds() {
          return bootSeconds(minute());
        },
        failureRate: 0,
      },
      cold: { seconds: 0, ratio: 1 },
      drainSeconds: 60,
    },
    targetGroup: {
      get name() {
        return groupExists(minute()) ? "shop-web" : "another-group";
      },
      loadBalancerName: "shop",
      tags: {},
    },
    seed: 1,
    startAt: startsAt,
    traffic: { load: (at) => load(minuteAt(at)), filled: () => false },
    faults: calmFaults(),
  });
  return cloud;
}

interface Told {
  readonly policy: Policy;
  readonly cloud: Cloud;
  readonly row: Row;
  readonly outcomes: readonly Outcome[];
  readonly counts: Counts;
}

/** What stands at the end of a look; `why` alone is no change. */
function whatIs({ policy, cloud, row, outcomes, counts }: Told): { readonly state: string; readonly why: string } {
  const { snapshot, decision } = row;
  const { acted, problems } = summaryOf(decision, snapshot, outcomes);
  const sick = cloud.describe(cloud.now).filter(({ target }) => target.kind === "unhealthy").length;
  const { serving, booting, warming, draining } = counts;
  const there = Object.entries({ serving, booting, warming, draining, sick })
    .filter(([name, count]) => count > 0 || name === "serving")
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
  const done = [acted === "-" ? "" : ` → ${acted}`, problems === "-" ? "" : ` (${problems})`].join("");
  const state = `target ${targetOf(decision.steps)}: ${there}${done}`;
  return { state, why: `| ${whyOf({ policy, snapshot, decision })}` };
}
