// The small parts of the functions, by tables.
import { afterEach, describe, expect, test } from "@jest/globals";
import { environment, roleCredentials } from "../../functions/environment.ts";
import { heartbeatSeconds, type Look, messageOf, parseLook, secondOf } from "../../functions/looks.ts";
import { nextLook } from "../../functions/nextLook.ts";
import { fleetOfAlarm } from "../../functions/wake.ts";
import type { Tick } from "../../shared/control/index.ts";
import type { Decision } from "../../shared/engine/index.ts";
import { noon } from "../support/given.ts";
import { rowOfGeneration } from "../support/rows.ts";

describe("a look", () => {
  test.each<Look>([
    { fleet: "shop", generation: "any" },
    { fleet: "shop", generation: 12 },
  ])("%j is read as it was written", (look) => {
    expect(parseLook(messageOf({ look, delaySeconds: 0 }).body)).toEqual(look);
  });

  test.each([["{"], ["null"], ["7"], ['{"fleet":""}'], ['{"fleet":"shop"}'], ['{"fleet":"shop","generation":1.5}']])(
    "%s is none",
    (message) => {
      expect(() => parseLook(message)).toThrow(`this message is no look at a fleet: ${message}`);
    },
  );

  test("a thousand fleets spread evenly over the heartbeat", () => {
    const perMinute = [0, 0, 0, 0, 0];
    for (let fleet = 0; fleet < 1_000; fleet++) {
      const minute = Math.floor(secondOf(`fleet-${fleet}`) / 60);
      perMinute[minute] = (perMinute[minute] ?? 0) + 1;
    }
    expect(perMinute).toHaveLength(heartbeatSeconds / 60);
    expect(Math.min(...perMinute)).toBeGreaterThan(150);
  });
});

describe("after a tick the next look", () => {
  const look: Look = { fleet: "shop", generation: 6 };
  const done = (lookAgain: Decision["lookAgain"]): Tick => {
    const row = rowOfGeneration(7);
    return { kind: "done", row: { ...row, decision: { ...row.decision, lookAgain } }, outcomes: [] };
  };
  const sent = (generation: number, delaySeconds: number) => ({ look: { fleet: "shop", generation }, delaySeconds });

  test.each<[string, Tick, unknown]>([
    ["comes when the decision says so", done({ at: noon + 60_000, because: "moving" }), sent(7, 60)],
    ["never comes early", done({ at: noon + 59_001, because: "moving" }), sent(7, 60)],
    ["comes at once when it is late already", done({ at: noon - 1, because: "moving" }), sent(7, 0)],
    ["is the heartbeat's when nothing is due", done({ at: noon + 300_000, because: "heartbeat" }), "none"],
    ["is the other's who was faster", { kind: "superseded", row: rowOfGeneration(7) }, "none"],
    ["is the same again once the lease is over", { kind: "waiting", until: noon + 12_000 }, sent(6, 12)],
  ])("%s", (_what, ticked, expected) => {
    expect(nextLook(look, ticked, noon)).toEqual(expected);
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
    expect(environment()).toEqual({ tableName: "t", stage: "s", queueUrl: "q", folder: "/var/task" });
  });

  test("names all that is missing from it, and what is empty", () => {
    process.env = { TIDEGATE_STAGE: "s", TIDEGATE_QUEUE_URL: "", LAMBDA_TASK_ROOT: "/var/task" };
    expect(environment).toThrow(new Error("not set in the environment: TIDEGATE_TABLE, TIDEGATE_QUEUE_URL"));
    expect(roleCredentials).toThrow("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN");
  });
});
