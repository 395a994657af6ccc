// Policies against an account: real SDK clients over the imagined cloud, and a real table.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  type Embedded,
  openMemory,
  orphans,
  type Reconciliation,
  standingOf,
  type Table,
} from "../../shared/aws/index.ts";
import { dismantle, reconcile } from "../../shared/aws/reconcile/index.ts";
import { secondMs } from "../../shared/core/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { type Cloud, calmFaults } from "../../shared/sim/cloud/index.ts";
import { givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy, cloudWorld, freshTable, look } from "../support/awsFleet.ts";
import { simulatedClients } from "../support/cloudClients.ts";

let embedded: Embedded;
let table: Table;
let cloud: Cloud;
/** Commands that were sent, in their order. */
let sent: string[];
beforeAll(async () => {
  embedded = await openMemory();
});
afterAll(() => embedded.close());
beforeEach(() => {
  sent = [];
  const crash = (command: string, phase: "before" | "after"): void => {
    if (phase === "before") sent.push(command);
  };
  cloud = givenCloud({ faults: { ...calmFaults(), visibilityLagMs: 0, pageSizeMax: 2, crash } });
  table = freshTable(embedded);
});

const shop = (changed: Partial<Policy> = {}): Policy =>
  cloudPolicy({
    rules: [
      { kind: "target-demand", name: "demand", metric: "requests" },
      {
        kind: "step",
        name: "slow",
        metric: "latency-p95",
        above: [{ over: 400, add: { kind: "count", count: 1 } }],
        below: [],
        minutes: 2,
      },
    ],
    ...changed,
  });
const lost = (fleet = "lost"): Policy => cloudPolicy({ fleet, targetGroup: `${fleet}-web` });

const run = (policies: readonly Policy[], until = Number.POSITIVE_INFINITY): Promise<Reconciliation> =>
  reconcile({ clients: simulatedClients(cloud), table, policies, now: () => cloud.now, until });

const name = (fleet: string, rule: string): string => `tidegate/${table.stage}/${fleet}/${rule}`;
const standing = (prefix = ""): readonly string[] => {
  const { MetricAlarms } = everyAlarm(prefix);
  return MetricAlarms.map(({ AlarmName }) => AlarmName);
};
function everyAlarm(prefix: string): { readonly MetricAlarms: readonly { readonly AlarmName: string }[] } {
  const size = cloud.faults.pageSizeMax;
  cloud.faults.pageSizeMax = 1_000;
  const answer = cloud.answer("CloudWatch", "DescribeAlarms", { AlarmNamePrefix: prefix, MaxRecords: 1_000 });
  cloud.faults.pageSizeMax = size;
  return answer as ReturnType<typeof everyAlarm>;
}
function putByHand(AlarmName: string): void {
  cloud.answer("CloudWatch", "PutMetricAlarm", { AlarmName, MetricName: "Any", EvaluationPeriods: 1 });
  sent.length = 0;
}

function groupArn(): string {
  const answer = cloud.answer("ElasticLoadBalancingV2", "DescribeTargetGroups", {});
  return (answer as { TargetGroups: { TargetGroupArn: string }[] }).TargetGroups[0]?.TargetGroupArn ?? "";
}
const tagGroup = (Value: string): object =>
  cloud.answer("ElasticLoadBalancingV2", "AddTags", {
    ResourceArns: [groupArn()],
    Tags: [{ Key: "tidegate:fleet", Value }],
  });
function ownerOfGroup(): string | undefined {
  const answer = cloud.answer("ElasticLoadBalancingV2", "DescribeTags", { ResourceArns: [groupArn()] });
  const { TagDescriptions } = answer as { TagDescriptions: { Tags: { Key: string; Value: string }[] }[] };
  return TagDescriptions[0]?.Tags.find(({ Key }) => Key === "tidegate:fleet")?.Value;
}

describe("alarms", () => {
  test("are put once for each rule, and again only when the policy has changed", async () => {
    const names = [name("shop", "demand"), name("shop", "slow")];
    expect(await run([shop()])).toMatchObject({ put: names, unchanged: [], deleted: [], failed: [], left: [] });
    expect(standing()).toEqual(names);
    sent.length = 0;
    expect(await run([shop()])).toMatchObject({ put: [], unchanged: names });
    expect(sent).not.toContain("PutMetricAlarm");
    expect(sent).not.toContain("AddTags");
    const faster = shop({
      capacity: { perInstancePerMinute: 2_000, targetRatio: 0.5, limitRatio: 0.8, learn: { kind: "none" } },
    });
    expect(await run([faster])).toMatchObject({ put: names.slice(0, 1), unchanged: names.slice(1) });
  });

  test("of a fleet come with where its target group is: whoever looks at it first need not ask", async () => {
    await run([shop()]);
    const { group } = await standingOf(table, "shop");
    const arn = groupArn();
    expect(group).toMatchObject({
      spelled: "shop-web",
      readAt: cloud.now,
      group: { arn, claimedBy: `${table.stage}/shop` },
    });
    sent.length = 0;
    await look(cloudWorld(cloud, table), shop());
    expect(sent).toContain("DescribeTargetHealth");
    expect(sent.filter((command) => /^Describe(TargetGroup|Tags)/.test(command))).toEqual([]);
  });

  test("of a fleet behind HAProxy are put without asking the load balancer anything, and nothing is claimed", async () => {
    const node = { host: "10.0.3.7", port: 9999 };
    const targetGroup = { kind: "haproxy", nodes: [node], backend: "site", slotPrefix: "s", port: 80 } as const;
    const rules = shop().rules.slice(0, 1);
    await run([shop({ targetGroup, rules })]);
    expect(standing()).toEqual([name("shop", "demand")]);
    expect(sent.filter((command) => /Target|Tags/.test(command))).toEqual([]);
  });

  test("that nobody asks for go, page by page and a hundred at once; those of other stages and by hand stay", async () => {
    const strays = Array.from({ length: 120 }, (_, index) => name("old", `rule ${index}`));
    const others = ["tidegate/elsewhere/shop/demand", `tidegate-${table.stage}-dead-letters`];
    for (const stray of [...strays, ...others]) putByHand(stray);
    const { deleted } = await run([shop()]);
    expect(deleted.toSorted()).toEqual(strays.toSorted());
    expect(standing()).toEqual([...others, name("shop", "demand"), name("shop", "slow")].toSorted());
    expect(sent.filter((command) => command === "DeleteAlarms")).toHaveLength(2);
  });

  test("of a fleet whose target group is missing stay as they are, and the other fleets go on", async () => {
    putByHand(name("lost", "demand"));
    putByHand(name("gone", "demand"));
    const { failed, put, deleted } = await run([lost(), shop()]);
    const because = "target group lost-web: TargetGroupNotFound: One or more target groups not found";
    expect(failed).toEqual([{ fleet: "lost", kind: "unreached", because }]);
    expect(put).toEqual([name("shop", "demand"), name("shop", "slow")]);
    expect(deleted).toEqual([name("gone", "demand")]);
    expect(standing(name("lost", ""))).toEqual([name("lost", "demand")]);
  });

  test("that CloudWatch refuses fail their fleet alone, and nothing of it is deleted", async () => {
    putByHand(name("shop", "slow"));
    cloud.faults.denied = (command) => command === "PutMetricAlarm";
    const because = expect.stringMatching(/^alarm tidegate\/.*\/shop\/demand: AccessDenied: /);
    expect(await run([shop()])).toMatchObject({ failed: [{ fleet: "shop", kind: "unreached", because }], deleted: [] });
    expect(standing()).toEqual([name("shop", "slow")]);
  });

  test("of fleets that the time did not reach are left to the next run", async () => {
    putByHand(name("late", "demand"));
    const late = cloudPolicy({ fleet: "late" });
    expect(await run([late, shop()], cloud.now)).toMatchObject({
      put: [],
      deleted: [],
      left: ["late", "shop"],
      failed: [],
    });
    expect(standing()).toEqual([name("late", "demand")]);
    expect(sent).not.toContain("DescribeTargetGroups");
  });

  test("stay when the time ends between two of them", async () => {
    putByHand(name("shop", "slow"));
    const { crash } = cloud.faults;
    cloud.faults.crash = (command, phase) => {
      crash(command, phase);
      if (command === "PutMetricAlarm" && phase === "after") cloud.advanceTo(cloud.now + secondMs);
    };
    expect(await run([shop()], cloud.now + secondMs)).toMatchObject({ left: ["shop"], deleted: [] });
    expect(standing()).toEqual([name("shop", "demand"), name("shop", "slow")]);
    expect(sent.filter((command) => command === "PutMetricAlarm")).toHaveLength(1);
  });

  test("that cannot be listed are an error: nothing is known then", async () => {
    cloud.faults.denied = (command) => command === "DescribeAlarms";
    await expect(run([shop()])).rejects.toMatchObject({ name: "AccessDenied" });
    expect(sent).not.toContain("PutMetricAlarm");
  });
});

describe("a target group", () => {
  test("is claimed for its fleet", async () => {
    await run([shop()]);
    expect(ownerOfGroup()).toBe(`${table.stage}/shop`);
  });

  test("of another Tidegate is an error that says what to do, keeps its tag, and gets no alarms", async () => {
    tagGroup("production/shop");
    putByHand(name("shop", "demand"));
    const { failed } = await run([shop()]);
    const because =
      "target group shop-web is claimed by production/shop: give the fleet another one, " +
      "or remove the tag tidegate:fleet from it if production/shop is no more";
    expect(failed).toEqual([{ fleet: "shop", kind: "claimed", because }]);
    expect(ownerOfGroup()).toBe("production/shop");
    expect(standing()).toEqual([]);
  });

  test("follows a fleet of the same stage that was renamed", async () => {
    tagGroup(`${table.stage}/former`);
    expect(await run([shop()])).toMatchObject({ failed: [] });
    expect(ownerOfGroup()).toBe(`${table.stage}/shop`);
  });

  test("whose owner cannot be read gets no alarms now, and loses none", async () => {
    putByHand(name("shop", "slow"));
    cloud.faults.throttle = (command) => command === "DescribeTags";
    const because = expect.stringMatching(/^target group shop-web: Throttling/);
    expect(await run([shop()])).toMatchObject({ failed: [{ kind: "unreached", because }], put: [], deleted: [] });
  });
});

describe("instances whose fleet has no policy", () => {
  const tagged = (fleet: string, tags = {}) => ({ "tidegate:fleet": `${table.stage}/${fleet}`, ...tags });

  test("are counted by fleet, page by page, and written down; nobody touches them", async () => {
    cloud.seedServing(3, tagged("old"));
    cloud.seedServing(1, tagged("ancient"));
    cloud.seedServing(2, tagged("shop"));
    cloud.seedServing(1, tagged("old", { "aws:autoscaling:groupName": "old" }));
    cloud.seedServing(1, { "tidegate:fleet": "elsewhere/old" });
    cloud.seedServing(1, {});
    const found = [
      { fleet: "ancient", count: 1 },
      { fleet: "old", count: 3 },
    ];
    expect(await run([shop()])).toMatchObject({ orphans: { kind: "ok", value: found } });
    expect(await orphans(table)).toEqual({ at: cloud.now, fleets: found });
    expect(cloud.describe(cloud.now)).toHaveLength(9);
    expect(sent.filter((command) => /^(Terminate|Deregister|Register|CreateTags)/.test(command))).toEqual([]);
  });

  test("are forgotten once they are adopted", async () => {
    cloud.seedServing(1, tagged("old"));
    await run([shop()]);
    await run([shop(), lost("old")]);
    expect(await orphans(table)).toEqual({ at: cloud.now, fleets: [] });
  });

  test("stay as last counted when EC2 does not answer, and the alarms are put all the same", async () => {
    cloud.faults.denied = (command) => command === "DescribeInstances";
    const { orphans: counted, put } = await run([shop()]);
    expect(counted).toMatchObject({ kind: "error", error: expect.stringMatching(/^UnauthorizedOperation/) });
    expect(put).toHaveLength(2);
    expect(await orphans(table)).toBe("none");
  });
});

describe("the end of a stage", () => {
  const end = (policies: readonly Policy[]) => dismantle({ clients: simulatedClients(cloud), table, policies });

  test("takes all of its alarms and its claims, and nobody else's", async () => {
    await run([shop()]);
    for (const alarm of [name("old", "demand"), "tidegate/elsewhere/shop/demand"]) putByHand(alarm);
    const { deleted, unreleased } = await end([shop(), lost()]);
    expect(deleted).toHaveLength(3);
    expect(unreleased).toEqual([]);
    expect(standing()).toEqual(["tidegate/elsewhere/shop/demand"]);
    expect(ownerOfGroup()).toBeUndefined();
  });

  test("leaves another's target group its claim", async () => {
    tagGroup("production/shop");
    await end([shop()]);
    expect(ownerOfGroup()).toBe("production/shop");
  });

  test("says which claims may still stand", async () => {
    await run([shop()]);
    cloud.faults.denied = (command) => command === "RemoveTags";
    expect(await end([shop()])).toMatchObject({ unreleased: [expect.stringMatching(/^AccessDenied/)] });
    expect(standing()).toEqual([]);
  });
});
