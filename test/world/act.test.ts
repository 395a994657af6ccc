// The World contract, second part: what acting does, and what its outcomes say. Run against all worlds.
import { beforeEach, describe, expect } from "@jest/globals";
import type { World } from "../../shared/control/index.ts";
import type { Action, TargetState } from "../../shared/engine/index.ts";
import { atSecond } from "../sim/cloudGiven.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { type Carried, type Carry, carryOutIn, done, idsIn } from "../support/carryOut.ts";
import { places } from "../support/contract.ts";
import { warmBy } from "../support/given.ts";
import { drainEach, launchOf, onEach, type Stage, terminateEach } from "../support/worlds.ts";

describe.each(places)("the world $name", ({ open, test }) => {
  let stage: Stage;
  let world: World;
  beforeEach(async () => {
    stage = await open();
    world = stage.world();
  });

  const carryOut = (...given: Parameters<Carry>): Promise<Carried> => carryOutIn(world)(...given);
  const targetOf = async (id: string): Promise<TargetState["kind"] | "gone"> => {
    const { instances } = await world.observe(cloudPolicy());
    const found = instances.kind === "seen" ? instances.instances.find((one) => one.id === id) : undefined;
    return found && found.state !== "shutting-down" ? found.target.kind : "gone";
  };
  describe("a launch", () => {
    test("is done with as many as were asked for", async () => {
      const { outcomes } = await carryOut([launchOf(2, 1)]);
      expect(outcomes).toMatchObject([{ kind: "done", action: "shop@1/launch" }]);
      expect(idsIn(outcomes)).toHaveLength(3);
      expect(await stage.launched()).toEqual([...idsIn(outcomes)].sort());
    });

    test("asked for again under its id brings the same instances, and no more", async () => {
      const { row, outcomes } = await carryOut([launchOf(2)]);
      expect(await world.act(cloudPolicy(), row, row.decision.actions)).toEqual(outcomes);
      expect(await stage.launched()).toHaveLength(2);
    });

    test("with other counts under the same id is refused, and launches nothing", async () => {
      const { row } = await carryOut([launchOf(2)]);
      const [other] = await world.act(cloudPolicy(), row, [launchOf(3)]);
      expect(other).toMatchObject({ kind: "failed", because: expect.stringMatching(/^IdempotentParameterMismatch: /) });
      expect(await stage.launched()).toHaveLength(2);
    });

    test("that was refused stays refused under its id; the next generation's gets through", async () => {
      stage.cloud.faults.noCapacity = () => true;
      const { row, outcomes } = await carryOut([launchOf(2)]);
      expect(outcomes).toMatchObject([{ kind: "insufficient-capacity", instances: [] }]);
      stage.cloud.faults.noCapacity = () => false;
      expect(await world.act(cloudPolicy(), row, row.decision.actions)).toEqual(outcomes);
      expect(await stage.launched()).toHaveLength(0);
      const next = await carryOut([launchOf(2, 0, 2)]);
      expect(next.outcomes).toMatchObject([{ kind: "done" }]);
      expect(await stage.launched()).toHaveLength(2);
    });

    test("for which there is not room enough says what came, and where there was none", async () => {
      let room = 2;
      stage.cloud.faults.noCapacity = () => room-- <= 0;
      const { outcomes } = await carryOut([launchOf(5)]);
      expect(outcomes).toMatchObject([
        { kind: "insufficient-capacity", action: "shop@1/launch", because: expect.stringMatching(/eu-west-1|no room/) },
      ]);
      expect(await stage.launched()).toEqual([...idsIn(outcomes)].sort());
      expect(idsIn(outcomes)).toHaveLength(2);
    });
  });

  describe("a batch", () => {
    test("of terminations ends all but the one that EC2 does not know, which needs none", async () => {
      const ids = await stage.serving(4);
      const actions = terminateEach([...ids.slice(0, 2), "i-unknown", ...ids.slice(2)]);
      const { outcomes } = await carryOut(actions, ["i-unknown"]);
      expect(new Set(outcomes)).toEqual(new Set(done(actions)));
      for (const id of ids) expect(await targetOf(id)).toBe("gone");
    });

    test("of registrations fails for the one that does not run, and for no other", async () => {
      const ids = idsIn((await carryOut([launchOf(3)])).outcomes);
      await stage.passTo(atSecond(30));
      await stage.terminate(ids.slice(1, 2));
      const { outcomes } = await carryOut(onEach("register", ids));
      const kinds = new Map(outcomes.map(({ action, kind }) => [action, kind]));
      expect(ids.map((id) => kinds.get(`shop@1/register/${id}`))).toEqual(["done", "failed", "done"]);
      expect(await Promise.all(ids.map(targetOf))).toEqual(["initial", "gone", "initial"]);
    });
  });

  test("a launch boots, is registered, and serves", async () => {
    const [id = ""] = idsIn((await carryOut([launchOf(1)])).outcomes);
    await stage.passTo(atSecond(30));
    expect(await targetOf(id)).toBe("unregistered");
    const register = onEach("register", [id]);
    expect((await carryOut(register)).outcomes).toEqual(done(register));
    expect(await targetOf(id)).toBe("initial");
    await stage.passTo(atSecond(100));
    expect(await targetOf(id)).toBe("healthy");
  });

  test("a drained target is draining for the whole delay, and then out", async () => {
    const [id = ""] = await stage.serving(1);
    const drain = drainEach([id]);
    expect((await carryOut(drain)).outcomes).toEqual(done(drain));
    await stage.passTo(atSecond(59));
    expect(await targetOf(id)).toBe("draining");
    await stage.passTo(atSecond(60));
    expect(await targetOf(id)).toBe("unregistered");
  });

  test("one taken back while it drains serves at once", async () => {
    const [id = ""] = await stage.serving(1);
    await carryOut(drainEach([id]));
    await stage.passTo(atSecond(30));
    const takeBack = onEach("take-back", [id]);
    expect((await carryOut(takeBack)).outcomes).toEqual(done(takeBack));
    expect(await targetOf(id)).toBe("healthy");
    await stage.passTo(atSecond(90));
    expect(await targetOf(id)).toBe("healthy");
  });

  test("a registered instance leaves the load balancer before it is terminated", async () => {
    const [id = ""] = await stage.serving(1);
    const terminate = terminateEach([id]).map((action) => ({ ...action, registered: "registered" }) as Action);
    expect((await carryOut(terminate)).outcomes).toEqual(done(terminate));
    expect(stage.calls).toEqual(["DeregisterTargets", "TerminateInstances"]);
  });

  test.each([
    ["done", false],
    ["failed", true],
  ] as const)("a warm-up only starts; that it is %s shows later", async (end, fails) => {
    stage.cloud.faults.warmFails = () => fails;
    const policy = cloudPolicy({ warm: warmBy() });
    const [id = ""] = idsIn((await carryOut([launchOf(1)])).outcomes);
    const warmOf = async () => {
      const { instances } = await world.observe(policy);
      return instances.kind === "seen" ? instances.instances[0]?.warm : undefined;
    };
    await stage.passTo(atSecond(30));
    expect(await warmOf()).toEqual({ kind: "not-started" });
    const warming = onEach("warm", [id]);
    expect((await carryOut(warming, [], policy)).outcomes).toEqual(done(warming));
    expect(await warmOf()).toEqual({ kind: "started", at: atSecond(30) });
    await stage.passTo(atSecond(170));
    expect(await warmOf()).toMatchObject({ kind: end });
  });

  test("a warm-up that cannot be had is an outcome", async () => {
    const [id = ""] = idsIn((await carryOut([launchOf(1)])).outcomes);
    const { outcomes } = await carryOut(onEach("warm", [id]));
    expect(outcomes).toMatchObject([{ kind: "failed", because: expect.stringMatching(/^IncorrectInstanceState: /) }]);
  });
});
