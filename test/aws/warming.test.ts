// One launch from buying to serving with a warmer deployed, over real SDK clients, a real table and the imagined cloud: nothing is
// registered before it is warm, and what was measured stands in the decision.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  createAwsWorld,
  type Embedded,
  newest,
  openMemory,
  rowOf,
  type Table,
  told,
  warmOf,
} from "../../shared/aws/index.ts";
import type { WarmCalls } from "../../shared/aws/warm/index.ts";
import type { World } from "../../shared/control/index.ts";
import { minuteMs, ok } from "../../shared/core/index.ts";
import { type Decision, explainDecision, leadTimeOf, type WarmResult } from "../../shared/engine/index.ts";
import { endWarming, parseWarmMessage, startWarming, type Warming, warmMessage } from "../../shared/looks/index.ts";
import { type Policy, policyVersion } from "../../shared/policy/index.ts";
import { atSecond, givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy, freshTable, look } from "../support/awsFleet.ts";
import { never, simulatedClients } from "../support/cloudClients.ts";
import { warmBy } from "../support/given.ts";

let embedded: Embedded;
beforeAll(async () => {
  embedded = await openMemory();
});
afterAll(() => embedded.close());

const result: WarmResult = {
  ...{ verdict: "under-bound", requests: 240, firstP95Ms: 820, lastP95Ms: 95, hitRatio: "none", durationMs: 60_000 },
  trouble: "",
};

/** The table's instant is the cloud's. */
function deployed(policy: Policy) {
  const table = freshTable(embedded);
  const cloud = givenCloud({});
  const wishes: string[] = [];
  const called: unknown[] = [];
  const world = createAwsWorld({
    clients: simulatedClients(cloud),
    table,
    now: () => cloud.now,
    evaluator: () => "one",
    warmer: {
      kind: "warmer",
      start: async ({ fleet }, order) => void wishes.push(warmMessage(fleet, order).body),
    },
    abortIn: never,
  });
  const calls: WarmCalls = {
    targetOf: async () => ok({ address: "10.0.0.1", port: 80, protocol: "http" }),
    invokeLater: async (_, payload) => {
      called.push(payload);
      return ok(undefined);
    },
    send: uncalled,
    askAfter: uncalled,
  };
  const policyOf = async () => ({ policy, policyVersion: policyVersion(policy) });
  const warming: Warming = {
    calls,
    table,
    now: () => cloud.now,
    policyOf,
    send: uncalled,
    warmer: "warm",
    document: "",
  };
  return { table, cloud, wishes, called, world, warming };
}

const uncalled = (): never => {
  throw new Error("nobody warms by a command here");
};

async function decide(table: Table, world: World, policy: Policy): Promise<{ decision: Decision; said: string }> {
  await look(world, policy);
  const last = await newest(table, policy.fleet);
  if (last.kind === "none") throw new Error("a look is a row");
  const { id, snapshot, decision } = last.row;
  return { decision, said: explainDecision({ id, policy, snapshot, decision, outcomes: last.outcomes }).join("\n") };
}
/** What `explain ID` tells of a decision's actions, now. */
async function actionsTold(table: Table, policy: Policy, generation: number): Promise<readonly string[]> {
  const found = await rowOf(table, policy.fleet, generation);
  if (found.kind === "none") throw new Error("a look is a row");
  const { row, outcomes } = await told(table, found);
  const { id, snapshot, decision } = row;
  const lines = explainDecision({ id, policy, snapshot, decision, outcomes });
  return lines.filter((line) => line.startsWith("  warm ")).map((line) => line.trim());
}
const kinds = ({ actions }: Decision) => [...new Set(actions.map(({ kind }) => kind))];

async function take(warming: Warming, body: string): Promise<string> {
  const message = parseWarmMessage(body);
  if (message.kind === "commanded") throw new Error("nobody warms by a command here");
  return (message.kind === "start" ? await startWarming(warming, message) : await endWarming(warming, message)).kind;
}
const endOf = (wish: string, responsePayload: object): string =>
  JSON.stringify({ requestContext: { condition: "Success" }, requestPayload: JSON.parse(wish), responsePayload });

test("a launch is warmed, told of, and only then registered; its warm-up is part of the lead time", async () => {
  const policy = cloudPolicy({ warm: warmBy({ timeoutMs: 10 * minuteMs }) });
  const { table, cloud, wishes, called, world, warming } = deployed(policy);
  const at = async (second: number) => {
    cloud.advanceTo(atSecond(second));
    return await decide(table, world, policy);
  };
  expect(kinds((await at(0)).decision)).toEqual(["launch"]);
  expect(kinds((await at(60)).decision)).toEqual(["warm"]);
  expect(wishes).toHaveLength(4);
  for (const step of ["started", "known"]) for (const wish of wishes) expect(await take(warming, wish)).toBe(step);
  expect(called).toHaveLength(4);
  expect(kinds((await at(120)).decision)).toEqual([]);
  const ordered = await rowOf(table, "shop", 2);
  const begun = wishes
    .map((wish) => JSON.parse(wish).instance)
    .map((id) => `warm ${id} — begun; how it goes is not known (yet)`);
  expect(await actionsTold(table, policy, 2)).toEqual(begun);

  cloud.advanceTo(atSecond(150));
  const [first = "", ...others] = wishes;
  expect(await take(warming, endOf(first, result))).toBe("ended");
  const { decision, said } = await decide(table, world, policy);
  expect(decision.actions).toMatchObject([{ kind: "register", instance: JSON.parse(first).instance }]);
  expect(said).toContain(
    `${JSON.parse(first).instance} is warm after 1m, as quick as asked: 240 requests, p95 820 ms → 95 ms`,
  );

  const figures = "it is warm after 1m, as quick as asked: 240 requests, p95 820 ms → 95 ms";
  const firstTold = `warm ${JSON.parse(first).instance} — ${figures}`;
  expect(await actionsTold(table, policy, 2)).toEqual([firstTold, ...begun.slice(1)]);

  cloud.advanceTo(atSecond(400));
  for (const wish of others) await take(warming, endOf(wish, result));
  for (const line of await actionsTold(table, policy, 2)) expect(line).toContain(figures);
  // What replay and the engine are given is as it was.
  expect(await rowOf(table, "shop", 2)).toEqual(ordered);
  for (const second of [400, 460, 520, 580]) await at(second);
  const last = await at(640);
  expect(last.said).not.toContain("is warm after");
  const { launches } = last.decision.memory;
  expect(launches).toHaveLength(4);
  expect(Math.max(...launches.map(({ servingMs }) => servingMs))).toBeGreaterThanOrEqual(400_000);
  expect(
    leadTimeOf(policy, { ...last.decision.memory, launches: [...launches, ...launches] }).p95Ms,
  ).toBeGreaterThanOrEqual(400_000);
});

test.each([
  ["serve", "register"],
  ["replace", "terminate"],
] as const)("one that does not get warm: %s", async (onFailure, action) => {
  const policy = cloudPolicy({ warm: warmBy({ onFailure }) });
  const { table, cloud, wishes, world, warming } = deployed(policy);
  for (const second of [0, 60]) {
    cloud.advanceTo(atSecond(second));
    await look(world, policy);
  }
  for (const wish of wishes) {
    await take(warming, wish);
    await take(warming, endOf(wish, { ...result, verdict: "time-up", trouble: "/ answered 500" }));
  }
  for (const line of await actionsTold(table, policy, 2))
    expect(line).toContain("— it did not get warm in 1m, its time was up: 240 requests");
  cloud.advanceTo(atSecond(120));
  const { decision, said } = await decide(table, world, policy);
  expect(kinds(decision)).toContain(action);
  expect(said).toContain("did not get warm in 1m, its time was up");
  expect(said).toContain("first trouble: / answered 500");
});

test("where only hooks are deployed, a warm-up by HTTP ends as failed, and says what to deploy", async () => {
  const policy = cloudPolicy({ warm: warmBy() });
  const { table, called, warming } = deployed(policy);
  const wish = warmMessage("shop", { instance: "i-0a1b", generation: 1 }).body;
  expect(await take({ ...warming, warmer: "" }, wish)).toBe("failed");
  expect(called).toEqual([]);
  const because = expect.stringContaining("this deployment has no warmer: deploy with --param warmSubnets");
  expect((await warmOf(table, "shop")).get("i-0a1b")).toMatchObject({ kind: "failed", because });
});
