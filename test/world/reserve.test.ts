// The World contract, of the reserve: instances that are stopped and kept. Run against the worlds that look at a cloud: a process of the
// lab cannot be stopped and kept.
import { beforeEach, describe, expect } from "@jest/globals";
import type { World } from "../../shared/control/index.ts";
import { atSecond } from "../sim/cloudGiven.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { type Carried, type Carry, carryOutIn, done, idsIn } from "../support/carryOut.ts";
import { clouded } from "../support/contract.ts";
import { warmBy } from "../support/given.ts";
import { launchOf, onEach, type Stage } from "../support/worlds.ts";

describe.each(clouded)("the world $name", ({ open, test }) => {
  let stage: Stage;
  let world: World;
  beforeEach(async () => {
    stage = await open();
    world = stage.world();
  });
  const carryOut = (...given: Parameters<Carry>): Promise<Carried> => carryOutIn(world)(...given);

  const seenOf = async () => {
    const { instances } = await world.observe(cloudPolicy({ warm: warmBy() }));
    return instances.kind === "seen" ? instances.instances[0] : undefined;
  };

  test("one that is stopped is kept, and runs again once it is started", async () => {
    const [id = ""] = idsIn((await carryOut([launchOf(1)])).outcomes);
    await stage.passTo(atSecond(30));
    const stop = onEach("stop", [id]);
    expect((await carryOut(stop)).outcomes).toEqual(done(stop));
    expect((await seenOf())?.state).toMatch(/^stopp(ing|ed)$/);
    await stage.passTo(atSecond(90));
    expect(await seenOf()).toMatchObject({ id, state: "stopped" });
    const start = onEach("start", [id]);
    expect((await carryOut(start)).outcomes).toEqual(done(start));
    await stage.passTo(atSecond(150));
    expect(await seenOf()).toMatchObject({ id, state: "running" });
    expect(stage.calls.slice(-2)).toEqual(["StopInstances", "StartInstances"]);
  });

  test("one that is started is to be warmed anew", async () => {
    const policy = cloudPolicy({ warm: warmBy() });
    const [id = ""] = idsIn((await carryOut([launchOf(1)])).outcomes);
    await stage.passTo(atSecond(30));
    await carryOut(onEach("warm", [id]), [], policy);
    await stage.passTo(atSecond(170));
    expect(await seenOf()).toMatchObject({ warm: { kind: "done" } });
    await carryOut(onEach("stop", [id]));
    await stage.passTo(atSecond(230));
    await carryOut(onEach("start", [id]), [], policy);
    expect(await seenOf()).toMatchObject({ warm: { kind: "not-started" }, launchedAt: atSecond(230) });
  });

  test("one that is no longer there cannot be started, and the others can", async () => {
    const ids = idsIn((await carryOut([launchOf(3)])).outcomes);
    await stage.passTo(atSecond(30));
    await carryOut(onEach("stop", ids));
    await stage.passTo(atSecond(90));
    await stage.terminate(ids.slice(1, 2));
    const { outcomes } = await carryOut(onEach("start", ids), ids);
    const kinds = new Map(outcomes.map(({ action, kind }) => [action, kind]));
    expect(ids.map((id) => kinds.get(`shop@1/start/${id}`))).toEqual(["done", "failed", "done"]);
  });
});
