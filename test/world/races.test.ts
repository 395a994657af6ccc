// Two evaluators, and evaluators that die, sleep or lose an answer, over a DynamoDB that nobody here wrote. anywhere.test.ts
// does it at every call; here the promises are read one by one.
import { DynamoDBClient, type ServiceInputTypes, type ServiceOutputTypes } from "@aws-sdk/client-dynamodb";
import type { CreateFleetCommandInput } from "@aws-sdk/client-ec2";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { FinalizeRequestMiddleware } from "@smithy/types";
import { createAwsWorld, type Embedded, openMemory, rowsBackwards, type Table } from "../../shared/aws/index.ts";
import type { Tick, World } from "../../shared/control/index.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { atMinute, atSecond, givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy, cloudWorld, freshTable, look, lookThrough, tally } from "../support/awsFleet.ts";
import { answeredClients, never } from "../support/cloudClients.ts";
import { died, unanswered } from "../support/seam.ts";

let embedded: Embedded;
let table: Table;
let cloud: Cloud;
beforeAll(async () => {
  embedded = await openMemory();
});
afterAll(() => embedded.close());
beforeEach(() => {
  table = freshTable(embedded);
  cloud = givenCloud();
});

const rows = async () => {
  const found = [];
  for await (const logged of rowsBackwards(table, "shop", { from: "newest" })) found.unshift(logged);
  return found;
};
const kindsOf = (ticks: readonly Tick[]): readonly string[] => ticks.map(({ kind }) => kind).sort();

test("two evaluators at once, for ten minutes: one row a generation, and every launch once", async () => {
  const worlds = [cloudWorld(cloud, table, "one"), cloudWorld(cloud, table, "two")];
  for (let minute = 0; minute < 10; minute++) {
    cloud.advanceTo(atMinute(minute));
    const ticks = await Promise.all(worlds.map((world) => look(world, cloudPolicy())));
    expect(kindsOf(ticks)).toEqual(["done", "superseded"]);
    cloud.closeMinute(cloud.now);
  }
  expect((await rows()).map(({ row }) => row.generation)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(cloud.rows()).toHaveLength(4);
  expect(tally(cloud)).toEqual({ "running healthy": 4 });
});

describe("an evaluator dies between its commit and its launch", () => {
  let asked: CreateFleetCommandInput[];
  /** A world that notes every CreateFleet it sends. */
  const noting = (evaluator: string): World =>
    createAwsWorld({
      clients: answeredClients((service, command, input) => {
        if (command === "CreateFleet") asked.push(input as CreateFleetCommandInput);
        return cloud.answer(service, command, input);
      }),
      table,
      now: () => cloud.now,
      evaluator: () => evaluator,
      warmer: { kind: "none" },
      abortIn: never,
    });
  beforeEach(() => {
    asked = [];
  });

  test("its successor waits for the lease, repeats the same request, and then decides anew", async () => {
    await expect(look({ ...noting("one"), act: () => Promise.reject(died()) }, cloudPolicy())).rejects.toThrow("died");
    const two = noting("two");
    cloud.advanceTo(atSecond(19.999));
    expect(await look(two, cloudPolicy())).toEqual({ kind: "waiting", until: atSecond(20) });
    cloud.advanceTo(atSecond(20));
    const recovery = await look(two, cloudPolicy());
    expect(recovery).toMatchObject({
      row: { id: "shop@2", decision: { kind: "recovering", generation: 1, actions: [{ id: "shop@1/launch" }] } },
      outcomes: [{ kind: "done", action: "shop@1/launch" }],
    });
    cloud.advanceTo(atSecond(25));
    expect(await look(two, cloudPolicy())).toMatchObject({
      row: { id: "shop@3", decision: { kind: "decided", actions: [] } },
    });
    expect(asked).toHaveLength(1);
    expect(cloud.rows()).toHaveLength(4);
  });

  test("and died after all, its launch not shown: the request is repeated to the letter, token and tags", async () => {
    cloud.faults.visibilityLagMs = 90_000;
    cloud.faults.crash = (command, phase) => {
      if (command === "CreateFleet" && phase === "after") throw died();
    };
    await expect(look(noting("one"), cloudPolicy())).rejects.toThrow("died");
    cloud.faults.crash = () => {};
    cloud.advanceTo(atSecond(60));
    await look(noting("two"), cloudPolicy());
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[0]?.ClientToken).toMatch(/^[0-9a-f]{64}$/);
    expect(cloud.rows()).toHaveLength(4);
  });
});

describe("an evaluator that sleeps past its lease", () => {
  /** Falls asleep in place of a call until it is woken. */
  function sleeper() {
    let [sleep, wake] = [(): void => {}, (): void => {}];
    const asleep = new Promise<void>((resolve) => {
      sleep = resolve;
    });
    const awake = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const until = async (): Promise<void> => {
      sleep();
      await awake;
    };
    return { asleep, until, wake: () => wake() };
  }

  test("before it acts: it starts no call, and what its successor did stands", async () => {
    const { asleep, until, wake } = sleeper();
    const one = cloudWorld(cloud, table, "one");
    const sleeping = look({ ...one, act: async (...given) => until().then(() => one.act(...given)) }, cloudPolicy());
    await asleep;
    cloud.advanceTo(atSecond(30));
    const two = cloudWorld(cloud, table, "two");
    await look(two, cloudPolicy());
    const before = await rows();
    wake();
    expect(await sleeping).toMatchObject({ outcomes: [{ kind: "too-late", action: "shop@1/launch" }] });
    expect(cloud.rows()).toHaveLength(4);
    expect((await rows()).at(-1)).toEqual(before.at(-1));
    await lookThrough(cloud, two, { policy: cloudPolicy(), from: 1, to: 5 });
    expect(tally(cloud)).toEqual({ "running healthy": 4 });
  });

  test("between observing and committing: it is superseded", async () => {
    const { asleep, until, wake } = sleeper();
    const one = cloudWorld(cloud, table, "one");
    const sleeping = look(
      { ...one, commit: async (...given) => until().then(() => one.commit(...given)) },
      cloudPolicy(),
    );
    await asleep;
    expect(await look(cloudWorld(cloud, table, "two"), cloudPolicy())).toMatchObject({ kind: "done" });
    wake();
    expect(await sleeping).toMatchObject({ kind: "superseded" });
    expect(await rows()).toHaveLength(1);
    expect(cloud.rows()).toHaveLength(4);
  });
});

test("the answer of CreateFleet is lost: its end is left open, and found out by the tag once the lease is over", async () => {
  cloud.faults.crash = (command, phase) => {
    if (command === "CreateFleet" && phase === "after") throw unanswered();
  };
  expect(await look(cloudWorld(cloud, table), cloudPolicy())).toMatchObject({ kind: "done", outcomes: [] });
  cloud.faults.crash = (command) => {
    if (command === "CreateFleet") throw new Error("asked for again, though its tag is there to be seen");
  };
  cloud.advanceTo(atSecond(20));
  const ids = cloud.rows().map(({ id }) => id);
  expect(await look(cloudWorld(cloud, table), cloudPolicy())).toMatchObject({
    outcomes: [{ kind: "done", action: "shop@1/launch", instances: ids }],
  });
  expect(ids).toHaveLength(4);
});

describe("the answer of the commit is lost", () => {
  const clients: DynamoDBClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });

  /** The put of a decision takes effect, and its first answer never comes: to the SDK's retries, or to whoever called. */
  function losing(relation: "after" | "before"): Table {
    const credentials = { accessKeyId: "embedded", secretAccessKey: "embedded" };
    const client = new DynamoDBClient({ endpoint: embedded.endpoint, region: "us-east-1", credentials });
    clients.push(client);
    let isLost = false;
    const lose: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next, context) => async (args) => {
      const answer = await next(args);
      const isCommit = context.commandName === "PutItemCommand" && JSON.stringify(args.input).includes("#decision");
      if (!isCommit || isLost) return answer;
      isLost = true;
      throw unanswered();
    };
    client.middlewareStack.addRelativeTo(lose, { name: "lose", relation, toMiddleware: "retryMiddleware" });
    return { ...table, client };
  }

  test("the SDK puts again, meets its own row, and goes on", async () => {
    expect(await look(cloudWorld(cloud, losing("after")), cloudPolicy())).toMatchObject({
      kind: "done",
      outcomes: [{ kind: "done" }],
    });
    expect(await rows()).toHaveLength(1);
    expect(cloud.rows()).toHaveLength(4);
  });

  test("the SDK gives up: nothing was done, and the successor finds the row and carries it out", async () => {
    await expect(look(cloudWorld(cloud, losing("before")), cloudPolicy())).rejects.toThrow("no answer came");
    expect(await rows()).toHaveLength(1);
    expect(cloud.rows()).toHaveLength(0);
    cloud.advanceTo(atSecond(60));
    expect(await look(cloudWorld(cloud, table, "two"), cloudPolicy())).toMatchObject({
      row: { decision: { kind: "recovering" } },
      outcomes: [{ kind: "done", action: "shop@1/launch" }],
    });
    expect(cloud.rows()).toHaveLength(4);
  });
});
