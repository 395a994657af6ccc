// One look, and at each of its calls in turn, before and after: the evaluator dies, an answer is lost, another evaluator
// looks meanwhile, or the evaluator sleeps until its lease is over. What the fleet comes to is the same every time.
import { describe, expect, test } from "@jest/globals";
import { rowsBackwards, type Table } from "../../shared/aws/index.ts";
import { answeredTable, createMemoryTable, type MemoryTable } from "../../shared/aws/log/memoryTable.ts";
import type { World } from "../../shared/control/index.ts";
import { minuteMs } from "../../shared/core/index.ts";
import { type Cloud, calmFaults } from "../../shared/sim/cloud/index.ts";
import { atSecond, givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy, look, lookThrough, tally } from "../support/awsFleet.ts";
import { type AtPoint, Died, died, type Point, seamedWorld, stageName, unanswered } from "../support/seam.ts";

interface Play {
  readonly cloud: Cloud;
  readonly memory: MemoryTable;
  readonly table: Table;
  /** Mutating calls, oldest first. */
  readonly deeds: string[];
  world(evaluator: string, atPoint?: AtPoint): World;
}

/** A fleet, up to the look that something is to happen to. */
interface Scene {
  readonly name: string;
  /** When that look is, in seconds from the start. */
  readonly atSecond: number;
  readonly launchedCount: number;
  set(play: Play): Promise<void>;
}

const nothingYet: Scene = { name: "a fleet's first launch", atSecond: 0, launchedCount: 4, set: async () => {} };

/** Of six that serve two drain at once; a minute later one is sick. When both waits are over, all of it falls due. */
const turnover: Scene = {
  name: "a launch, a drain and two terminations",
  atSecond: 180,
  launchedCount: 7,
  set: async ({ cloud, world }) => {
    const ids = cloud.seedServing(6, { "tidegate:fleet": `${stageName}/shop` });
    await lookThrough(cloud, world("zero"), { policy: cloudPolicy(), from: 0, to: 0 });
    cloud.faults.unhealthy.add(ids.at(-1) ?? "");
    await lookThrough(cloud, world("zero"), { policy: cloudPolicy(), from: 1, to: 1 });
  },
};

const mutating = ["CreateFleet", "RegisterTargets", "DeregisterTargets", "TerminateInstances"];

async function played(scene: Scene): Promise<Play> {
  const cloud = givenCloud({ faults: { ...calmFaults(), visibilityLagMs: 45_000 } });
  const memory = createMemoryTable();
  const deeds: string[] = [];
  const play: Play = {
    cloud,
    memory,
    table: answeredTable(memory.answer, stageName),
    deeds,
    world: (evaluator, atPoint = async () => {}) =>
      seamedWorld({
        cloud,
        memory,
        evaluator,
        atPoint: async (point) => {
          await atPoint(point);
          if (point.phase === "after" && mutating.includes(point.command)) deeds.push(`${evaluator} ${point.command}`);
        },
      }),
  };
  await scene.set(play);
  cloud.advanceTo(atSecond(scene.atSecond));
  return play;
}

/** Every point of the look when nothing happens to it. */
async function pointsOf(scene: Scene): Promise<readonly Point[]> {
  const points: Point[] = [];
  const { world } = await played(scene);
  await look(
    world("one", async (point) => void points.push(point)),
    cloudPolicy(),
  );
  return points.sort((a, b) => a.call - b.call);
}

/** What happens at the point, to the look itself; looks afterwards are left alone. */
type Happening = (play: Play, goOn: (atPoint: () => Promise<void>) => Promise<void>) => Promise<void>;

const dies: Happening = async (_play, lookWith) => {
  await lookWith(() => Promise.reject(died())).catch((thrown: unknown) => {
    if (!(thrown instanceof Died)) throw thrown;
  });
};

const losesTheAnswer: Happening = async (_play, lookWith) => {
  await lookWith(() => Promise.reject(unanswered())).catch((thrown: unknown) => {
    if (!(thrown instanceof Error && thrown.name === "TimeoutError")) throw thrown;
  });
};

const isRaced: Happening = async ({ world }, lookWith) => {
  await lookWith(async () => void (await look(world("rival"), cloudPolicy())));
};

/** The successor looks twice while the first is away. Back again, it does not lay a hand on anything. */
const sleeps: Happening = async ({ cloud, world, deeds }, lookWith) => {
  let doneBefore = Number.NaN;
  await lookWith(async () => {
    for (const seconds of [30, 60]) {
      cloud.advanceTo(cloud.now + (seconds === 30 ? 30_000 : minuteMs));
      await look(world("rival"), cloudPolicy());
    }
    doneBefore = deeds.length;
  });
  // The call that it slept over is its own and was under way: only what comes after it counts.
  const after = deeds.slice(doneBefore + 1).filter((deed) => deed.startsWith("one"));
  if (after.length > 0) throw new Error(`woken up, it did ${after}`);
};

/** What is wrong in the end; empty when all is as if nothing had happened. */
async function wrongIn({ cloud, table }: Play, scene: Scene): Promise<readonly string[]> {
  const rows = [];
  for await (const { row } of rowsBackwards(table, "shop", { from: "newest" })) rows.unshift(row);
  const generations = rows.map(({ generation }) => generation);
  const expected = {
    tally: { "running healthy": 4 },
    launched: scene.launchedCount,
    generations: rows.map((_, i) => i + 1),
  };
  const found = { tally: tally(cloud), launched: cloud.rows().length, generations };
  const refused = rows.filter(({ decision }) => decision.kind === "refused").map(({ id }) => `${id} was refused`);
  return JSON.stringify(found) === JSON.stringify(expected) ? refused : [...refused, JSON.stringify(found)];
}

describe.each([nothingYet, turnover])("$name", (scene) => {
  test("by itself", async () => {
    const play = await played(scene);
    await look(play.world("one"), cloudPolicy());
    await lookThrough(play.cloud, play.world("one"), { policy: cloudPolicy(), from: 4, to: 12 });
    expect(await wrongIn(play, scene)).toEqual([]);
    expect((await pointsOf(scene)).map(({ command }) => command)).toEqual(
      expect.arrayContaining(["CreateFleet", "PutItem"]),
    );
  });

  test.each([
    ["dies", dies],
    ["loses the answer", losesTheAnswer],
    ["is raced", isRaced],
    ["sleeps past its lease", sleeps],
  ] as const)("whose evaluator %s at any of its calls", async (_name, happens) => {
    const wrong: string[] = [];
    for (const at of await pointsOf(scene)) {
      const play = await played(scene);
      const isAt = (point: Point): boolean => point.call === at.call && point.phase === at.phase;
      await happens(play, async (atPoint) => {
        const one = play.world("one", async (point) => (isAt(point) ? await atPoint() : undefined));
        await look(one, cloudPolicy());
      });
      play.cloud.advanceTo(play.cloud.now + 30_000);
      await look(play.world("two"), cloudPolicy());
      const from = Math.ceil((play.cloud.now - atSecond(0)) / minuteMs) + 1;
      await lookThrough(play.cloud, play.world("two"), { policy: cloudPolicy(), from, to: from + 9 });
      for (const what of await wrongIn(play, scene)) wrong.push(`${at.phase} call ${at.call}, ${at.command}: ${what}`);
    }
    expect(wrong).toEqual([]);
  });
});
