// What doctor says of what all fleets of an account share, from facts.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { checkDeployment } from "../../../shared/aws/doctor/checks/deployment.ts";
import { checkServiceRoles } from "../../../shared/aws/doctor/checks/serviceRoles.ts";
import { checkSharedGroups } from "../../../shared/aws/doctor/checks/sharedGroups.ts";
import { checkVcpus } from "../../../shared/aws/doctor/checks/vcpus.ts";
import type {
  AccountFacts,
  Alarm,
  Deployment,
  OwnFunction,
  QueuePair,
  Running,
} from "../../../shared/aws/doctor/facts.ts";
import { ownAlarms } from "../../../shared/aws/doctor/own.ts";
import { vcpuQuota } from "../../../shared/aws/doctor/quotas.ts";
import { hourMs, minuteMs, ok } from "../../../shared/core/index.ts";
import {
  account,
  type Change,
  denied,
  examined,
  fine,
  missing,
  queuesOf,
  spotShare,
  targetGroup,
  troubles,
  typesOf,
} from "./givenFacts.ts";

describe("vCPU quotas", () => {
  const onDemand = 'quota "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances" (L-1216C47A)';
  const spot = 'quota "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests" (L-34B43A08)';
  const max = (count: number, policy: Change["policy"] = {}) => ({ ...policy, bounds: { min: 1, max: count } });
  const running = (change: Partial<Running>): Running => ({
    type: "m5.large",
    vcpuCount: 2,
    purchase: "on-demand",
    owner: "",
    subnet: "",
    ...change,
  });
  const table: readonly (readonly [string, readonly Change[], Partial<AccountFacts>, readonly string[]])[] = [
    ["just enough", [{ policy: max(128) }], {}, []],
    ["one instance too many", [{ policy: max(129) }], {}, [`warning: ${onDemand} is 256 vCPUs; needed: shop 258`]],
    [
      "the largest type counts",
      [{ policy: max(65), facts: typesOf(["m7g.large", 2, "arm64"], ["m7g.xlarge", 4, "arm64"]) }],
      {},
      [`warning: ${onDemand} is 256 vCPUs; needed: shop 260`],
    ],
    [
      "fleets that fit alone and not together",
      [{ policy: max(100) }, { policy: max(100, { fleet: "api" }) }],
      {},
      [`warning: ${onDemand} is 256 vCPUs; needed: 400 (shop 200 + api 200)`],
    ],
    [
      "with what else runs",
      [{ policy: max(128) }],
      { running: ok([running({}), running({ owner: "live/shop", vcpuCount: 4 })]) },
      [`warning: ${onDemand} is 256 vCPUs; needed: 262 (shop 256 + running elsewhere 6)`],
    ],
    [
      "not counting the fleet's own, other families or the spot market",
      [{ policy: max(128) }],
      {
        running: ok([
          running({ owner: "prod/shop" }),
          running({ type: "g5.xlarge" }),
          running({ type: "u-6tb1.metal" }),
          running({ purchase: "spot" }),
        ]),
      },
      [],
    ],
    [
      "spot and on demand apart",
      [{ policy: max(400, spotShare(100, 0.5)) }],
      {},
      [`warning: ${onDemand} is 256 vCPUs; needed: shop 500`, `warning: ${spot} is 256 vCPUs; needed: shop 300`],
    ],
    [
      "a quota not to be read",
      [{}],
      { quotas: new Map([["L-1216C47A", denied("servicequotas:GetServiceQuota")]]) },
      [`warning: ${onDemand} could not be checked: needs servicequotas:GetServiceQuota`],
    ],
    [
      "what runs not to be read",
      [{}],
      { running: denied("ec2:DescribeInstances") },
      ["warning: what runs besides the fleets could not be checked: needs ec2:DescribeInstances"],
    ],
    [
      "a fleet without known types",
      [{ facts: typesOf() }],
      {},
      ["warning: vCPU quotas leave out shop: no instance type known"],
    ],
    [
      "a family with a quota of its own",
      [{ facts: typesOf(["u-6tb1.metal", 448, "x86_64"]) }],
      {},
      ["warning: the vCPU quota of u-6tb1.metal is not known to doctor"],
    ],
  ];
  test.each(table)("%s", (_, fleets, change, expected) => {
    expect(troubles(checkVcpus(account(change), fleets.map(examined)))).toEqual(expected);
  });

  test.each([
    ["m7g.large", "on-demand", "L-1216C47A"],
    ["im4gn.large", "on-demand", "L-1216C47A"],
    ["t3.micro", "spot", "L-34B43A08"],
    ["g5.xlarge", "on-demand", "L-DB2E81BA"],
    ["vt1.3xlarge", "spot", "L-3819A6DF"],
    ["inf2.xlarge", "on-demand", "L-1945791B"],
    ["dl1.24xlarge", "on-demand", "L-6E869C2A"],
    ["trn1.2xlarge", "spot", "L-6B0D517C"],
    ["x2gd.large", "spot", "L-E3A00192"],
    ["p5.48xlarge", "on-demand", "L-417A185B"],
  ] as const)("%s %s counts against %s", (type, purchase, code) => {
    expect(vcpuQuota(type, purchase)).toMatchObject({ service: "ec2", code });
  });
});

describe("service roles", () => {
  const fleetOnly = { fleet: missing("NoSuchEntity"), spot: ok("arn:spot") };
  const neither = { fleet: missing("NoSuchEntity"), spot: missing("NoSuchEntity") };
  const buysSpot = spotShare(0, 0.5);
  const noFleetRole = "warning: no AWSServiceRoleForEC2Fleet, which EC2 Fleet may ask for";
  test.each([
    ["both there", account().serviceRoles, buysSpot, []],
    ["none for fleets", fleetOnly, buysSpot, [noFleetRole]],
    [
      "none for spot, and spot is bought",
      neither,
      buysSpot,
      [noFleetRole, "problem: no AWSServiceRoleForEC2Spot: no spot instance can be bought"],
    ],
    ["none for spot, and none is bought", neither, spotShare(0, 0), [noFleetRole]],
    [
      "not to be read",
      { fleet: denied("iam:GetRole"), spot: denied("iam:GetRole") },
      spotShare(0, 0),
      ["warning: AWSServiceRoleForEC2Fleet could not be checked: needs iam:GetRole"],
    ],
  ])("%s", (_, roles, policy, expected) => {
    expect(troubles(checkServiceRoles(roles, [examined({ policy }).policy]))).toEqual(expected);
  });
});

describe("deployment", () => {
  const gone = missing("ResourceNotFoundException");
  const noQueue = missing("QueueDoesNotExist");
  const none: QueuePair = { queue: noQueue, failed: noQueue };
  const idle = (name: OwnFunction) => ok([{ name, count: 0 }]);
  const { alarms } = account().deployment;
  const alarmsWith = (changed: string, to: readonly Alarm[]) =>
    alarms.kind === "ok" ? ok(alarms.value.flatMap((one) => (one.name === changed ? to : [one]))) : alarms;
  test.each<[string, Partial<Deployment>, readonly string[]]>([
    ["all there", {}, []],
    ["not deployed yet", { table: gone, looks: none, recovery: gone, invocations: idle("dispatch") }, []],
    [
      "removed, its table kept",
      { looks: none, forecasts: none, invocations: idle("dispatch") },
      ["warning: no queue tidegate-prod-looks: the stack was removed, and only its table was kept"],
    ],
    ["without its table", { table: gone, recovery: gone }, ["problem: no table tidegate-prod: nothing can be decided"]],
    ["a table that is not ready", { table: ok({ status: "CREATING" }) }, ["problem: table tidegate-prod is CREATING"]],
    ["without recovery", { recovery: ok("off") }, ["warning: point-in-time recovery of tidegate-prod is off"]],
    [
      "deployed before there were forecasts",
      { forecasts: none, invocations: idle("forecast") },
      ["problem: no queue tidegate-prod-forecasts: no forecast is made"],
    ],
    [
      "nowhere for what fails",
      { forecasts: { ...queuesOf(hourMs), failed: noQueue } },
      ["problem: no queue tidegate-prod-forecasts-failed: what fails is lost"],
    ],
    [
      "what has failed",
      { looks: queuesOf(hourMs, 1), forecasts: queuesOf(hourMs, 2) },
      [
        "warning: 1 message in tidegate-prod-looks-failed: each a look that has failed three times",
        "warning: 2 messages in tidegate-prod-forecasts-failed: each a forecast that has failed three times",
      ],
    ],
    [
      "functions that do not run",
      { invocations: idle("dispatch") },
      ["problem: tidegate-prod-dispatch did not run in the last 15 minutes"],
    ],
    [
      "functions that do not run as soon as they must have",
      { invocations: idle("dispatch"), looks: queuesOf(15 * minuteMs) },
      ["problem: tidegate-prod-dispatch did not run in the last 15 minutes"],
    ],
    [
      "functions that cannot have run yet",
      { invocations: idle("dispatch"), looks: queuesOf(14 * minuteMs) },
      ["warning: tidegate-prod-dispatch has not run yet since the deploy"],
    ],
    [
      "no forecasts when the clock must have asked for them, in a stack that may be older than they are",
      { invocations: idle("forecast"), forecasts: queuesOf(2 * hourMs) },
      ["problem: tidegate-prod-forecast did not run in the last 2 hours"],
    ],
    [
      "no forecasts when the clock need not have asked for them yet",
      { invocations: idle("forecast"), forecasts: queuesOf(2 * hourMs - 1) },
      ["warning: tidegate-prod-forecast has not run yet since the deploy"],
    ],
    [
      "an alarm that rings",
      { alarms: alarmsWith("stale-forecast", [{ name: "stale-forecast", state: "ringing" }]) },
      ["warning: alarm tidegate-prod-stale-forecast rings"],
    ],
    [
      "an alarm that is not there",
      { alarms: alarmsWith("failed-forecasts", []) },
      ["warning: no alarm tidegate-prod-failed-forecasts"],
    ],
    [
      "no read allowed but that of the functions",
      {
        table: denied("dynamodb:DescribeTable"),
        looks: { queue: denied("sqs:GetQueueUrl"), failed: denied("sqs:GetQueueUrl") },
        alarms: denied("cloudwatch:DescribeAlarms"),
      },
      [
        "warning: table tidegate-prod could not be checked: needs dynamodb:DescribeTable",
        "warning: queue tidegate-prod-looks could not be checked: needs sqs:GetQueueUrl",
        "warning: alarms on Tidegate itself could not be checked: needs cloudwatch:DescribeAlarms",
      ],
    ],
  ])("%s", (_, change, expected) => {
    const { deployment } = account();
    expect(troubles(checkDeployment("prod", { ...deployment, ...change }))).toEqual(expected);
  });

  test("before a deploy it says that the rest is skipped", () => {
    const nothing = { ...account().deployment, table: gone, looks: none };
    expect(fine(checkDeployment("prod", nothing))).toEqual([
      "stage prod is not deployed yet in this region: its table, queue and functions were skipped",
    ]);
  });

  test("the alarms that it looks for are those that are deployed", () => {
    const template = readFileSync(new URL("../../../serverless/watch.yml", import.meta.url), "utf8");
    const names = [...template.matchAll(/AlarmName: tidegate-\$\{sls:stage\}-(\S+)/g)].map(([, name]) => name);
    expect(Object.keys(ownAlarms)).toEqual(names);
  });
});

test("two fleets on one target group are told, whatever name they give it", () => {
  const api = examined({ policy: { fleet: "api", targetGroup: "arn:1" } });
  const alone = examined({ policy: { fleet: "web" }, facts: targetGroup({ arn: "arn:other/web/2" }) });
  const lost = examined({ policy: { fleet: "lost" }, facts: { targetGroup: missing("TargetGroupNotFound") } });
  expect(troubles(checkSharedGroups([examined(), api, alone, lost]))).toEqual([
    "problem: shop-web is the target group of shop and api",
  ]);
});
