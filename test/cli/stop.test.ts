// The operator's brake, from the command to the decision that obeys it.
import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { brakesOf, brakesOn, liftBrake } from "../../shared/aws/index.ts";
import { localLog, refused } from "./localLog.ts";

jest.setTimeout(120_000);

const log = localLog();
const { local } = log;
beforeEach(async () => {
  for (const name of (await brakesOf(log.table)).keys())
    await liftBrake(log.table, name === "*" ? { kind: "all-fleets" } : { kind: "fleet", fleet: name });
});

const holding = async (fleet: string) => brakesOn(await brakesOf(log.table), fleet);

describe("stop", () => {
  test("--all holds every fleet, one that nobody has deployed yet too, and fleets tells who said so", async () => {
    const before = Date.now();
    const { code, stdout } = await local("stop", "--all", "--reason", "incident 7");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "stopped: every fleet drains and terminates nothing until resumed\n",
    });
    const brake = { scope: "all-fleets", since: expect.any(Number), by: "ann", reason: "incident 7" };
    expect(await holding("tomorrow")).toEqual([brake]);
    expect((await holding("shop"))[0]?.since).toBeGreaterThanOrEqual(before);
    expect((await local("fleets")).stderr).toMatch(
      /every fleet is stopped from terminating since .* by ann: incident 7/,
    );
  });

  test("of one fleet holds that one", async () => {
    await local("stop", "shop", "--reason", "migration", "--by", "bob");
    expect(await holding("shop")).toMatchObject([{ scope: "fleet", by: "bob", reason: "migration" }]);
    expect(await holding("web")).toEqual([]);
  });

  test.each([
    ["nobody", ["--reason", "x"], /which fleets\? Name them, or say --all/],
    ["all and one", ["shop", "--all", "--reason", "x"], /either --all or fleets by name/],
    [
      "a misspelt fleet",
      ["shoop", "--reason", "x"],
      /no decision of shoop: the fleets are shop; --all stops every fleet/,
    ],
    ["no reason", ["--all", "--reason", " "], /--reason is empty/],
    ["a novel", ["--all", "--reason", "x".repeat(201)], /--reason has 201 characters, at most 200/],
  ])("refuses %s, and stops nothing", async (_name, args, stderr) => {
    expect(await local("stop", ...args)).toEqual(refused(stderr));
    expect(await brakesOf(log.table)).toEqual(new Map());
  });

  test("wants a reason", async () => {
    expect((await local("stop", "--all")).code).toBe(2);
  });
});

describe("resume", () => {
  test("takes away what was put there, and nothing else", async () => {
    await local("stop", "--all", "--reason", "incident 7");
    await local("stop", "shop", "--reason", "migration");
    expect(await local("resume", "--all")).toEqual({
      code: 0,
      stdout: "resumed: every fleet, from its next look on\n",
      stderr: "",
    });
    expect(await holding("shop")).toMatchObject([{ scope: "fleet" }]);
  });

  test("is told no where nothing stood, and what does", async () => {
    await local("stop", "shop", "--reason", "migration");
    expect(await local("resume", "--all")).toEqual(refused(/every fleet was not stopped; what is: shop/));
    expect(await local("resume", "web")).toEqual(refused(/web was not stopped/));
  });
});
