// `cost`: what it prints, for people and for programs, and what it refuses.
import { expect, test } from "@jest/globals";
import { tidegate } from "./run.ts";

const longMs = 60_000;

test(
  "for people: a fleet's minute and month, the account's share, how looks wait, and which limits are met",
  async () => {
    const { code, stdout } = await tidegate(["cost", "--fleets", "3"]);
    expect(code).toBe(0);
    for (const line of [
      /^3 fleets, each with one alarm and three metrics/,
      /^calls to EC2 and the load balancer +0\.00 +\d/m,
      /^together +0\.4\d +\d\.\d\d$/m,
      /^The account's own share.*: 6\.25 USD a month: alarms on Tidegate itself 0\.80, /m,
      /^A rule that forecasts adds 0\.\d\d USD a month to a calm fleet: /m,
      /^A minute in which 1 of them ramp together/m,
      /^EC2 CreateFleet +5\/s, 50 at once +1400 fleets$/m,
      /^CloudWatch points of forecasts +396000\/s +70\d\d fleets$/m,
    ])
      expect(stdout).toMatch(line);
  },
  longMs,
);

test(
  "for programs: every number",
  async () => {
    const { code, stdout } = await tidegate(["cost", "--json"]);
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ fleetCount: 1, calm: { ec2CallsPerMinute: 0, usage: { looks: 12, metrics: 36 } } });
    expect(Object.keys(report).sort()).toEqual([
      "account",
      "busy",
      "calm",
      "fleetCount",
      "forecasting",
      "limits",
      "prices",
      "ramp",
      "waits",
    ]);
  },
  longMs,
);

test.each([
  ["none", "0", "--fleets takes a number from 1 to 20000, not 0"],
  ["too many", "20001", "--fleets takes a number from 1 to 20000, not 20001"],
  ["no number", "many", '--fleets takes a whole number from 0 to 999999, not "many"'],
])("%s is refused, at once and clearly", async (_, fleets, message) => {
  const { code, stdout, stderr } = await tidegate(["cost", "--fleets", fleets]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain(" at ");
});
