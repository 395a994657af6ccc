// What is asked for, what the load does, and the page that comes of it: without a process.
import { expect, test } from "@jest/globals";
import { drawn } from "../../bench/lab/chart.ts";
import { htmlOf } from "../../bench/lab/html.ts";
import { jsonOf, type LabReport } from "../../bench/lab/json.ts";
import { askedOf, phasesOf } from "../../bench/lab/plan.ts";
import { policyFor } from "../../bench/lab/policy.ts";
import { beginsAt, compressed, loadAt, triangle, usual } from "../../bench/lab/settings.ts";
import { minuteOf, phase, times } from "./given.ts";

test.each([
  [
    { minutes: "", requests: "", quick: "whole" },
    { minutes: 6, requests: 0 },
  ],
  [
    { minutes: "", requests: "", quick: "quick" },
    { minutes: 1.2, requests: 0 },
  ],
  [
    { minutes: "20", requests: "1000000", quick: "whole" },
    { minutes: 20, requests: 1_000_000 },
  ],
] as const)("%j asks for %j", (given, asked) => {
  expect(askedOf(given)).toEqual({ kind: "ok", value: asked });
});

test.each([
  [{ minutes: "0", requests: "", quick: "whole" }, "--minutes takes 0.5 to 240, not 0"],
  [{ minutes: "soon", requests: "", quick: "whole" }, "--minutes takes 0.5 to 240, not soon"],
  [{ minutes: "", requests: "1.5", quick: "whole" }, "--requests takes a whole number up to 100000000, not 1.5"],
  [{ minutes: "", requests: "-1", quick: "whole" }, "--requests takes a whole number up to 100000000, not -1"],
] as const)("%j is refused: %s", (given, error) => {
  expect(askedOf(given)).toEqual({ kind: "error", error });
});

test("phases share the time; the one that requests may prolong is planned, gated and last", () => {
  const phases = phasesOf({ minutes: 6, requests: 0 }, usual);
  expect(phases.map(({ minutes }) => minutes)).toEqual([48, 48, 144]);
  expect(phases.map(({ gate, killEvery }) => [gate, killEvery])).toEqual([
    ["without-gate", "never"],
    ["with-gate", 4],
    ["with-gate", "never"],
  ]);
  expect(phases.at(-1)?.minutesMax).toBeGreaterThan(5_000);
});

test("the load climbs from the lowest to the highest and back, again and again", () => {
  const load = { connectionCount: 1, ...triangle({ lowest: 100, highest: 500, periodMinutes: 8 }) };
  expect(Array.from({ length: 10 }, (_, minute) => loadAt(load, minute))).toEqual([
    100, 200, 300, 400, 500, 400, 300, 200, 100, 200,
  ]);
});

test("a minute of the loop takes what it is told to", () => {
  let elapsedMs = 0;
  const clock = compressed(1_500, () => elapsedMs);
  expect(clock.now()).toBe(beginsAt);
  elapsedMs = 3_000;
  expect(clock.now()).toBe(beginsAt + 120_000);
  expect(clock.taking(30_000)).toBe(750);
});

test("the policy is one that validates: with the gate it warms every key, without it none", () => {
  const [gated, ungated] = [policyFor(usual, "with-gate"), policyFor(usual, "without-gate")];
  expect(gated.policy.warm).toMatchObject({ kind: "http", untilP95Ms: 10 });
  expect(
    gated.policy.warm.kind === "http" && gated.policy.warm.from.kind === "paths" && gated.policy.warm.from.paths,
  ).toHaveLength(usual.instance.keyCount);
  expect(ungated.policy.warm).toEqual({ kind: "none" });
  expect(gated.policy.capacity.perInstancePerMinute).toBe(600);
  expect(gated.policyVersion).not.toBe(ungated.policyVersion);
});

const report: LabReport = {
  haproxy: "HAProxy version <2.6>",
  settings: usual,
  runs: [
    phase({
      name: "planned, with the gate",
      minutes: [
        minuteOf(0, { settled: times(100, 10) }),
        minuteOf(1, { settled: times(100, 10), fresh: times(10, 20) }),
      ],
      decisions: [{ minute: 1, launchCount: 2, takeBackCount: 0, drainCount: 0, refusedCount: 0 }],
    }),
    phase({
      name: "with kills",
      minutes: [minuteOf(0, { settled: [10], failed: ["cut"] })],
      kills: [{ minute: 0, instance: "i-0001", inFlightCount: 1, idleCount: 2, cutCount: 1 }],
    }),
  ],
};

test("the page is whole in itself, light and dark, with a chart of each phase and every failure marked", () => {
  const page = htmlOf(report);
  expect(page).toContain("prefers-color-scheme:dark");
  expect(page).not.toMatch(/(src|href)=|https?:\/\//);
  expect(page).toContain("HAProxy version &lt;2.6&gt;");
  expect(page.match(/<svg /g)).toHaveLength(4);
  expect(page).toContain("<title>1 failed</title>");
  expect(page).toContain("<title>i-0001: 1 cut</title>");
  expect(page).toContain("<title>2 launched, 0 taken back</title>");
  expect(page).toMatch(/first minute, with the gate<\/span><i style="width:[\d.]+%"><\/i><b>p99 20/);
});

test("JSON has every figure, and no histogram", () => {
  const json = JSON.parse(JSON.stringify(jsonOf(report)));
  expect(json.phases).toHaveLength(2);
  expect(json.phases[0].figures.answered).toBe(210);
  expect(json.phases[0].minutes[1]).toMatchObject({ minute: 1, answered: 110, failed: 0, servingCount: 2 });
  expect(json.phases[1].kills).toEqual([
    { minute: 0, instance: "i-0001", inFlightCount: 1, idleCount: 2, cutCount: 1 },
  ]);
  expect(JSON.stringify(json)).not.toContain('"fresh":{"0');
  expect(json.measures.map(({ verdict }: { verdict: string }) => verdict)).toContain("too short to tell");
});

const chart = {
  label: "a chart",
  unit: "",
  area: "none",
  marks: [],
  step: "minute",
} as const;
const pathOf = (svg: string): string => /class="line s" d="([^"]*)"/.exec(svg)?.[1] ?? "";

test("a line holds each value for its minute, and leaves a gap for what is unknown", () => {
  const lines = [{ name: "l", style: "s", values: [0, 4, "unknown", 2] }] as const;
  expect(pathOf(drawn({ ...chart, scale: "linear", lines }))).toBe("M58 208H323.5V8H589M854.5 108H1120");
});

test("on a logarithmic scale ten times is one step, whatever the height", () => {
  const lines = [{ name: "l", style: "s", values: [1, 10, 100] }] as const;
  expect(pathOf(drawn({ ...chart, scale: "logarithmic", lines }))).toBe("M58 208H412V108H766V8H1120");
});
