// A peak's pages from the clock's hour to what is kept of them: over a real table, from a real server on this machine.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { answeredTable, createMemoryTable, prefetchesOf, type Table } from "../../shared/aws/index.ts";
import { type EpochMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import { askForPrefetches, type PrefetchPort, prefetchIn, prefetchPeak } from "../../shared/looks/index.ts";
import type { Peak } from "../../shared/policy/index.ts";
import { prefetch, prefetchWays, publicRefusalOf } from "../../shared/warm/index.ts";
import { givenPeak, noon } from "../support/given.ts";
import { type Served, serve } from "../warm/instance.ts";

let served: Served;
let table: Table;
let now: EpochMs;
let port: PrefetchPort;
const sent: { readonly body: string; readonly delaySeconds: number }[] = [];
beforeEach(async () => {
  served = await serve(({ url }, response) => void response.writeHead(url === "/gone" ? 404 : 200).end("page"));
  table = answeredTable(createMemoryTable().answer, "test");
  sent.length = 0;
  const ways = {
    ...prefetchWays,
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    refusalOf: (address: string) => (address === "127.0.0.1" ? "none" : publicRefusalOf(address)),
  } as const;
  port = {
    table,
    now: () => now,
    fetch: (urls) => prefetch(urls, ways),
    send: async (message) => void sent.push(message),
  };
});
afterEach(() => served.close());

const urls = () => ["/sale", "/gone"].map((path) => `http://www.example.com:${served.port}${path}`);
/** Its ramp begins at noon, its pages are due half an hour before. */
const sale = (changed: Partial<Peak> = {}): Peak =>
  givenPeak({ atMs: noon + 30 * minuteMs, prefetch: { urls: urls(), beforeMs: 30 * minuteMs }, ...changed });
const key = `sale#${noon + 30 * minuteMs}`;
const fetchNow = (...peaks: readonly Peak[]) => prefetchPeak(port, { fleet: "shop", peak: "sale", peaks });

describe("the clock, hourly, asks for what is due before it comes again", () => {
  test.each<[string, number, readonly number[]]>([
    ["hours ahead: not yet", -76, []],
    ["an hour and a quarter ahead: as late as the queue allows", -75, [900]],
    ["minutes ahead: at that minute", -5, [300]],
    ["past, before it is there in full: at once", 59, [0]],
    ["past, when it is there: no more", 60, []],
  ])("%s", async (_, minutes, delays) => {
    now = noon - 30 * minuteMs + minutes * minuteMs;
    const plain = givenPeak({ name: "plain", atMs: sale().atMs });
    const names = await askForPrefetches(port, { fleet: "shop", peaks: [plain, sale()], states: new Map() });
    expect(sent.map(({ delaySeconds }) => delaySeconds)).toEqual(delays);
    expect(names).toEqual(delays.map(() => "sale"));
    for (const { body } of sent) expect(prefetchIn(body)).toEqual({ fleet: "shop", peak: "sale" });
  });

  test("and for nothing that has begun", async () => {
    now = noon;
    const states = new Map([[key, { kind: "begun", at: now }]] as const);
    expect(await askForPrefetches(port, { fleet: "shop", peaks: [sale()], states })).toEqual([]);
  });
});

describe("a wish from the queue", () => {
  test("that comes early is sent again", async () => {
    now = noon - 31 * minuteMs;
    expect(await fetchNow(sale())).toEqual({ kind: "waiting" });
    expect(sent).toMatchObject([{ delaySeconds: 60 }]);
    expect([served.asked, (await prefetchesOf(table, "shop")).size]).toEqual([[], 0]);
  });

  test("has the pages fetched once, however often it comes, and what came is kept", async () => {
    now = noon - 30 * minuteMs;
    const steps = await Promise.all([fetchNow(sale()), fetchNow(sale()), fetchNow(sale())]);
    expect(steps.map(({ kind }) => kind).sort()).toEqual(["done", "known", "known"]);
    now += hourMs / 2;
    expect(await fetchNow(sale())).toEqual({ kind: "known" });
    expect(served.asked.map(({ path }) => path).sort()).toEqual(["/gone", "/sale"]);
    expect(await prefetchesOf(table, "shop")).toEqual(
      new Map([
        [
          key,
          {
            kind: "done",
            at: noon - 30 * minuteMs,
            result: expect.objectContaining({ urls: 2, answered: 1, trouble: `${urls()[1]} answered 404` }),
          },
        ],
      ]),
    );
  });

  test("whose fetching ended with its function has begun, and is not begun again", async () => {
    now = noon;
    const dying: PrefetchPort = { ...port, fetch: () => Promise.reject(new Error("out of time")) };
    const asked = { fleet: "shop", peak: "sale", peaks: [sale()] };
    await expect(prefetchPeak(dying, asked)).rejects.toThrow("out of time");
    expect(await fetchNow(sale())).toEqual({ kind: "known" });
    expect(await prefetchesOf(table, "shop")).toEqual(new Map([[key, { kind: "begun", at: noon }]]));
  });

  test("for the same name at another time is another's", async () => {
    now = noon;
    await fetchNow(sale());
    expect(await fetchNow(sale({ atMs: noon + 40 * minuteMs }))).toMatchObject({ kind: "done" });
    expect((await prefetchesOf(table, "shop")).size).toBe(2);
  });

  test.each<[string, () => readonly Peak[], string]>([
    ["that was cancelled", () => [], "gone"],
    ["that fetches nothing any more", () => [givenPeak()], "gone"],
    ["that was put off to another day", () => [sale({ atMs: noon + 50 * hourMs })], "gone"],
    ["that is there already", () => [sale({ atMs: noon })], "late"],
  ])("for a peak %s comes to nothing", async (_, peaks, kind) => {
    now = noon;
    expect(await fetchNow(...peaks())).toEqual({ kind });
    expect([served.asked, sent]).toEqual([[], []]);
  });
});
