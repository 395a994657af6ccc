// The table in memory answers as dynalite does, for every shape of request that Tidegate sends.
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Embedded, openMemory, type Table } from "../../shared/aws/index.ts";
import { type Item, itemOf } from "../../shared/aws/log/item.ts";
import { answeredTable, createMemoryTable } from "../../shared/aws/log/memoryTable.ts";

let embedded: Embedded;
let tables: readonly Table[];
beforeAll(async () => {
  embedded = await openMemory();
  tables = [embedded.table, answeredTable(createMemoryTable().answer, "local")];
});
afterAll(() => embedded.close());

/** What both tables answer; they must agree. */
async function both<T>(ask: (table: Table) => Promise<T>): Promise<T> {
  const [dynalite, memory] = (await Promise.all(tables.map(ask))) as [T, T];
  expect(memory).toEqual(dynalite);
  return memory;
}

const put = (item: Item, condition: object = {}) =>
  both(async ({ client, name }) => {
    try {
      await client.send(new PutItemCommand({ TableName: name, Item: item, ...condition }));
      return "put";
    } catch (error) {
      return error instanceof ConditionalCheckFailedException ? `${error.name}: ${error.message}` : String(error);
    }
  });
const absent = { ConditionExpression: "attribute_not_exists(pk)" };

const query = (asked: Partial<QueryCommandInput>) =>
  both(async ({ client, name }) => {
    const { Items, Count, LastEvaluatedKey } = await client.send(new QueryCommand({ TableName: name, ...asked }));
    return { keys: Items?.map(({ sk }) => sk?.S), Items, Count, LastEvaluatedKey };
  });

test("a conditional put finds the key free once, and an unconditional one replaces", async () => {
  const item = itemOf({ pk: "race", sk: "1", by: "one", at: 1, body: Buffer.from("abc") });
  expect(await put(item, absent)).toBe("put");
  expect(await put({ ...item, by: { S: "two" } }, absent)).toBe(
    "ConditionalCheckFailedException: The conditional request failed",
  );
  const read = () =>
    both(({ client, name }) =>
      client
        .send(new GetItemCommand({ TableName: name, Key: itemOf({ pk: "race", sk: "1" }), ConsistentRead: true }))
        .then(({ Item }) => Item),
    );
  expect((await read())?.by).toEqual({ S: "one" });
  expect(await put({ ...item, by: { S: "three" } })).toBe("put");
  expect((await read())?.by).toEqual({ S: "three" });
});

test("a put on what is under way finds it once, and nothing where there is none", async () => {
  const item = (kind: string) => itemOf({ pk: "fleet/warm", sk: "i-1", kind });
  const underWay = {
    ConditionExpression: "#kind = :started",
    ExpressionAttributeNames: { "#kind": "kind" },
    ExpressionAttributeValues: itemOf({ ":started": "started" }),
  };
  const refused = "ConditionalCheckFailedException: The conditional request failed";
  expect(await put(item("done"), underWay)).toBe(refused);
  expect(await put(item("started"), absent)).toBe("put");
  expect(await put(item("done"), underWay)).toBe("put");
  expect(await put(item("failed"), underWay)).toBe(refused);
});

test("no item is no answer", async () => {
  const key = itemOf({ pk: "nobody", sk: "nothing" });
  const read = both(({ client, name }) =>
    client.send(new GetItemCommand({ TableName: name, Key: key })).then(({ Item }) => Item ?? "none"),
  );
  expect(await read).toBe("none");
});

describe("a query", () => {
  beforeAll(async () => {
    for (const sk of ["log#0000000002", "log#0000000001#outcome", "fact#b", "log#0000000001#decision", "fact#a"])
      await put(itemOf({ pk: "query", sk, of: sk }));
    await put(itemOf({ pk: "queries", sk: "fact#c" }));
  });
  const ofLog = (values: Record<string, string>) => itemOf({ ":pk": "query", ...values });
  const between = {
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
    ExpressionAttributeValues: ofLog({ ":from": "log#", ":to": "log#~" }),
  };
  const prefixed = {
    KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
    ExpressionAttributeValues: ofLog({ ":prefix": "fact#" }),
  };
  const all = { KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: ofLog({}) };

  test.each([
    ["all of a key", all, 5],
    ["a prefix", prefixed, 2],
    ["a range", between, 3],
    ["backwards", { ...between, ScanIndexForward: false }, 3],
    ["backwards, the newest two", { ...between, ScanIndexForward: false, Limit: 2, ConsistentRead: true }, 2],
    ["a page that holds just all", { ...prefixed, Limit: 2 }, 2],
    ["a page of more than there is", { ...prefixed, Limit: 3 }, 2],
    ["nobody's", { ...all, ExpressionAttributeValues: itemOf({ ":pk": "nobody" }) }, 0],
  ])("of %s", async (_name, asked, count) => {
    expect((await query(asked)).keys).toHaveLength(count);
  });

  test.each([true, false])("goes on where a page ended, forwards: %s", async (ScanIndexForward) => {
    const first = await query({ ...between, ScanIndexForward, Limit: 1 });
    expect(first.LastEvaluatedKey).toBeDefined();
    const rest = await query({ ...between, ScanIndexForward, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(rest.keys).toHaveLength(2);
  });
});

test("a batch puts all of its items", async () => {
  const writes = ["i-1", "i-2"].map((id) => ({ PutRequest: { Item: itemOf({ pk: "batch", sk: id }) } }));
  await both(({ client, name }) =>
    client
      .send(new BatchWriteItemCommand({ RequestItems: { [name]: writes } }))
      .then(({ UnprocessedItems }) => UnprocessedItems),
  );
  const all = { KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: itemOf({ ":pk": "batch" }) };
  expect((await query(all)).keys).toEqual(["i-1", "i-2"]);
});
