// `simulate` as its users call it: the file it writes, what it says to wrong input, and that wrong input writes nothing.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { tidegate } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "tidegate-simulate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const file = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

/** Two hours of a minute each, climbing from 1,000 to 2,190 requests a minute. */
const minutes = Array.from(
  { length: 120 },
  (_, i) => `${new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString()},${1_000 + 10 * i}`,
);
const good = file("good.csv", `timestamp,value\n${minutes.join("\n")}\n`);

const simulate = (...args: readonly string[]) => tidegate(["simulate", ...args]);

interface Written {
  readonly scored: object;
  readonly plant: { readonly capacityPerMinute: number };
  readonly minutes: readonly { readonly scored: boolean; readonly load: number }[];
  readonly instances: readonly object[];
  readonly score: object;
}
const written = (name: string): Written => JSON.parse(readFileSync(at(name), "utf8"));

describe("the file", () => {
  test("has the keys that other programs rely on, in every part", async () => {
    const { code, stdout } = await simulate(
      "--trace",
      good,
      "--from",
      "2026-01-01T01:00:00Z",
      "--json",
      at("keys.json"),
    );
    expect([code, stdout]).toEqual([0, ""]);
    const result = written("keys.json");
    expect(Object.keys(result)).toEqual([
      "trace",
      "policyVersion",
      "seed",
      "scored",
      "plant",
      "minutes",
      "instances",
      "score",
    ]);
    expect(result.scored).toEqual({ from: "2026-01-01T01:00:00Z", to: "2026-01-01T02:00:00Z" });
    expect(Object.keys(result.minutes[0] ?? {})).toEqual([
      "t",
      "load",
      "target",
      "serving",
      "cold",
      "booting",
      "warming",
      "draining",
      "scored",
    ]);
    expect(Object.keys(result.instances[0] ?? {})).toEqual([
      "id",
      "launchedAt",
      "servingAt",
      "warmed",
      "drainingAt",
      "terminatedAt",
      "failed",
    ]);
    expect(Object.keys(result.score)).toEqual([
      "badRequestsPct",
      "lostRequestsPct",
      "costX",
      "tauUPct",
      "thetaUPct",
      "thetaOPct",
      "tauOPct",
      "instabilityPct",
      "launchesPerDay",
      "chargedCostX",
      "worst15MinShortfallPct",
    ]);
  });

  test("holds the history as minutes that are not scored", async () => {
    await simulate("--trace", good, "--from", "2026-01-01T01:00:00Z", "--json", at("history.json"));
    const { minutes } = written("history.json");
    expect(minutes.map(({ scored }) => scored)).toEqual(Array.from({ length: 120 }, (_, i) => i >= 60));
  });

  test("has the same bytes for the same seed, others for another", async () => {
    const hashOf = async (seed: string): Promise<string> => {
      await simulate("--generate", "flash-crowd", "--seed", seed, "--json", at(`seed-${seed}.json`));
      return createHash("sha256")
        .update(readFileSync(at(`seed-${seed}.json`)))
        .digest("hex");
    };
    const [first, again, other] = [await hashOf("5"), await hashOf("5"), await hashOf("6")];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test("goes to standard output without a name", async () => {
    const { stdout } = await simulate("--trace", good, "--json");
    expect(JSON.parse(stdout).minutes).toHaveLength(120);
  });
});

test("--plant auto:4 sizes an instance so that the highest minute needs four at 60 %", async () => {
  await simulate("--trace", good, "--plant", "auto:4", "--json", at("auto.json"));
  expect(written("auto.json").plant.capacityPerMinute).toBeCloseTo(2_190 / (0.6 * 4), 9);
});

test("a peer sits in the place of the sizing", async () => {
  await simulate("--trace", good, "--json", at("own.json"));
  await simulate("--trace", good, "--controller", "target-tracking", "--json", at("peer.json"));
  expect(written("peer.json").minutes).not.toEqual(written("own.json").minutes);
});

test("for people there is a picture and a table", async () => {
  const { stdout } = await simulate("--trace", good);
  expect(stdout).toContain("█ instances needed");
  expect(stdout).toContain("paid, in multiples of a clairvoyant");
});

describe("wrong input is one clear message, exit 1, and nothing written", () => {
  const gap = file("gap.csv", `timestamp,value\n${[...minutes.slice(0, 3), ...minutes.slice(4)].join("\n")}\n`);
  const negative = file("negative.csv", `timestamp,value\n${minutes[0]}\n2026-01-01T00:01:00Z,-4\n${minutes[2]}\n`);
  const policy = file("policy.yml", "fleet: shop\n");
  const tiny = file("tiny.json", '{ "capacityPerMinute": 1e-320 }');
  const plant = file("plant.json", '{ "capacityPerMinute": 0, "colour": "red" }');
  test.each<[string, readonly string[], string | RegExp]>([
    ["no traffic", [], "tidegate: no traffic: give --trace FILE, or --generate sale-day"],
    ["two traffics", ["--trace", good, "--generate", "sale-day"], "exclude each other"],
    ["a trace that is not there", ["--trace", at("none.csv")], "none.csv cannot be read: no such file"],
    ["a trace that is a folder", ["--trace", folder], "it is a folder"],
    ["a gap", ["--trace", gap], /gap\.csv:5 /],
    ["a negative value", ["--trace", negative], /negative\.csv:3 /],
    ["a date that is none", ["--trace", good, "--from", "yesterday"], "--from takes a time in UTC such as"],
    ["a day that is none", ["--trace", good, "--from", "2026-02-31T00:00:00Z"], "--from takes a time in UTC such as"],
    ["a window outside the trace", ["--trace", good, "--to", "2026-01-03T00:00:00Z"], "must lie in it"],
    [
      "a window that ends first",
      ["--trace", good, "--from", "2026-01-01T01:00:00Z", "--to", "2026-01-01T00:30:00Z"],
      "is not before",
    ],
    ["a seed that is none", ["--trace", good, "--seed", "x"], "--seed takes a whole number"],
    ["a broken policy", ["--trace", good, "--policy", policy], /policy\.yml:1:1 /],
    ["a broken plant", ["--trace", good, "--plant", plant], "plant.json"],
    ["a plant that is no JSON", ["--trace", good, "--plant", good], "no JSON"],
    ["a plant too small", ["--trace", good, "--plant", tiny], "instances"],
    ["an auto that is none", ["--trace", good, "--plant", "auto:0"], "auto:N"],
  ])("%s", async (_, args, message) => {
    const { code, stdout, stderr } = await simulate(...args, "--json", at("never.json"));
    expect(stderr).toMatch(message);
    expect([code, stdout, existsSync(at("never.json"))]).toEqual([1, "", false]);
    expect(stderr).not.toContain("    at ");
  });

  test("the trace itself is not written over", async () => {
    const { code, stderr } = await simulate("--trace", good, "--json", good);
    expect([code, stderr]).toEqual([1, expect.stringContaining("is the trace")]);
    expect(readFileSync(good, "utf8")).toContain("timestamp,value");
  });

  test("an earlier result stays as it was", async () => {
    file("kept.json", "earlier");
    await simulate("--trace", gap, "--json", at("kept.json"));
    expect(readFileSync(at("kept.json"), "utf8")).toBe("earlier");
  });

  test.each([[["--controller", "hpa2"]], [["--unit", "furlongs"]]])("%j is none of the choices", async (args) => {
    const { code, stderr } = await simulate("--trace", good, ...args);
    expect(code).toBe(1);
    expect(stderr).toContain("Allowed choices are");
  });

  test("an option that is none is misuse, exit 2", async () => {
    expect((await simulate("--trace", good, "--colour")).code).toBe(2);
  });
});

test("metrics of the operator's own are nobody's in a simulation, and it says so", async () => {
  const policy = file(
    "own.yml",
    `fleet: shop
targetGroup: shop-web
launch: { template: shop-web }
bounds: { min: 2, max: 60 }
capacity: { perInstance: 1000 requests/min }
metrics: { orders-waiting: { namespace: Shop, name: OrdersWaiting, statistic: Average } }
rules: [{ target: { metric: requests } }, { target: { metric: orders-waiting, perInstance: 100 } }]
missing: { orders-waiting: ignore }
`,
  );
  const own = await simulate("--policy", policy, "--trace", good, "--json");
  expect([own.code, own.stderr]).toEqual([
    0,
    "nobody publishes orders-waiting here: rules that read it do as `missing` says\n",
  ]);
  expect((await simulate("--trace", good, "--json")).stderr).toBe("");
});
