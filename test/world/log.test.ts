// The World contract, first part: what a look is told, and what the log keeps. Run against all worlds.
import { beforeEach, describe, expect } from "@jest/globals";
import type { Row, World } from "../../shared/control/index.ts";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import { initialMemory, type Outcome, type Snapshot } from "../../shared/engine/index.ts";
import { atMinute, atSecond, start } from "../sim/cloudGiven.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { places } from "../support/contract.ts";
import { givenPeak } from "../support/given.ts";
import { launchOf, rowUpon, type Stage } from "../support/worlds.ts";

describe.each(places)("the world $name", ({ open, test }) => {
  let stage: Stage;
  let world: World;
  const observe = (by: World = world): Promise<Snapshot> => by.observe(cloudPolicy());
  const commit = (row: Row, by: World = world) => by.commit(cloudPolicy(), row);
  beforeEach(async () => {
    stage = await open();
    world = stage.world();
  });

  describe("observe", () => {
    test("of a fleet that has no log begins one now", async () => {
      await stage.passTo(atSecond(90));
      expect(await observe()).toMatchObject({
        now: atSecond(90),
        fleet: "shop",
        birth: atSecond(90),
        overrides: [],
        memory: initialMemory,
        previous: { kind: "none" },
      });
    });

    test("puts instances in the order of their ids, and points in that of time", async () => {
      const ids = await stage.serving(5);
      for (let minute = 0; minute <= 4; minute++) {
        await stage.passTo(atMinute(minute));
        await stage.closeMinute();
      }
      const { instances, signals } = await observe();
      expect(instances).toMatchObject({ kind: "seen", instances: ids.map((id) => ({ id })) });
      const { points } = signals["healthy-hosts"] as { points: readonly { at: number }[] };
      expect(points.map(({ at }) => at)).toEqual([0, 1, 2].map(atMinute));
    });

    test("freezes: what happens later is not in a snapshot taken before", async () => {
      await stage.serving(2);
      const snapshot = await observe();
      const asTaken = JSON.stringify(snapshot);
      const row = rowUpon(snapshot, [launchOf(2)]);
      await commit(row);
      await world.record(row, await world.act(cloudPolicy(), row, row.decision.actions));
      await stage.override({ id: "o", min: 3, max: 9, until: atMinute(60), by: "ann", reason: "sale" });
      await stage.passTo(atMinute(5));
      expect(JSON.stringify(snapshot)).toBe(asTaken);
      expect(JSON.parse(asTaken)).toEqual(snapshot);
      expect(JSON.stringify(await observe())).not.toBe(asTaken);
    });

    test("sees no instance of another fleet, stage or none", async () => {
      for (const owner of ["bakery", "other-stage/shop", `${stage.owner}2`])
        await stage.serving(1, { "tidegate:fleet": owner });
      await stage.serving(1, {});
      expect((await observe()).instances).toMatchObject({ kind: "seen", instances: [] });
    });

    test("tells whose an instance is, since when, and how long a target drains", async () => {
      const row = rowUpon(await observe(), [launchOf(1)]);
      await commit(row);
      await world.act(cloudPolicy(), row, row.decision.actions);
      await stage.passTo(atSecond(10));
      const target = { kind: "unregistered" };
      expect((await observe()).instances).toMatchObject({
        deregistrationDelayMs: minuteMs,
        instances: [{ launchedBy: "shop@1/launch", target, launchedAt: start, state: "pending" }],
      });
    });

    test("tells how an instance was bought, and of what type it is", async () => {
      const row = rowUpon(await observe(), [launchOf(1, 1)]);
      await commit(row);
      await world.act(cloudPolicy(), row, row.decision.actions);
      await stage.passTo(atSecond(10));
      const { instances } = await observe();
      const bought = instances.kind === "seen" ? instances.instances : [];
      expect(bought.map(({ purchase, instanceType }) => `${purchase} ${instanceType}`).sort()).toEqual([
        "on-demand m7g.large",
        "spot m7g.large",
      ]);
    });

    test("sees a peak that was added, and no longer when it is over", async () => {
      const peak = givenPeak({ atMs: atMinute(60), holdMs: hourMs, releaseMs: 0 });
      await stage.peak(peak);
      await stage.peak({ ...peak, name: "past", atMs: atMinute(-60), holdMs: minuteMs });
      expect((await observe()).peaks).toEqual([peak]);
    });

    test("sees an override as it was put", async () => {
      const override = { id: "o", min: 3, max: 9, until: atMinute(60), by: "ann", reason: "sale" };
      await stage.override(override);
      expect((await observe()).overrides).toEqual([override]);
    });
  });

  describe("commit", () => {
    test("of two that decided upon the same row one commits, the other is superseded and leaves no trace", async () => {
      const [one, two] = [stage.world("one"), stage.world("two")];
      const first = rowUpon(await observe(one), [launchOf(1)]);
      const second = { ...rowUpon(await observe(two), []), actBy: 7 };
      expect(await commit(first, one)).toBe("committed");
      expect(await commit(second, two)).toBe("superseded");
      expect((await observe(two)).previous).toMatchObject({
        generation: 1,
        actBy: first.actBy,
        actions: [launchOf(1)],
      });
    });

    test("at once by both, exactly one", async () => {
      const both = [stage.world("one"), stage.world("two")];
      const rows = await Promise.all(both.map(async (by) => ({ by, row: rowUpon(await observe(by), []) })));
      const ends = await Promise.all(rows.map(({ by, row }) => commit(row, by)));
      expect(ends.sort()).toEqual(["committed", "superseded"]);
    });

    test("upon a row that is no longer the newest is superseded", async () => {
      const stale = await observe();
      for (let rows = 0; rows < 2; rows++) expect(await commit(rowUpon(await observe(), []))).toBe("committed");
      expect(await commit(rowUpon(stale, [launchOf(1)]))).toBe("superseded");
      expect((await observe()).previous).toMatchObject({ generation: 2 });
    });
  });

  describe("the newest row", () => {
    const outcomes: readonly Outcome[] = [{ kind: "throttled", action: "shop@1/launch", because: "slow down" }];

    test("is what the next look follows: its memory, its actions, its lease, and the log's birth", async () => {
      const row = rowUpon(await observe(), [launchOf(2)]);
      await commit(row);
      await stage.passTo(atSecond(70));
      const snapshot = await observe();
      expect(snapshot).toMatchObject({ now: atSecond(70), birth: start, memory: row.decision.memory });
      expect(snapshot.previous).toEqual({
        kind: "row",
        generation: 1,
        at: start,
        actBy: row.actBy,
        actions: [launchOf(2)],
        outcomes: [],
      });
    });

    test("has the outcomes that were recorded first; a second record changes nothing", async () => {
      const row = rowUpon(await observe(), [launchOf(2)]);
      await commit(row);
      await world.record(row, outcomes);
      await world.record(row, [{ kind: "done", action: "shop@1/launch", instances: ["i-1"] }]);
      expect((await observe()).previous).toMatchObject({ generation: 1, outcomes });
    });

    test("is left alone by outcomes of an older one", async () => {
      const older = rowUpon(await observe(), [launchOf(2)]);
      await commit(older);
      const newer = rowUpon(await observe(), [launchOf(1)]);
      await commit(newer);
      await world.record(older, outcomes);
      expect((await observe()).previous).toMatchObject({ generation: 2, outcomes: [] });
      await world.record(newer, [{ kind: "withheld", action: "shop@2/launch" }]);
      expect((await observe()).previous).toMatchObject({ outcomes: [{ kind: "withheld" }] });
    });
  });
});
