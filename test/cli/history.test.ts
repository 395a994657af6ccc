// A fleet's past at the command line: pulled as a trace that simulate reads, and marked where it teaches nothing.
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { askedOf, pulled } from "../../cli/history/pull.ts";
import { csvOf, readingsOf, withMarks } from "../../cli/history/trace.ts";
import { findGroup } from "../../shared/aws/history/index.ts";
import { marksOf, putMark } from "../../shared/aws/index.ts";
import { putGroup } from "../../shared/aws/log/facts.ts";
import { dayMs, type EpochMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import { parseTrace } from "../../shared/sim/index.ts";
import { givenCloud } from "../sim/cloudGiven.ts";
import { answeredClients, awsError } from "../support/cloudClients.ts";
import { noon } from "../support/given.ts";
import { localLog } from "./localLog.ts";
import { tidegate } from "./run.ts";

jest.setTimeout(120_000);

describe("what is asked for", () => {
  const now = noon + 30_000;
  const ago = (ms: number): EpochMs => now - ms;
  test.each<[string, EpochMs | "left out", number]>([
    ["is by the minute when nothing is said", "left out", 1],
    ["is by the minute within fifteen days", ago(15 * dayMs), 1],
    ["is every five minutes within 63 days", ago(15 * dayMs + 1), 5],
    ["is every five minutes at 63 days", ago(63 * dayMs), 5],
    ["is by the hour beyond", ago(64 * dayMs), 60],
  ])("%s", (_, from, stepMinutes) => {
    const { span, stepMs } = askedOf(from === "left out" ? {} : { from }, now);
    expect(stepMs).toBe(stepMinutes * minuteMs);
    expect([span.from % stepMs, span.to % stepMs]).toEqual([0, 0]);
    expect(noon - span.to).toBeGreaterThanOrEqual(minuteMs);
  });

  test.each([
    ["nothing", { from: noon, to: noon - 1 }, "--from is not before --to"],
    ["the future", { from: noon + hourMs }, "--from is not before --to, or not past"],
    ["what is forgotten", { from: noon - 456 * dayMs }, "CloudWatch keeps nothing for longer than 455 days"],
    ["less than a step", { from: noon - 20 * dayMs, to: noon - 20 * dayMs + 1 }, "holds no whole step of 5 minutes"],
  ])("is not %s", (_, options, message) => {
    expect(() => askedOf(options, noon)).toThrow(message);
  });
});

describe("a trace", () => {
  const span = { from: noon, to: noon + 5 * minuteMs };
  const points = (...values: readonly (readonly [minute: number, value: number])[]) => ({
    kind: "points" as const,
    points: values.map(([minute, value]) => ({ at: noon + minute * minuteMs, value })),
  });

  test("has zeros where hosts were counted, and says of a gap that it is none of its readings", () => {
    const raw = { requests: points([1, 60], [3, 90.5]), healthyHosts: points([1, 2], [2, 2], [3, 2]) };
    const csv = csvOf(readingsOf(raw, span, minuteMs));
    expect(csv.split("\n")).toEqual([
      "timestamp,value,filled",
      "2026-06-16T12:00:00Z,60,1",
      "2026-06-16T12:01:00Z,60,0",
      "2026-06-16T12:02:00Z,0,0",
      "2026-06-16T12:03:00Z,90.5,0",
      "2026-06-16T12:04:00Z,90.5,1",
      "",
    ]);
  });

  test("says of what was marked that it is none of its readings, and keeps what was counted", () => {
    const raw = { requests: points([0, 60], [1, 900], [2, 5], [4, 80]), healthyHosts: points() };
    const marks = [{ from: noon + minuteMs, to: noon + 3 * minuteMs }];
    const csv = csvOf(withMarks(readingsOf(raw, span, minuteMs), marks, minuteMs));
    expect(csv.split("\n").slice(1, -1)).toEqual([
      "2026-06-16T12:00:00Z,60,0",
      "2026-06-16T12:01:00Z,900,1",
      "2026-06-16T12:02:00Z,5,1",
      "2026-06-16T12:03:00Z,60,1",
      "2026-06-16T12:04:00Z,80,0",
    ]);
  });

  test.each([
    ["before it", -2, -1, "known"],
    ["up to its begin", -1, 0, "known"],
    ["into it", -1, 1, "marked"],
    ["within it", 1, 2, "marked"],
    ["from its last minute on", 4, 9, "marked"],
    ["from its end on", 5, 9, "known"],
  ])("a step is marked by what reaches into it: %s", (_, from, to, kind) => {
    const mark = { from: noon + from * minuteMs, to: noon + to * minuteMs };
    expect(withMarks([{ kind: "known", at: noon, perMinute: 1 }], [mark], 5 * minuteMs)).toMatchObject([{ kind }]);
    expect(withMarks([{ kind: "missing", at: noon }], [mark], 5 * minuteMs)).toEqual([{ kind: "missing", at: noon }]);
  });

  test("of five minutes has requests a minute", () => {
    const raw = { requests: points([0, 600]), healthyHosts: points() };
    expect(csvOf(readingsOf(raw, span, 5 * minuteMs))).toContain("2026-06-16T12:00:00Z,120,0");
  });
});

describe("pulled from CloudWatch", () => {
  const load = (at: EpochMs): number => 1_000 + (Math.floor(at / minuteMs) % 100);
  const cloud = givenCloud({ startAt: noon, traffic: { load, filled: () => false } });
  const clients = answeredClients((...call) => cloud.answer(...call));
  const options = { targetGroup: "shop-web", stage: "dev" };

  test("a fortnight of a target group is a trace as simulate reads it, minute for minute", async () => {
    const asked = askedOf({}, noon);
    const readings = await pulled(clients, { fleet: "shop", options, ...asked });
    const parsed = parseTrace(csvOf(readings), { name: "t", unit: "per-minute", repair: "refuse" });
    if (parsed.kind === "error") throw new Error(JSON.stringify(parsed.error));
    const { startAt, loads, filled } = parsed.value.trace;
    expect([startAt, loads.length]).toEqual([asked.span.from, (14 * dayMs) / minuteMs]);
    expect(filled.reduce((sum, one) => sum + one, 0)).toBe(0);
    expect([loads[0], loads[777]]).toEqual([load(startAt), load(startAt + 777 * minuteMs)]);
  });

  describe("of a deployed fleet", () => {
    const log = localLog();
    const region = { AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" };
    const before = { ...process.env };
    beforeAll(() => {
      Object.assign(process.env, region, { AWS_ENDPOINT_URL_DYNAMODB: log.endpoint });
    });
    afterAll(() => {
      process.env = before;
    });

    test("it is of the group that its log knows, and what was marked there is marked", async () => {
      const deployed = { table: log.table.name, stage: log.table.stage };
      const asked = askedOf({}, noon);
      const pull = () => pulled(clients, { fleet: "shop", options: deployed, ...asked });
      await expect(pull()).rejects.toThrow(/^nobody has looked up a target group of shop yet/);
      const found = await findGroup(clients, "shop-web");
      if (found.kind === "error") throw new Error(found.error);
      await putGroup(log.table, "shop", { spelled: "shop-web", readAt: noon, group: found.value });
      const mark = { id: "m", from: noon - hourMs, to: noon - hourMs + 10 * minuteMs, because: "x", by: "ann" };
      await putMark(log.table, "shop", mark);
      await putMark(log.table, "shop", { ...mark, id: "long ago", from: 0, to: minuteMs });
      const marked = (await pull()).filter(({ kind }) => kind === "marked").map(({ at }) => at);
      expect(marked).toEqual(Array.from({ length: 10 }, (_, minute) => mark.from + minute * minuteMs));
    });
  });

  test("what AWS has against it is one line", async () => {
    const denied = answeredClients((service, command, input) => {
      if (service === "CloudWatch") throw awsError("AccessDenied", 403);
      return cloud.answer(service, command, input);
    });
    const asked = askedOf({}, noon);
    await expect(pulled(denied, { fleet: "shop", options, ...asked })).rejects.toThrow(
      /^CloudWatch refused: AccessDenied/,
    );
    const elsewhere = { ...options, targetGroup: "blog-web" };
    await expect(pulled(clients, { fleet: "blog", options: elsewhere, ...asked })).rejects.toThrow(
      /^the load balancer's API refused: TargetGroupNotFound/,
    );
  });
});

describe("marks", () => {
  const log = localLog(["history"]);
  const { local } = log;
  const standing = () => marksOf(log.table, "shop", { from: 0, to: Number.MAX_SAFE_INTEGER });
  const iso = (ago: number): string => `${new Date(Date.now() - ago).toISOString().slice(0, 16)}Z`;
  const [from, to] = [iso(2 * dayMs), iso(dayMs)];

  test("stand with who, why and when, are listed, and are taken back", async () => {
    const { code, stdout } = await local(
      "mark",
      "shop",
      "--from",
      from,
      "--to",
      to,
      "--because",
      "the payment was down",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^shop: \d{4}-.*Z to \d{4}-.*Z teaches nothing; its id is .*Z\n$/);
    const [mark] = await standing();
    expect(mark).toMatchObject({
      from: Date.parse(from),
      to: Date.parse(to),
      because: "the payment was down",
      by: "ann",
    });
    expect((await local("marks", "shop")).stdout).toMatch(/in sight .*ann .*the payment was down/);
    expect(JSON.parse((await local("marks", "shop", "--json")).stdout)).toEqual([mark]);
    const next = ["--from", iso(-dayMs), "--to", iso(-2 * dayMs), "--because", "the move", "--json"];
    const { id } = JSON.parse((await local("mark", "shop", ...next)).stdout);
    expect((await local("marks", "shop")).stdout).toMatch(/ahead .*ann .*the move/);
    expect(await local("unmark", "shop", id)).toMatchObject({ code: 0 });
    expect(await local("unmark", "shop", "2020")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`no mark 2020 of shop: there are ${mark?.id}`),
    });
    expect(await local("unmark", "shop", mark?.id ?? "")).toMatchObject({ code: 0 });
    expect(await standing()).toEqual([]);
    expect((await local("marks", "shop")).stdout).toBe("shop has no marks: all of its history teaches\n");
  });

  test.each<[string, readonly string[], RegExp]>([
    ["ends before it begins", ["--from", to, "--to", from, "--because", "x"], /--from is not before --to/],
    [
      "leaves the zone open",
      ["--from", "2026-11-20T14:00", "--to", to, "--because", "x"],
      /--from takes a time with its/,
    ],
    ["says no why", ["--from", from, "--to", to, "--because", " "], /a mark wants a --because/],
    ["spans a month", ["--from", iso(30 * dayMs), "--to", to, "--because", "x"], /ten days at most/],
    ["is long past", ["--from", iso(20 * dayMs), "--to", iso(15 * dayMs), "--because", "x"], /look back no further/],
    [
      "is years ahead",
      ["--from", "2047-11-27T06:00Z", "--to", "2047-11-28T00:00Z", "--because", "x"],
      /2047-11-27 06:00Z to 2047-11-28 00:00Z is more than a year ahead: is the year right\?/,
    ],
  ])("one that %s is refused", async (_, args, stderr) => {
    expect(await local("mark", "shop", ...args)).toMatchObject({ code: 1, stderr: expect.stringMatching(stderr) });
    expect(await standing()).toEqual([]);
  });

  test("pull and marks say what to do where they cannot", async () => {
    expect(await local("pull", "shop")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no CloudWatch behind"),
    });
    expect(await local("marks", "shoop")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the fleets are shop"),
    });
    const json = await tidegate(["history", "pull", "shop", "--json"], { cwd: log.home });
    expect(json).toMatchObject({ code: 1, stderr: expect.stringContaining("Give --out") });
    expect(await local("mark", "shop")).toMatchObject({ code: 2 });
  });
});
