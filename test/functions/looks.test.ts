// The small parts of the functions, by tables.
import { afterEach, describe, expect, test } from "@jest/globals";
import { environment, roleCredentials } from "../../functions/environment.ts";
import { fleetOfAlarm } from "../../functions/wake.ts";
import type { Tick } from "../../shared/control/index.ts";
import type { Decision, Reason, Step } from "../../shared/engine/index.ts";
import {
  hasExpired,
  heartbeatSeconds,
  type Look,
  messageOf,
  nextLook,
  parseLook,
  secondOf,
} from "../../shared/looks/index.ts";
import { noon } from "../support/given.ts";
import { rowOfGeneration } from "../support/rows.ts";

describe("a look", () => {
  test.each<Look>([
    { fleet: "shop", generation: "any", sight: "whole", watchCount: 4 },
    { fleet: "shop", generation: 12, sight: "as-needed", watchCount: 0 },
  ])("%j is read as it was written", (look) => {
    expect(parseLook(messageOf({ look, delaySeconds: 0 }).body)).toEqual(look);
  });

  test.each([
    ["{"],
    ["null"],
    ["7"],
    ['{"fleet":""}'],
    ['{"fleet":"shop"}'],
    ['{"fleet":"shop","generation":1.5}'],
    ['{"fleet":"shop","generation":1,"sight":"half"}'],
    ['{"fleet":"shop","generation":1,"watchCount":5}'],
    ['{"fleet":"shop","generation":1,"watchCount":-1}'],
  ])("%s is none", (message) => {
    expect(() => parseLook(message)).toThrow(`this message is no look at a fleet: ${message}`);
  });

  test("of a version before this one is read all the same", () => {
    expect(parseLook('{"fleet":"shop","generation":3}')).toEqual({
      ...{ fleet: "shop", generation: 3, sight: "as-needed", watchCount: 0 },
    });
  });

  test.each([
    ["just sent", 0, false],
    ["at the end of its longest delay", 300, false],
    ["five minutes later", 600, false],
    ["after that", 601, true],
  ])("has expired %s: %d s", (_, seconds, expected) => {
    expect(hasExpired(noon, noon + seconds * 1_000)).toBe(expected);
  });

  const secondsOf = (count: number): readonly number[] =>
    Array.from({ length: count }, (_, fleet) => secondOf(`fleet-${fleet}`, count));

  test("a thousand fleets spread evenly over the heartbeat, some fifty at a time", () => {
    const perSecond = new Map<number, number>();
    for (const second of secondsOf(1_000)) perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    expect([...perSecond.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, slot) => slot * 15));
    expect(Math.min(...perSecond.values())).toBeGreaterThan(30);
  });

  test("ten thousand fleets come in every second and a half, and never later than the heartbeat", () => {
    const seconds = secondsOf(10_000);
    expect(new Set(seconds).size).toBe(200);
    expect(Math.max(...seconds)).toBeLessThan(heartbeatSeconds);
  });
});

describe("after a tick the next look", () => {
  const look: Look = { fleet: "shop", generation: 6, sight: "whole", watchCount: 0 };
  const done = (lookAgain: Decision["lookAgain"]): Tick => {
    const row = rowOfGeneration(7);
    return { kind: "done", row: { ...row, decision: { ...row.decision, lookAgain } }, outcomes: [] };
  };
  const sent = (generation: number, delaySeconds: number, watchCount = 0) => ({
    look: { fleet: "shop", generation, sight: "as-needed", watchCount },
    delaySeconds,
  });

  test.each<[string, Tick, unknown]>([
    ["comes when the decision says so", done({ at: noon + 60_000, because: "moving" }), sent(7, 60)],
    ["never comes early", done({ at: noon + 59_001, because: "moving" }), sent(7, 60)],
    ["comes at once when it is late already", done({ at: noon - 1, because: "moving" }), sent(7, 0)],
    ["is the heartbeat's when nothing is due", done({ at: noon + 300_000, because: "heartbeat" }), "none"],
    ["is the other's who was faster", { kind: "superseded", row: rowOfGeneration(7) }, "none"],
    ["is the same again once the lease is over", { kind: "waiting", until: noon + 12_000 }, { look, delaySeconds: 12 }],
  ])("%s", (_what, ticked, expected) => {
    expect(nextLook(look, ticked, noon)).toEqual(expected);
  });

  test("comes in ten seconds when something was only asked too fast", () => {
    const ticked = done({ at: noon + 60_000, because: "moving" });
    const outcomes = [{ kind: "throttled", action: "shop@7/launch", because: "rate" }] as const;
    expect(ticked.kind === "done" && nextLook(look, { ...ticked, outcomes }, noon)).toEqual(sent(7, 10));
  });

  const calm = { at: noon + 300_000, because: "heartbeat" } as const;
  const standing = (...kinds: readonly Reason[]): Tick => {
    const ticked = done(calm);
    if (ticked.kind !== "done") return ticked;
    const steps = kinds.map((reason): Step => ({ stage: "bound", from: 4, to: 4, reason }));
    return { ...ticked, row: { ...ticked.row, decision: { ...ticked.row.decision, steps } } };
  };

  test.each<[string, number, Tick, unknown]>([
    ["comes in a minute while an alarm may stand", 3, standing({ kind: "within-bounds" }), sent(7, 60, 2)],
    ["is the heartbeat's once the watch is over", 0, standing({ kind: "within-bounds" }), "none"],
    ["is the heartbeat's when the fleet stands at its maximum", 3, standing({ kind: "capped", max: 4 }), "none"],
    ["keeps the watch while something moves", 3, done({ at: noon + 60_000, because: "moving" }), sent(7, 60, 3)],
  ])("after an alarm %s", (_what, watchCount, ticked, expected) => {
    expect(nextLook({ ...look, watchCount }, ticked, noon)).toEqual(expected);
  });
});

test.each([
  ["tidegate/test/shop/requests-high", "shop"],
  ["tidegate/test/shop/step/latency", "shop"],
  ["tidegate/test/shop", "none"],
  ["tidegate/test//requests-high", "none"],
  ["tidegate/testing/shop/requests-high", "none"],
  ["other/test/shop/requests-high", "none"],
])("the alarm %s is of the fleet %s", (alarm, fleet) => {
  expect(fleetOfAlarm(alarm, "test")).toBe(fleet);
});

describe("the environment", () => {
  const original = process.env;
  afterEach(() => {
    process.env = original;
  });

  test("is read", () => {
    process.env = { TIDEGATE_TABLE: "t", TIDEGATE_STAGE: "s", TIDEGATE_QUEUE_URL: "q", LAMBDA_TASK_ROOT: "/var/task" };
    process.env.AWS_LAMBDA_LOG_STREAM_NAME = "l";
    expect(environment()).toEqual({ tableName: "t", stage: "s", queueUrl: "q", folder: "/var/task", logStream: "l" });
  });

  test("names all that is missing from it, and what is empty", () => {
    process.env = { TIDEGATE_STAGE: "s", TIDEGATE_QUEUE_URL: "", LAMBDA_TASK_ROOT: "/var/task" };
    expect(environment).toThrow(
      new Error("not set in the environment: TIDEGATE_TABLE, TIDEGATE_QUEUE_URL, AWS_LAMBDA_LOG_STREAM_NAME"),
    );
    expect(roleCredentials).toThrow("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN");
  });
});
