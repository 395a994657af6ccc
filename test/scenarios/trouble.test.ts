// What the fleet does when something is broken around it.
import { expect, test } from "@jest/globals";
import type { Cloud } from "../../shared/sim/index.ts";
import { awsError } from "../support/cloudClients.ts";
import { type Scenario, timelineOf } from "./scenario.ts";

const during =
  (from: number, to: number, befalls: (cloud: Cloud) => void, ends: (cloud: Cloud) => void) =>
  (minute: number, cloud: Cloud): void => {
    if (minute === from) befalls(cloud);
    if (minute === to) ends(cloud);
  };
const growing = (minute: number): number => (minute < 5 ? 1_500 : 3_500);

const scenarios: readonly Scenario[] = [
  {
    name: "no metrics for twenty minutes, while the load doubles",
    minutes: 45,
    servingAtStart: 4,
    load: (minute) => (minute < 15 ? 2_000 : 4_000),
    befalls: during(
      10,
      30,
      ({ faults, now }) => {
        faults.metricGap = (_, at) => at >= now - 120_000 && at < now + 18 * 60_000;
      },
      () => {},
    ),
  },
  {
    name: "no metrics for twenty minutes, where the policy falls back on a floor",
    policy: { missing: "{ requests: { floor: 7 } }" },
    minutes: 45,
    servingAtStart: 4,
    load: () => 2_000,
    befalls: during(
      10,
      30,
      ({ faults, now }) => {
        faults.metricGap = (_, at) => at >= now - 120_000 && at < now + 18 * 60_000;
      },
      () => {},
    ),
  },
  {
    name: "no capacity in one zone for a quarter of an hour",
    minutes: 30,
    servingAtStart: 3,
    load: growing,
    befalls: during(
      0,
      20,
      ({ faults }) => {
        faults.noCapacity = ({ zone }) => zone === "eu-west-1a";
      },
      ({ faults }) => {
        faults.noCapacity = () => false;
      },
    ),
  },
  {
    name: "no capacity anywhere for a quarter of an hour",
    minutes: 35,
    servingAtStart: 3,
    load: growing,
    befalls: during(
      5,
      20,
      ({ faults }) => {
        faults.noCapacity = () => true;
      },
      ({ faults }) => {
        faults.noCapacity = () => false;
      },
    ),
  },
  {
    name: "boots that take eight minutes",
    minutes: 40,
    servingAtStart: 3,
    load: growing,
    bootSeconds: () => 480,
  },
  {
    name: "boots that take a quarter of an hour: longer than any launch is waited for",
    minutes: 60,
    servingAtStart: 3,
    load: growing,
    bootSeconds: (minute) => (minute < 25 ? 900 : 150),
  },
  {
    name: "one sick instance",
    minutes: 20,
    servingAtStart: 5,
    load: () => 2_400,
    befalls: (minute, { faults }, [first = ""]) => {
      if (minute === 5) faults.unhealthy.add(first);
    },
  },
  {
    name: "most of the fleet is sick: an outage, in which nobody is replaced",
    minutes: 35,
    servingAtStart: 6,
    load: () => 2_800,
    befalls: (minute, { faults }, ids) => {
      if (minute === 5) for (const id of ids.slice(0, 5)) faults.unhealthy.add(id);
      if (minute === 20) faults.unhealthy.clear();
    },
  },
  {
    name: "the target group is deleted, and comes back",
    minutes: 25,
    servingAtStart: 3,
    load: growing,
    groupExists: (minute) => minute < 8 || minute >= 15,
  },
  {
    name: "spot without capacity falls back to on demand",
    policy: { launch: "{ template: shop-web, leadTime: 3m, purchase: { onDemandBase: 2, spotShare: 100% } }" },
    minutes: 20,
    servingAtStart: 3,
    load: growing,
    befalls: (_, { faults }) => {
      faults.noCapacity = ({ purchase }) => purchase === "spot";
    },
  },
  {
    name: "CreateFleet answers 500 for twenty minutes, while two instances are being warmed",
    policy: { warm: "{ http: { paths: [/], until: { p95: 300 ms }, timeout: 2m } }" },
    minutes: 40,
    servingAtStart: 3,
    load: (minute) => (minute < 5 ? 1_500 : minute < 6 ? 2_500 : 5_000),
    befalls: during(
      8,
      28,
      ({ faults }) => {
        faults.crash = (command, phase) => {
          if (command === "CreateFleet" && phase === "before") throw awsError("InternalError", 500);
        };
      },
      ({ faults }) => {
        faults.crash = () => {};
      },
    ),
  },
  {
    name: "warm-ups that fail, where the policy replaces",
    policy: {
      warm: "{ http: { paths: [/], until: { p95: 300 ms }, timeout: 2m }, onFailure: replace }",
    },
    minutes: 35,
    servingAtStart: 3,
    load: growing,
    befalls: (minute, { faults }) => {
      faults.warmFails = () => minute < 15;
    },
  },
];

test.each(scenarios)("$name", async (scenario) => {
  expect(await timelineOf(scenario)).toMatchSnapshot();
});
