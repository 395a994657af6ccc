// What the lab's World does beside the contract: HAProxy counts what is in flight, and whoever has nothing there leaves at once.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { slotsOf } from "../../bench/lab/keeper.ts";
import type { RunningProxy } from "../../bench/lab/proxy.ts";
import type { Tick } from "../../shared/control/index.ts";
import { minuteMs } from "../../shared/core/index.ts";
import { atSecond } from "../sim/cloudGiven.ts";
import { cloudPolicy, look } from "../support/awsFleet.ts";
import { openLab, startLabProxy } from "../support/labStage.ts";

let proxy: RunningProxy;
beforeAll(async () => {
  proxy = await startLabProxy();
});
afterAll(() => proxy.stop());

const actionsOf = (tick: Tick): readonly string[] =>
  tick.kind === "done" ? tick.row.decision.actions.map(({ kind }) => kind) : [tick.kind];

test.each([
  ["never", 10, ["terminate"]],
  ["allowed", 10, []],
  ["allowed", 130, ["terminate"]],
] as const)("where taking back is %s, an idle target %d s after its drain: %j", async (takeBack, seconds, expected) => {
  const stage = await openLab(() => proxy)();
  const world = stage.world();
  const policy = cloudPolicy({
    bounds: { min: 1, max: 1 },
    drain: { timeoutMs: 2 * minuteMs, takeBack },
  });
  await stage.serving(2);
  expect(actionsOf(await look(world, policy))).toEqual(["drain"]);
  await stage.passTo(atSecond(seconds));
  expect(actionsOf(await look(world, policy))).toEqual(expected);
  const held = (await slotsOf(proxy.haproxy)).filter(({ state }) => state.kind !== "unregistered");
  expect(held).toHaveLength(expected.length > 0 ? 1 : 2);
});
