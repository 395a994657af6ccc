// The log on a real DynamoDB client and a DynamoDB that nobody here wrote.
import { randomBytes } from "node:crypto";
import {
  type BatchWriteItemCommandInput,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { FinalizeRequestMiddleware } from "@smithy/types";
import {
  addedPeaks,
  answerWith,
  changeRoster,
  type Embedded,
  endMark,
  endPeak,
  fleets,
  fleetsWithPeaks,
  getAhead,
  getPolicy,
  type LoggedRow,
  marksOf,
  newest,
  openMemory,
  putAhead,
  putFleet,
  putMark,
  putOutcomes,
  putOverride,
  putPeak,
  putPolicy,
  putPreflight,
  putRow,
  putWarm,
  rosterOf,
  rowOf,
  rowsBackwards,
  standingOf,
  type Table,
  warmOf,
} from "../../shared/aws/index.ts";
import type { TargetGroup } from "../../shared/aws/loadBalancer.ts";
import { putGroup } from "../../shared/aws/log/facts.ts";
import type { WarmResult } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { givenPeak, givenPolicy, noon, warmBy } from "../support/given.ts";
import { doneOf, rowOfGeneration } from "../support/rows.ts";

let embedded: Embedded;
let table: Table;
let stages = 0;
beforeAll(async () => {
  embedded = await openMemory();
});
afterAll(() => embedded.close());
beforeEach(() => {
  table = { ...embedded.table, stage: `stage-${++stages}` };
});

describe("the log", () => {
  test("is empty for a fleet that never committed", async () => {
    expect(await newest(table, "shop")).toEqual({ kind: "none" });
    expect(await rowOf(table, "shop", 1)).toEqual({ kind: "none" });
  });

  test("gives back the newest row to the byte, with its outcomes once they are written", async () => {
    const rows = [rowOfGeneration(1), rowOfGeneration(2)] as const;
    for (const row of rows) expect(await putRow(table, row, "one")).toBe("committed");
    const found = await newest(table, "shop");
    expect(JSON.stringify(found)).toBe(JSON.stringify({ kind: "row", row: rows[1], outcomes: [] }));
    await putOutcomes(table, rows[1], [doneOf("a", "i-1")]);
    expect(await newest(table, "shop")).toEqual({ kind: "row", row: rows[1], outcomes: [doneOf("a", "i-1")] });
    expect(await rowOf(table, "shop", 1)).toEqual({ kind: "row", row: rows[0], outcomes: [] });
  });

  test("orders ten generations as numbers", async () => {
    for (let generation = 1; generation <= 11; generation++) await putRow(table, rowOfGeneration(generation), "one");
    expect(await newest(table, "shop")).toMatchObject({ row: { generation: 11 } });
  });

  test("lets one of two racing evaluators commit", async () => {
    const row = rowOfGeneration(1);
    const both = await Promise.all([putRow(table, row, "one"), putRow(table, { ...row, at: row.at + 1 }, "two")]);
    expect([...both].sort()).toEqual(["committed", "superseded"]);
    const winner = both[0] === "committed" ? row.at : row.at + 1;
    expect(await newest(table, "shop")).toMatchObject({ row: { at: winner } });
  });

  test("supersedes an evaluator that decided exactly the same at the same instant", async () => {
    expect(await putRow(table, rowOfGeneration(1), "one")).toBe("committed");
    expect(await putRow(table, rowOfGeneration(1), "two")).toBe("superseded");
  });

  test("keeps two fleets and two stages apart", async () => {
    await putRow(table, rowOfGeneration(1), "one");
    expect(await newest(table, "shop2")).toEqual({ kind: "none" });
    expect(await newest({ ...table, stage: "other" }, "shop")).toEqual({ kind: "none" });
  });

  test("refuses to skip a generation", async () => {
    const row = { ...rowOfGeneration(2), generation: 3 };
    await expect(putRow(table, row, "one")).rejects.toThrow("follows generation 1");
  });

  test("refuses a row of more than 300 KB", async () => {
    const row = rowOfGeneration(1, { padding: randomBytes(330_000).toString("base64") });
    await expect(putRow(table, row, "one")).rejects.toThrow("at most 307200 bytes");
  });

  test("knows its own row when the answer to its put was lost", async () => {
    const losing = losingFirstAnswer();
    expect(await putRow(losing.table, rowOfGeneration(1), "one")).toBe("committed");
    expect(losing.puts()).toBe(2);
    expect(await newest(table, "shop")).toMatchObject({ row: { generation: 1 } });
    losing.table.client.destroy();
  });

  test("writes outcomes once", async () => {
    const row = rowOfGeneration(1);
    await putRow(table, row, "one");
    await putOutcomes(table, row, [doneOf("a", "i-1")]);
    await putOutcomes(table, row, [doneOf("a", "i-2")]);
    expect(await newest(table, "shop")).toMatchObject({ outcomes: [doneOf("a", "i-1")] });
  });
});

describe("walking back", () => {
  test("pages through more than a megabyte, newest first, each row with its own outcomes", async () => {
    const padding = (): string => randomBytes(90_000).toString("base64");
    for (let generation = 1; generation <= 15; generation++) {
      const row = rowOfGeneration(generation, { padding: padding() });
      await putRow(table, row, "one");
      if (generation % 3 === 0) await putOutcomes(table, row, [doneOf(`action-${generation}`)]);
    }
    const walked = await allOf(rowsBackwards(table, "shop", { from: "newest" }));
    expect(walked.map(({ row }) => row.generation)).toEqual(Array.from({ length: 15 }, (_, i) => 15 - i));
    for (const { row, outcomes } of walked)
      expect(outcomes).toEqual(row.generation % 3 === 0 ? [doneOf(`action-${row.generation}`)] : []);
  });

  test("starts at a generation, its outcomes included", async () => {
    for (const generation of [1, 2, 3]) await putRow(table, rowOfGeneration(generation), "one");
    await putOutcomes(table, rowOfGeneration(2), [doneOf("a")]);
    await putOutcomes(table, rowOfGeneration(3), []);
    const walked = await allOf(rowsBackwards(table, "shop", { from: 2 }));
    expect(walked.map(({ row, outcomes }) => [row.generation, outcomes.length])).toEqual([
      [2, 1],
      [1, 0],
    ]);
  });
});

describe("the facts", () => {
  const givenGroup: TargetGroup = {
    name: "shop-web",
    arn: "arn:1",
    dimension: "targetgroup/shop-web/1",
    loadBalancer: { kind: "one", dimension: "app/shop/2" },
    deregistrationDelayMs: 1_000,
    claimedBy: "",
  };
  const override = { id: "o1", min: 4, max: 10_000, until: noon, by: "ana", reason: "sale # 1" };

  test("are all of the fleet's, and only its", async () => {
    await putOverride(table, "shop", override);
    await putOverride(table, "blog", { ...override, id: "o2" });
    await putWarm(table, "shop", { instance: "i-1", state: { kind: "started", at: noon } });
    await putWarm(table, "shop", { instance: "i-2", state: { kind: "failed", at: noon, because: "502" } });
    await putRow(table, rowOfGeneration(1), "one");
    await putPolicy(table, givenPolicy(), "sha256:00");
    expect(await standingOf(table, "shop")).toMatchObject({
      newest: { row: { generation: 1 } },
      overrides: [override],
      group: "none",
      forecast: "none",
    });
    expect([...(await warmOf(table, "shop"))]).toEqual([
      ["i-1", { kind: "started", at: noon }],
      ["i-2", { kind: "failed", at: noon, because: "502" }],
    ]);
  });

  test("replace themselves", async () => {
    await putOverride(table, "shop", override);
    await putOverride(table, "shop", { ...override, min: 5 });
    await putWarm(table, "shop", { instance: "i-1", state: { kind: "failed", at: noon, because: "502" } });
    await putWarm(table, "shop", { instance: "i-1", state: { kind: "done", at: noon + 1 } });
    expect((await standingOf(table, "shop")).overrides).toEqual([{ ...override, min: 5 }]);
    expect((await warmOf(table, "shop")).get("i-1")).toEqual({ kind: "done", at: noon + 1 });
  });

  test("of warming are as they were measured", async () => {
    const result: WarmResult = {
      ...{ verdict: "time-up", requests: 7, firstP95Ms: 900, lastP95Ms: "none", hitRatio: 0.5, durationMs: 120_000 },
      trouble: "/ answered 500",
    };
    const state = { kind: "failed", at: noon, because: "time-up", result } as const;
    await putWarm(table, "shop", { instance: "i-1", state });
    expect((await warmOf(table, "shop")).get("i-1")).toEqual(state);
  });

  test("list each fleet once", async () => {
    for (const fleet of ["shop", "blog", "shop"]) await putFleet(table, fleet, noon);
    expect(await fleets(table)).toEqual(["blog", "shop"]);
  });

  test("keep policies by version", async () => {
    await putPolicy(table, givenPolicy(), "sha256:00");
    expect(await getPolicy(table, "shop", "sha256:00")).toEqual(givenPolicy());
    expect(await getPolicy(table, "shop", "sha256:01")).toBe("none");
  });

  test("complete a policy that was kept before warming could be said more of", async () => {
    const { by, ...later } = warmBy();
    const { from, untilCount, concurrency, method, headers, cacheHeader, ...once } = later;
    for (const warm of [{ ...once, paths: ["/"] }, later]) {
      await putPolicy(table, { ...givenPolicy(), warm } as unknown as Policy, "sha256:00");
      expect((await getPolicy(table, "shop", "sha256:00")) as Policy).toMatchObject({ warm: warmBy() });
    }
  });

  test("know whose an instance is, for more instances than one batch takes", async () => {
    const instances = Array.from({ length: 60 }, (_, i) => `i-${stages}-${i}`);
    await changeRoster(table, "shop", { launched: instances, terminated: [], at: noon });
    expect(await rosterOf(table)).toEqual(new Map(instances.map((instance) => [instance, "shop"])));
    expect(await rosterOf({ ...table, stage: "other" })).toEqual(new Map());
  });

  test("forget whose an instance was, once it is terminated", async () => {
    await changeRoster(table, "shop", { launched: ["i-1", "i-2"], terminated: [], at: noon });
    await changeRoster(table, "shop", { launched: ["i-3"], terminated: ["i-1", "i-unknown"], at: noon });
    expect([...(await rosterOf(table)).keys()]).toEqual(["i-2", "i-3"]);
  });

  test("a look begins with are read in one query, behind however many overrides", async () => {
    for (let generation = 1; generation < 4; generation++) await putRow(table, rowOfGeneration(generation), "one");
    const overrides = Array.from({ length: 9 }, (_, index) => ({ ...override, id: `o${index}` }));
    for (const one of overrides) await putOverride(table, "shop", one);
    const fact = { spelled: "shop-web", readAt: noon, group: givenGroup };
    await putGroup(table, "shop", fact);
    expect(await standingOf(table, "shop")).toMatchObject({
      newest: { row: { generation: 3 }, outcomes: [] },
      overrides,
      group: fact,
    });
  });

  test("that no look reads do not come with those that it begins with", async () => {
    await putMark(table, "shop", { id: "m", from: noon, to: noon + 1, because: "an outage", by: "ann" });
    await putAhead(table, "shop", {
      at: noon,
      forecast: { kind: "abstains", because: { kind: "no-load", knownDays: 3 } },
    });
    expect(await standingOf(table, "shop")).toMatchObject({
      newest: { kind: "none" },
      group: "none",
      forecast: "none",
    });
    expect(await marksOf(table, "shop", { from: noon, to: noon + 1 })).toHaveLength(1);
    expect(await getAhead(table, "shop")).toMatchObject({ at: noon });
    expect([await endMark(table, "shop", "m"), await endMark(table, "shop", "m")]).toEqual(["ended", "none-there"]);
  });

  test("a look begins with are there before the first row is", async () => {
    await putOverride(table, "shop", override);
    expect(await standingOf(table, "shop")).toEqual({
      newest: { kind: "none" },
      overrides: [override],
      notices: [],
      peaks: [],
      preflight: "none",
      group: "none",
      forecast: "none",
    });
  });

  test("a look begins with are added peaks too, by name, until they are taken away", async () => {
    await putRow(table, rowOfGeneration(1), "one");
    await putOverride(table, "shop", override);
    const added = (name: string) => ({ peak: givenPeak({ name }), by: "ann", addedAt: noon });
    for (const name of ["a", "b", "c", "b"]) await putPeak(table, "shop", added(name));
    const { peaks, overrides, newest } = await standingOf(table, "shop");
    expect({ peaks, overrides, kind: newest.kind }).toEqual({
      peaks: ["a", "b", "c"].map((name) => givenPeak({ name })),
      overrides: [override],
      kind: "row",
    });
    expect(await endPeak(table, "shop", "b")).toBe("ended");
    expect(await endPeak(table, "shop", "b")).toBe("none-there");
    expect(await addedPeaks(table, "shop")).toEqual([added("a"), added("c")]);
  });

  test("a look begins with are findings too, the newest in place of the others", async () => {
    await putRow(table, rowOfGeneration(1), "one");
    const finding = { peak: "sale", level: "problem", check: "quota", found: "too few", toDo: "ask" } as const;
    await putPreflight(table, "shop", { until: noon, findings: [finding, finding] });
    await putPreflight(table, "shop", { until: noon + 1, findings: [finding] });
    await putPeak(table, "shop", { peak: givenPeak(), by: "ann", addedAt: noon });
    const { preflight, peaks, newest } = await standingOf(table, "shop");
    expect(preflight).toEqual({ until: noon + 1, findings: [finding] });
    expect([peaks, newest.kind]).toEqual([[givenPeak()], "row"]);
  });

  test("which fleets peaks were added to is known without asking each of them", async () => {
    const put = (fleet: string, name: string) =>
      putPeak(table, fleet, { peak: givenPeak({ name }), by: "ann", addedAt: noon });
    for (const name of ["a", "b"]) await put("shop", name);
    await put("blog", "a");
    expect(await fleetsWithPeaks(table)).toEqual(["blog", "shop"]);
    await endPeak(table, "blog", "a");
    await endPeak(table, "shop", "a");
    expect(await fleetsWithPeaks(table)).toEqual(["shop"]);
  });
});

describe("a batch that comes back in part", () => {
  /** A table that takes so many items of each batch. */
  function taking(count: number): { readonly table: Table; readonly taken: Set<string> } {
    const taken = new Set<string>();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new DynamoDBClient({ region: "eu-west-1", credentials });
    answerWith(client, "DynamoDB", (_service, _command, input) => {
      const { RequestItems = {} } = input as BatchWriteItemCommandInput;
      const writes = RequestItems[table.name] ?? [];
      for (const write of writes.slice(0, count)) taken.add(write.PutRequest?.Item?.sk?.S ?? "");
      const left = writes.slice(count);
      return left.length > 0 ? { UnprocessedItems: { [table.name]: left } } : {};
    });
    return { table: { ...table, client }, taken };
  }

  test("is sent again until all of it is taken", async () => {
    const slow = taking(10);
    const instances = Array.from({ length: 25 }, (_, index) => `i-${index}`);
    await changeRoster(slow.table, "shop", { launched: instances, terminated: [], at: noon });
    expect(slow.taken).toEqual(new Set(instances));
  });

  test("is given up after six tries", async () => {
    const put = changeRoster(taking(0).table, "shop", { launched: ["i-1"], terminated: [], at: noon });
    await expect(put).rejects.toThrow("1 items were still unprocessed after 6 tries");
  });
});

describe("what cannot be read names its key", () => {
  const put = (sk: string, item: object): Promise<unknown> =>
    table.client.send(
      new PutItemCommand({
        TableName: table.name,
        Item: { pk: { S: `${table.stage}/shop` }, sk: { S: sk }, kind: { S: "decided" }, ...item },
      }),
    );

  test.each([
    ["a decision without a body", "log#0000000001#decision", {}, "it has no body"],
    [
      "a body that is no gzip",
      "log#0000000001#decision",
      { body: { B: Buffer.from("hello") } },
      "incorrect header check",
    ],
    ["a foreign item", "log#zzz", {}, "it has no body"],
    ["outcomes without a decision", "log#0000000001#outcome", { kind: { S: "outcome" } }, "no decision beside it"],
  ])("%s", async (_name, sk, item, because) => {
    await put(sk, item);
    const failed = newest(table, "shop");
    await expect(failed).rejects.toThrow(`cannot read item ${table.stage}/shop ${sk}`);
    await expect(failed).rejects.toThrow(because);
  });

  test("outcomes whose decision is gone", async () => {
    for (const generation of [1, 2]) await putRow(table, rowOfGeneration(generation), "one");
    await putOutcomes(table, rowOfGeneration(2), []);
    const key = { pk: { S: `${table.stage}/shop` }, sk: { S: "log#0000000002#decision" } };
    await table.client.send(new DeleteItemCommand({ TableName: table.name, Key: key }));
    await expect(newest(table, "shop")).rejects.toThrow("log#0000000002#outcome");
    await expect(allOf(rowsBackwards(table, "shop", { from: "newest" }))).rejects.toThrow("log#0000000002#outcome");
  });

  test("a fact of no known kind", async () => {
    await put("now#mood#good", {});
    await expect(standingOf(table, "shop")).rejects.toThrow("now#mood#good");
  });
});

async function allOf(rows: AsyncIterable<LoggedRow>): Promise<readonly LoggedRow[]> {
  const all: LoggedRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** A table whose first put arrives, but whose answer does not: the SDK's own retry then meets its own row. */
function losingFirstAnswer(): { readonly table: Table; readonly puts: () => number } {
  let puts = 0;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new DynamoDBClient({ endpoint: embedded.endpoint, region: "us-east-1", credentials });
  const lose: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next, context) => async (args) => {
    const put = context.commandName === "PutItemCommand" ? ++puts : 0;
    const answer = await next(args);
    if (put !== 1) return answer;
    throw Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
  };
  client.middlewareStack.addRelativeTo(lose, { name: "lose", relation: "after", toMiddleware: "retryMiddleware" });
  return { table: { ...table, client }, puts: () => puts };
}
