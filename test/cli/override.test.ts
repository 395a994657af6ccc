// A bound by hand, from the command to the decision that obeys it.
import { expect, jest, test } from "@jest/globals";
import { standingOf } from "../../shared/aws/index.ts";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import { localLog, refused } from "./localLog.ts";

jest.setTimeout(120_000);

const log = localLog(["override"]);
const { local } = log;
const standing = async () => (await standingOf(log.table, "shop")).overrides;

test("stands in the log with who, why and until, is listed, and ends before its time", async () => {
  const before = Date.now();
  const { code, stdout } = await local("shop", "--min", "20", "--for", "2h", "--reason", "press article");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^shop: at least 20 until .*Z; its id is .*Z\n$/);
  const [override] = await standing();
  expect(override).toMatchObject({ min: 20, max: 1_000_000, by: "ann", reason: "press article" });
  expect(Math.abs((override?.until ?? 0) - before - 2 * hourMs)).toBeLessThan(minuteMs);
  expect((await local("shop", "--list")).stdout).toMatch(/at least 20 .*in force .*ann .*press article/);
  expect(await local("shop", "--end", override?.id ?? "")).toMatchObject({ code: 0 });
  expect(await standing()).toEqual([]);
});

test("takes a time with its zone", async () => {
  const until = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + hourMs).toISOString();
  await local("shop", "--max", "8", "--until", until, "--reason", "migration");
  expect(await standing()).toMatchObject([{ min: 0, max: 8, until: Date.parse(until) }]);
  await local("shop", "--end", (await standing())[0]?.id ?? "");
});

test.each([
  ["bounds nothing", ["--for", "2h", "--reason", "x"], /give --min, --max or both/],
  ["contradicts itself", ["--min", "5", "--max", "4", "--for", "2h", "--reason", "x"], /--min 5 is more than --max 4/],
  ["has no end", ["--min", "5", "--reason", "x"], /when does it end\? Give --for or --until/],
  [
    "has two ends",
    ["--min", "5", "--for", "2h", "--until", "2099-01-01T00:00Z", "--reason", "x"],
    /Give --for or --until/,
  ],
  ["is past", ["--min", "5", "--until", "2020-01-01T00:00Z", "--reason", "x"], /2020-01-01T00:00:00.000Z is past/],
  ["lasts a year", ["--min", "5", "--for", "365d", "--reason", "x"], /30 days at most/],
  ["leaves the zone open", ["--min", "5", "--until", "2027-03-20T18:00", "--reason", "x"], /a time with its zone/],
  ["says no why", ["--min", "5", "--for", "2h"], /wants a --reason/],
  ["counts halves", ["--min", "2.5", "--for", "2h", "--reason", "x"], /--min takes a whole number/],
  ["ends what is not there", ["--end", "o-1"], /no override o-1 of shop: there are none/],
])("is refused where it %s, and leaves nothing behind", async (_what, args, stderr) => {
  expect(await local("shop", ...args)).toEqual(refused(stderr));
  expect(await standing()).toEqual([]);
});

test("wants a fleet that there is", async () => {
  const ran = await local("shoop", "--min", "5", "--for", "2h", "--reason", "x");
  expect(ran).toEqual(refused(/no decision of a fleet "shoop": the fleets are shop/));
});
