// A zone is lost and comes back, and the fleet is even again.
import { expect, test } from "@jest/globals";
import type { Cloud } from "../../shared/sim/index.ts";
import { timelineOf } from "./scenario.ts";

const healthyIn = (cloud: Cloud): readonly number[] =>
  ["subnet-a", "subnet-b", "subnet-c"].map(
    (subnet) =>
      cloud.describe(cloud.now).filter(({ subnetId, target }) => subnetId === subnet && target.kind === "healthy")
        .length,
  );

const spread = {
  launch: "{ template: shop-web, leadTime: 3m, subnets: [subnet-a, subnet-b, subnet-c] }",
  renew: "{}",
};

test("after an hour without a zone its share comes back one at a time, and never is there one too few", async () => {
  const standing: (readonly number[])[] = [];
  await timelineOf({
    name: "a zone is lost for an hour",
    policy: spread,
    minutes: 320,
    servingAtStart: 12,
    load: () => 6_000,
    befalls: (minute, cloud) => {
      standing[minute] = healthyIn(cloud);
      if (minute === 40) {
        cloud.faults.noCapacity = ({ zone }) => zone === "eu-west-1a";
        const lost = cloud.describe(cloud.now).filter(({ subnetId }) => subnetId === "subnet-a");
        cloud.terminate(lost.map(({ id }) => id));
      }
      if (minute === 100) cloud.faults.noCapacity = () => false;
    },
  });
  expect([standing[39], standing[99]?.[0], standing[319]]).toEqual([[4, 4, 4], 0, [4, 4, 4]]);
  const together = standing.slice(60).map((counts) => counts.reduce((sum, count) => sum + count, 0));
  expect([Math.min(...together), Math.max(...together)]).toEqual([12, 13]);
});

test("a fleet that stands 1, 5 and 6 stays whole while it is evened out", async () => {
  let standing: (readonly number[])[] = [];
  const timeline = await timelineOf({
    ...{ name: "a zone has no capacity while the fleet grows", policy: spread, minutes: 300, servingAtStart: 3 },
    load: (minute) => (minute < 5 ? 1_500 : 6_000),
    befalls: (minute, cloud) => {
      standing = [...standing, healthyIn(cloud)];
      cloud.faults.noCapacity = ({ zone }) => minute < 60 && zone === "eu-west-1a";
    },
  });
  expect([standing[59], standing[299]]).toEqual([
    [1, 5, 6],
    [4, 4, 4],
  ]);
  const together = standing.slice(59).map((counts) => counts.reduce((sum, count) => sum + count, 0));
  expect([Math.min(...together), Math.max(...together)]).toEqual([12, 13]);
  expect(timeline.match(/→ launch/g)?.length).toBeLessThanOrEqual(8);
});

test("what may not be bought is asked for every ten minutes, not at every look", async () => {
  const calls: number[] = [];
  await timelineOf({
    ...{ name: "launches are denied", policy: spread, minutes: 160, servingAtStart: 3 },
    load: (minute) => (minute < 5 ? 1_500 : 6_000),
    befalls: (minute, cloud) => {
      cloud.faults.noCapacity = ({ zone }) => minute < 60 && zone === "eu-west-1a";
      cloud.faults.denied = (command) => {
        if (minute < 100 || command !== "CreateFleet") return false;
        calls.push(minute);
        return true;
      };
    },
  });
  expect(calls.length).toBeGreaterThanOrEqual(2);
  expect(calls.length).toBeLessThanOrEqual(7);
});
