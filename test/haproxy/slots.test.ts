// HAProxy's table as slots, and what follows from their sums: without HAProxy.
import { expect, test } from "@jest/globals";
import {
  createHaproxy,
  cutTotalOf,
  type Runtime,
  ratesBetween,
  type Slot,
  slotsFrom,
  targetStateOf,
} from "../../shared/haproxy/index.ts";

const head =
  "# pxname,svname,qcur,scur,stot,wretr,wredis,status,check_status,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,last_chk,addr,srv_icur,";
const row = (name: string, status: string, check: string, { address = "10.0.0.1:80", said = "" } = {}) =>
  `fleet,${name},1,2,50,3,4,${status},${check},0,30,5,4,3,1,${said},${address},6,`;
const table = (...rows: readonly string[]): string => `${[head, ...rows].join("\n")}\n\n`;

const only = (text: string): Slot => {
  const slots = slotsFrom(text, "fleet");
  if (slots.kind === "error") throw new Error(slots.error);
  return slots.value[0] as Slot;
};

test("a row is a slot: address, counts and sums, whatever the order of the columns", () => {
  expect(only(table(row("s1", "UP", "L7OK", { address: "[fd00::7]:8080" })))).toEqual({
    name: "s1",
    address: { host: "fd00::7", port: 8080 },
    state: { kind: "healthy" },
    inFlightCount: 2,
    idleCount: 6,
    queuedCount: 1,
    requestsTotal: 50,
    answersTotal: 43,
    retriesTotal: 3,
    redispatchesTotal: 4,
  });
});

test.each(['"Detected 3 consecutive errors, last one was: L4 unsuccessful connection"', '"no ""well"", no answer"'])(
  "words with a comma move no column: %s",
  (said) => {
    expect(only(table(row("s1", "DOWN", "HANA", { said })))).toMatchObject({
      address: { host: "10.0.0.1", port: 80 },
      state: { kind: "unhealthy", because: "HANA" },
      idleCount: 6,
    });
  },
);

test.each<[string, string, Slot["state"]]>([
  ["UP", "L7OK", { kind: "healthy" }],
  ["UP 1/2", "* L4CON", { kind: "healthy" }],
  ["no check", "", { kind: "healthy" }],
  ["MAINT", "", { kind: "unregistered" }],
  ["MAINT (via a/b)", "", { kind: "unregistered" }],
  ["DRAIN", "L7OK", { kind: "draining", inFlightCount: 3 }],
  ["NOLB", "L7STS", { kind: "draining", inFlightCount: 3 }],
  ["DOWN", "INI", { kind: "initial" }],
  ["DOWN 1/2", "L7OK", { kind: "initial" }],
  ["DOWN", "", { kind: "initial" }],
  ["DOWN", "L4CON", { kind: "unhealthy", because: "L4CON" }],
  ["DOWN 1/2", "* L7STS", { kind: "unhealthy", because: "L7STS" }],
])("%s, last check %s", (status, check, state) => {
  expect(only(table(row("s1", status, check))).state).toEqual(state);
});

test.each([
  ["Unknown command", "HAProxy answered no table: Unknown command"],
  [
    "# pxname,svname,status\nfleet,s1,UP\n",
    "HAProxy's table lacks scur, qcur, stot, wretr, wredis, check_status, addr, srv_icur",
  ],
  [table(), 'HAProxy has no servers in a backend "fleet"'],
])("what is no table of servers is an error: %j", (text, error) => {
  expect(slotsFrom(text, "fleet")).toEqual({ kind: "error", error });
});

test("cut is what was given, and neither answered, nor given again, nor still there", () => {
  const slot = only(table(row("s1", "DOWN", "L4CON")));
  expect(
    cutTotalOf({
      ...slot,
      requestsTotal: 591,
      answersTotal: 581,
      redispatchesTotal: 3,
      retriesTotal: 0,
      inFlightCount: 2,
    }),
  ).toBe(5);
  expect(
    cutTotalOf({
      ...slot,
      requestsTotal: 591,
      answersTotal: 581,
      redispatchesTotal: 3,
      retriesTotal: 2,
      inFlightCount: 0,
    }),
  ).toBe(5);
});

test("requests a minute, of each target and of all; a sum that began anew counts whole", () => {
  const slot = only(table(row("s1", "UP", "L7OK")));
  const at = (name: string, port: number, requestsTotal: number): Slot => ({
    ...slot,
    name,
    address: { host: "10.0.0.1", port },
    requestsTotal,
  });
  const rates = ratesBetween(
    [at("s1", 1, 100), at("s2", 2, 900)],
    [at("s1", 1, 250), at("s2", 2, 30), at("s3", 3, 10)],
    30_000,
  );
  expect(rates.perMinute).toBe(380);
  expect([...rates.byTarget]).toEqual([
    ["10.0.0.1:1", 300],
    ["10.0.0.1:2", 60],
    ["10.0.0.1:3", 20],
  ]);
});

test("a slot in maintenance holds nobody, also when it still has somebody's address", () => {
  const slots = slotsFrom(table(row("s1", "MAINT", ""), row("s2", "DRAIN", "L7OK")), "fleet");
  expect(slots.kind === "ok" && targetStateOf(slots.value, { host: "10.0.0.1", port: 80 })).toEqual({
    kind: "draining",
    inFlightCount: 3,
  });
  expect(slots.kind === "ok" && targetStateOf(slots.value, { host: "10.0.0.1", port: 81 })).toEqual({
    kind: "unregistered",
  });
});

/** A runtime that shows one table, and answers every other line with `answer`. */
const scripted = (text: string, answer: string): { runtime: Runtime; sent: string[] } => {
  const sent: string[] = [];
  const runtime: Runtime = async (commands) => {
    if (commands.startsWith("show stat")) return { kind: "ok", value: text };
    sent.push(commands);
    return { kind: "ok", value: answer };
  };
  return { runtime, sent };
};

test("a refusal is told in HAProxy's words; what it says of a change is none", async () => {
  const free = table(row("s1", "MAINT", "", { address: "127.0.0.1:9" }));
  const refused = scripted(free, "\nNo such server.\n\n");
  const target = { host: "10.0.0.9", port: 80 };
  expect(await createHaproxy(refused.runtime, { backend: "fleet", slotPrefix: "s" }).register(target)).toEqual({
    kind: "error",
    error: "HAProxy: No such server.",
  });
  const changed = scripted(
    free,
    "no need to change the addr, port changed from '9' to '80' by 'stats socket command'\n\n\n",
  );
  expect(await createHaproxy(changed.runtime, { backend: "fleet", slotPrefix: "s" }).register(target)).toEqual({
    kind: "ok",
    value: undefined,
  });
  expect(changed.sent).toEqual([
    "set server fleet/s1 addr 10.0.0.9 port 80; set server fleet/s1 state drain; set server fleet/s1 health down; set server fleet/s1 state ready",
  ]);
});
