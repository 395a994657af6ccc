// What the commands tell of a log that real ticks wrote.
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import {
  beginWarm,
  endWarm,
  newest,
  openEmbedded,
  putFleet,
  putOrphans,
  putRow,
  rowOf,
} from "../../shared/aws/index.ts";
import { engineVersion, type Row } from "../../shared/control/index.ts";
import { minuteMs } from "../../shared/core/index.ts";
import { decideOrRefuse, type Step, sizeByRules } from "../../shared/engine/index.ts";
import { policyVersion } from "../../shared/policy/index.ts";
import { givenPolicy, noon } from "../support/given.ts";
import { fillLog } from "./givenLog.ts";
import { localLog, refused } from "./localLog.ts";
import { tidegate } from "./run.ts";

jest.setTimeout(120_000);

const shop = givenPolicy({
  bounds: { min: 2, max: 12 },
  limits: {
    scaleOut: { ratio: 1, windowMs: 2 * minuteMs },
    scaleIn: { ratio: 1, windowMs: minuteMs },
    budget: { kind: "none" },
    surgeRatio: 0.1,
  },
});
const web = givenPolicy({ fleet: "web", mode: "shadow" });

const log = localLog([], async (table) => {
  await fillLog(table, {
    policy: shop,
    perMinute: [900, 900, 4_000, 8_000, 8_000, "silent", 2_000],
    launchFails: { minute: 3, outcome: "insufficient-capacity" },
  });
  await fillLog(table, { policy: web, perMinute: [900] });
  await fillBrokenLogs();
  await fillWarmed();
});
const { home, local } = log;

/** Rows as an older engine, a lost policy or a wrong engine would have left them. */
async function fillBrokenLogs(): Promise<void> {
  const { row } = await newestRow("web");
  await commit({ ...row, fleet: "old", id: "old@1", engineVersion: "0" });
  await commit({ ...row, fleet: "lost", id: "lost@1" });
  await fillLog(log.table, { policy: givenPolicy({ fleet: "tampered" }), perMinute: [900] });
  const first = (await newestRow("tampered")).row;
  const { at, actBy, snapshot, decision } = first;
  const previous = { kind: "row", generation: 1, at, actBy, actions: [], outcomes: [] } as const;
  const untouched = { ...first, id: "tampered@2", generation: 2, snapshot: { ...snapshot, previous } };
  const again = decideOrRefuse(givenPolicy({ fleet: "tampered" }), untouched.snapshot, sizeByRules);
  const [wish, ...steps] = again.steps as [Step, ...Step[]];
  await commit({ ...untouched, decision: { ...again, steps: [{ ...wish, to: 7 }, ...steps] } });
  expect(decision.steps[0]).toEqual(wish);
}

/** A decision whose warm-up has ended since, of a fleet that is in no list. */
async function fillWarmed(): Promise<void> {
  const generation = 1;
  const warm = { kind: "warm", id: "warmed@1/warm/i-0a1b", instance: "i-0a1b" } as const;
  const { row } = await newestRow("web");
  const ordering = { ...row, fleet: "warmed", id: "warmed@1", decision: { ...row.decision, actions: [warm] } };
  expect(await putRow(log.table, ordering, "test")).toBe("committed");
  await beginWarm(log.table, "warmed", { instance: warm.instance, generation, at: row.at });
  await endWarm(log.table, "warmed", {
    instance: warm.instance,
    state: { kind: "failed", at: row.at, because: "the hook says so" },
  });
}

async function newestRow(fleet: string) {
  const found = await newest(log.table, fleet);
  if (found.kind === "none") throw new Error(`no row of ${fleet}`);
  return found;
}

async function commit(row: Row): Promise<void> {
  await putFleet(log.table, row.fleet, row.at);
  expect(await putRow(log.table, row, "test")).toBe("committed");
}

const answer = async (...args: string[]): Promise<string> => {
  const ran = await local(...args);
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
  return ran.stdout;
};

describe("decisions", () => {
  test("lists what was wanted, by which rule, what stopped it and what came of it, newest last", async () => {
    const [head, ...lines] = (await answer("decisions", "shop")).trimEnd().split("\n");
    expect(head?.split(/ {2,}/)).toEqual(["ID", "AT", "TARGET", "WANTED", "BY", "STOPPED BY", "ACTED", "PROBLEMS"]);
    const limited = (from: number): string => `limit: grows by at most 100 % in 2m, from ${from}`;
    const lacking = "launch insufficient-capacity";
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ["shop@1", "2026-06-16 12:01:00Z", "0 → 2", "2", "demand", "-", "launch 2", "-"],
      ["shop@2", "2026-06-16 12:02:00Z", "2", "2", "demand", "-", "register 2", "-"],
      ["shop@3", "2026-06-16 12:03:00Z", "2 → 4", "8", "demand", limited(2), "launch 2", "-"],
      ["shop@4", "2026-06-16 12:04:00Z", "4 → 8", "16", "demand", limited(4), "register 2, launch 4", lacking],
      ["shop@5", "2026-06-16 12:05:00Z", "8 → 12", "16", "demand", "bound: the maximum is 12", "launch 8", "-"],
      [
        ...["shop@6", "2026-06-16 12:06:00Z", "12", "-", "-"],
        ...["combine: nothing is let go while demand cannot see", "register 8", "-"],
      ],
      ["shop@7", "2026-06-16 12:07:00Z", "12 → 4", "4", "demand", "-", "drain 8", "-"],
    ]);
  });

  test("counts --since back from the newest decision, and gives programs one object a line", async () => {
    const lines = (await answer("decisions", "shop", "--since", "3m", "--json")).trimEnd().split("\n");
    const objects = lines.map((line) => JSON.parse(line));
    expect(objects.map(({ id }) => id)).toEqual(["shop@4", "shop@5", "shop@6", "shop@7"]);
    const action = "shop@4/launch";
    expect(objects[0]).toEqual({
      fleet: "shop",
      generation: 4,
      id: "shop@4",
      at: "2026-06-16T12:04:00.000Z",
      kind: "decided",
      from: 4,
      target: 8,
      wanted: 16,
      by: "demand",
      stoppedBy: "limit: grows by at most 100 % in 2m, from 4",
      actions: expect.arrayContaining([
        { kind: "launch", id: action, onDemandCount: 4, spotCount: 0, templateVersion: "1", subnets: [] },
      ]),
      outcomes: expect.arrayContaining([
        {
          kind: "insufficient-capacity",
          action,
          instances: [],
          because: "no m7g.large left",
          attempts: [],
          shortSubnets: [],
        },
      ]),
      engineVersion: expect.any(String),
      policyVersion: policyVersion(shop),
    });
  });

  test("and explain tell how a warm-up went that was ordered, though it ended later", async () => {
    const [line = ""] = (await answer("decisions", "warmed", "--json")).split("\n");
    expect(JSON.parse(line).outcomes).toMatchObject([{ kind: "warmed", end: { because: "the hook says so" } }]);
    expect(await answer("decisions", "warmed")).toMatch(/warm 1 +warm failed/);
    expect(await answer("explain", "warmed@1")).toContain("warm i-0a1b — it did not get warm: the hook says so");
    expect(await answer("explain", "warmed@1", "--json")).toContain('"kind": "warmed"');
  });

  test("says so when --limit leaves some out", async () => {
    const { stdout, stderr } = await local("decisions", "shop", "--limit", "2", "--json");
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).id),
    ).toEqual(["shop@6", "shop@7"]);
    expect(stderr).toBe("tidegate: there are more than 2 decisions in that time; these are the newest\n");
  });

  test("ends quietly when its reader has had enough", async () => {
    const ran = await tidegate(["decisions", "shop", "--json", "--local"], { cwd: home, reader: "leaves" });
    expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("names the fleets there are when it does not know one", async () => {
    expect(await local("decisions", "shoop")).toEqual(
      refused(/no decision of a fleet "shoop": the fleets are .*shop.*web/),
    );
  });
});

describe("explain", () => {
  test("tells one decision in sentences, with its outcomes and its policy's lead time", async () => {
    const lines = (await answer("explain", "shop@4")).split("\n");
    expect(lines[0]).toBe("shop@4 at 2026-06-16 12:04Z: target 4 → 8");
    expect(lines).toEqual(
      expect.arrayContaining([
        "  4 instances: 2 serving, 2 ready",
        "  demand wants 16: 8 000 requests/min at 12:01Z ÷ (1 000 × 50 %)",
        "  limit 16 → 8: grows by at most 100 % in 2m, from 4",
        "  launch 4: 4 on demand, 0 spot, version 1 of the launch template — insufficient capacity (no m7g.large left); none came",
        expect.stringMatching(/^ {2}lead time 3m, not measured yet but the policy's assumption \(launch.leadTime\): /),
      ]),
    );
  });

  test("--json is the row as it was stored, with its outcomes", async () => {
    const stored = await rowOf(log.table, "shop", 4);
    if (stored.kind === "none") throw new Error("no shop@4");
    const { row, outcomes } = stored;
    expect(JSON.parse(await answer("explain", "shop@4", "--json"))).toEqual({ row, outcomes });
  });

  test("says what the newest is when it does not know an id", async () => {
    expect(await local("explain", "shop@99")).toEqual(refused(/no decision shop@99: the newest of shop is shop@7/));
  });
});

test("fleets counts what stands now by phase, says why, and does not take what cannot be known for none", async () => {
  const fleets = JSON.parse(await answer("fleets", "--json"));
  expect(fleets.map(({ fleet }: { fleet: string }) => fleet)).toEqual(["lost", "old", "shop", "tampered", "web"]);
  const why = "demand wants 4: 2 000 requests/min at 12:04Z ÷ (1 000 × 50 %)";
  const counts = { target: 4, serving: 12, warming: 0, booting: 0, draining: 0, unhealthy: 0 };
  const at = "2026-06-16T12:07:00.000Z";
  expect(fleets[2]).toEqual({
    fleet: "shop",
    ...counts,
    generation: 7,
    id: "shop@7",
    at,
    kind: "decided",
    why,
    orphans: 0,
  });
  expect(fleets[0]).toMatchObject({ target: 2, serving: "unknown", warming: "unknown", booting: "unknown" });
});

test("fleets tells of instances whose fleet has no policy any more, as last counted", async () => {
  expect(await answer("fleets")).not.toContain("counted");
  const counted = [
    { fleet: "old", count: 3 },
    { fleet: "unlogged", count: 1 },
  ];
  await putOrphans(log.table, { at: noon, fleets: counted });
  const entries: readonly { fleet: string; orphans: number }[] = JSON.parse(await answer("fleets", "--json"));
  expect(entries.map(({ fleet, orphans }) => [fleet, orphans])).toEqual([
    ["lost", 0],
    ["old", 3],
    ["shop", 0],
    ["tampered", 0],
    ["web", 0],
    ["unlogged", 1],
  ]);
  expect(entries[1]).toMatchObject({ generation: 1, id: "old@1" });
  const lines = (await answer("fleets")).trimEnd().split("\n");
  expect(lines.slice(-3)).toEqual([
    "3 instances of old, which has no policy: deploy one for fleet old to adopt what is left of it, or terminate it by hand",
    expect.stringMatching(/^1 instance of unlogged, /),
    "(counted 2026-06-16 12:00Z; Tidegate leaves them alone)",
  ]);
  await putOrphans(log.table, { at: noon, fleets: [] });
  expect(await answer("fleets")).not.toContain("counted");
});

describe("replay", () => {
  test("decides the same again", async () => {
    expect(await answer("replay", "shop@3", "shop", "--since", "1m")).toBe(
      "shop@3 same\nshop@7 same\nshop@6 same\n3 decisions: 3 same\n",
    );
  });

  test("shows the first difference of a decision that this engine and policy do not make", async () => {
    expect(await local("replay", "tampered", "shop", "--all")).toEqual({
      code: 1,
      stdout: "tampered@2 different at steps[0].to: stored 7, again 2\n9 decisions: 1 different, 8 same\n",
      stderr: "",
    });
  });

  test("does not compare what another engine version or an unknown policy decided", async () => {
    const ran = await local("replay", "old@1", "lost@1", "web@1", "--json");
    expect(ran).toMatchObject({ code: 1, stderr: "" });
    expect(
      ran.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { id: "old@1", kind: "other-version", stored: "0", running: engineVersion },
      { id: "lost@1", kind: "no-policy", policyVersion: policyVersion(web) },
      { id: "web@1", kind: "same" },
    ]);
  });
});

describe("which log", () => {
  test("the deployed table, with the SDK's own region and credentials", async () => {
    const env = {
      AWS_ENDPOINT_URL: log.endpoint,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "k",
      AWS_SECRET_ACCESS_KEY: "s",
    };
    const named = { ...env, TIDEGATE_TABLE: "tidegate", TIDEGATE_STAGE: "local" };
    const [byName, empty, absent] = await Promise.all([
      tidegate(["replay", "shop@1"], { cwd: home, env: named }),
      tidegate(["fleets", "--table", "tidegate", "--stage", "empty", "--json"], { cwd: home, env }),
      tidegate(["fleets"], { cwd: home, env }),
    ]);
    expect(byName).toEqual({ code: 0, stdout: "shop@1 same\n", stderr: "" });
    expect(empty).toEqual({ code: 0, stdout: "[]\n", stderr: "" });
    expect(absent).toEqual(refused(/^tidegate: no table tidegate-dev in this account and region; /));
  });

  test("what stands between here and AWS is one line, not a stack", async () => {
    const [nowhere, nobody, silence] = await Promise.all([
      tidegate(["fleets"], { cwd: home }),
      tidegate(["fleets"], { cwd: home, env: { AWS_REGION: "eu-west-1" } }),
      tidegate(["fleets"], {
        cwd: home,
        env: {
          AWS_ENDPOINT_URL: "http://127.0.0.1:9",
          AWS_REGION: "eu-west-1",
          AWS_ACCESS_KEY_ID: "k",
          AWS_SECRET_ACCESS_KEY: "s",
        },
      }),
    ]);
    expect(nowhere).toEqual(refused(/^tidegate: no AWS region: .*\n$/));
    expect(nobody).toEqual(refused(/^tidegate: no AWS credentials: .*\n$/));
    expect(silence).toEqual(refused(/^tidegate: DynamoDB cannot be reached: .*\n$/));
  });

  test("a folder of one's own, opened by the command itself; without a log in it, what to do", async () => {
    const folder = join(home, "mine");
    const mine = await openEmbedded(folder, { mode: "start-over" });
    if (mine.kind === "error") throw new Error(mine.error);
    await fillLog(mine.value.table, { policy: web, perMinute: [900] });
    await mine.value.close();
    const line = await tidegate(["decisions", "web", "--local", "mine"], { cwd: home });
    expect(line).toMatchObject({ code: 0, stderr: "" });
    expect(line.stdout).toMatch(/ launch 2 +launch withheld$/m);
    expect(await tidegate(["fleets", "--local", "none"], { cwd: home })).toEqual(
      refused(/no none here: run `npm start`/),
    );
    const fresh = await openEmbedded(join(home, "fresh"), { mode: "start-over" });
    if (fresh.kind === "error") throw new Error(fresh.error);
    expect(await tidegate(["fleets", "--local", "fresh"], { cwd: home })).toEqual({
      code: 0,
      stdout: "no fleets yet\n",
      stderr: "",
    });
    await fresh.value.close();
  });
});
