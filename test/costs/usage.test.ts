// What a call to the table uses, in DynamoDB's units; and the arithmetic of usage.
import { expect, test } from "@jest/globals";
import { hourMs } from "../../shared/core/index.ts";
import { callCount, metricsUsage, minus, plus, tableUsage, times } from "../../shared/costs/usage.ts";

const item = (bytes: number, sk = "log#1") => ({ sk: { S: sk }, body: { B: new Uint8Array(bytes - sk.length - 6) } });

test.each<[string, string, object, object, object]>([
  ["nothing found", "Query", { ConsistentRead: true }, { Items: [] }, { "read units": 1 }],
  ["nothing found, perhaps stale", "Query", {}, { Items: [] }, { "read units": 0.5 }],
  ["4 kB", "Query", { ConsistentRead: true }, { Items: [item(4_096)] }, { "read units": 1 }],
  ["a byte more", "Query", { ConsistentRead: true }, { Items: [item(4_096), item(50)] }, { "read units": 2 }],
  ["one item", "GetItem", { ConsistentRead: true }, { Item: item(100) }, { "read units": 1 }],
  ["1 kB of the log", "PutItem", { Item: item(1_024) }, {}, { "write units": 1, "stored bytes": 1_124 }],
  ["a byte more of it", "PutItem", { Item: item(1_025) }, {}, { "write units": 2, "stored bytes": 1_125 }],
  ["what is no log", "PutItem", { Item: item(1_024, "now#group") }, {}, { "write units": 1, "stored bytes": 0 }],
  ["a deletion", "DeleteItem", { Key: item(50) }, {}, { "write units": 1 }],
  [
    "a batch, item by item",
    "BatchWriteItem",
    { RequestItems: { t: [{ PutRequest: { Item: item(1_025) } }, { DeleteRequest: { Key: item(50) } }] } },
    {},
    { "write units": 3 },
  ],
])("%s: %s", (_, command, input, output, expected) => {
  expect(tableUsage(command, input, output)).toEqual(expected);
});

test.each([
  ["within three hours", 3 * hourMs, { metrics: 2, "recent points": 180 + 36 }],
  ["further back", 3 * hourMs + 1, { metrics: 2, "old points": 181 + 37 }],
])("metrics %s: the series that are billed, and the points that count against a limit", (_, ago, expected) => {
  const now = 24 * hourMs;
  const queries = [
    { Id: "requests", MetricStat: { Period: 60 } },
    { Id: "hosts", MetricStat: { Period: 300 } },
    { Id: "each" },
  ];
  const span = { StartTime: new Date(now - ago), EndTime: new Date(now) };
  expect(metricsUsage({ ...span, MetricDataQueries: queries }, now)).toEqual(expected);
});

test("a call that nobody has thought of is not free", () => {
  expect(() => tableUsage("Scan", {}, {})).toThrow("what Scan uses of the table is known");
});

test("usages add, whatever keys they have", () => {
  expect(plus({ a: 1, b: 2 }, { b: 3, c: 4 })).toEqual({ a: 1, b: 5, c: 4 });
  expect(minus({ a: 1, b: 2 }, { b: 3 })).toEqual({ a: 1, b: -1 });
  expect(times({ a: 1, b: 2 }, 3)).toEqual({ a: 3, b: 6 });
});

test("calls are counted by service", () => {
  const usage = { "EC2 CreateFleet": 2, "DynamoDB Query": 3, metrics: 100, "throttled EC2 CreateFleet": 7 };
  expect(callCount(usage)).toBe(5);
  expect(callCount(usage, ["EC2"])).toBe(2);
});
