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
      /^The account's own share.*: 6\.65 USD a month: alarms on Tidegate itself 0\.90, /m,
      /^A rule that forecasts adds 0\.\d\d USD a month to a calm fleet: /m,
      /^A policy that warms adds \d\d\.\d\d USD a month to a busy fleet: Lambda warm \d\d\.\d\d, Lambda warming 0\.0\d, messages .*, more looks \d\.\d\d$/m,
      /^ {2}One warm-up, of \d\d\.\d an hour: 1\d\d s of warm at 512 MB, .*: 0\.00\d{3} USD$/m,
      /^ {2}Once for all fleets that warm, 0\.63 USD a month: the pollers of its queues 0\.53, its alarm 0\.10$/m,
      /^A fleet behind HAProxy costs 0\.91 USD a month more, a busy one 0\.9\d USD: metrics of its own 0\.90, Lambda haproxy 0\.0\d, /m,
      /^ {2}Once for all of them, 0\.06 USD a month: Lambda haproxy each minute 0\.05, /m,
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
      "haproxy",
      "limits",
      "prices",
      "ramp",
      "waits",
      "warming",
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
