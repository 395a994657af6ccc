// Whether a forecast is acted on: refreshed every four hours as deployed, by what has come of those before it.
import { describe, expect, test } from "@jest/globals";
import { type Almanac, historyMs, type MarkedSpan, refresh, type StoredForecast } from "../../shared/control/index.ts";
import { dayMs, type EpochMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import type { Peak } from "../../shared/policy/index.ts";
import { givenPeak, givenPolicy, noon } from "../support/given.ts";
import { almanacOf, load } from "./almanac.ts";

type Load = (at: EpochMs) => number;

/** A tenth of the load, no minute's like the other's. */
const noise: Load = (at) => 0.95 + 0.1 * ((((at / minuteMs) % 9_973) * 7_919) % 1_000) * 1e-3;
const usual: Load = (at) => load(at) * noise(at);

interface Life {
  readonly loadOf: Load;
  /** After `noon`. */
  readonly hours: number;
  readonly marksAt?: (now: EpochMs) => readonly MarkedSpan[];
  readonly added?: readonly Peak[];
  readonly peaks?: readonly Peak[];
}

/** What stands at noon and every four hours from then on. */
async function lived({ loadOf, hours, marksAt = () => [], added = [], peaks = [] }: Life) {
  const kept: StoredForecast[] = [];
  for (let now = noon; now <= noon + hours * hourMs; now += 4 * hourMs) {
    const almanac: Almanac = {
      ...almanacOf(now, marksAt(now), loadOf),
      added: async () => added,
      previous: async () => kept.at(-1) ?? "none",
    };
    kept.push((await refresh(almanac, givenPolicy({ peaks }))).forecast);
  }
  return kept.map(({ standing, live, model }) => ({
    kind: standing.kind,
    standing,
    lossRatio: live.lossRatio,
    knownDays: model.kind === "made" ? model.knownDays : 0,
  }));
}
const kindsOf = (all: Awaited<ReturnType<typeof lived>>) => all.map(({ kind }) => kind);

/** For three hours five times as much, from half an hour's ramp to an hour's release. */
const sale = givenPeak({ atMs: noon + 5.5 * hourMs, holdMs: 3 * hourMs, releaseMs: hourMs });
const { atMs, rampMs, holdMs, releaseMs } = sale;
const stands = { from: atMs - rampMs, to: atMs + holdMs + releaseMs };
const factorAt: Load = (at) => {
  const [begun, ending] = [(at - stands.from) / rampMs, (stands.to - at) / releaseMs];
  return 1 + 4 * Math.max(0, Math.min(1, begun, ending));
};
const sold: Load = (at) => usual(at) * factorAt(at);

describe("a sale", () => {
  test.each([
    ["that the policy announces", { peaks: [sale] }],
    ["that was added beside it", { added: [sale] }],
  ])("%s does not put the forecast in shadow, nor teach it", async (_, announced) => {
    const all = await lived({ loadOf: sold, hours: 16, ...announced });
    expect(kindsOf(all)).toEqual(Array(5).fill("sound"));
    expect(all.at(-1)?.lossRatio).toBeLessThan(1);
    expect(all.at(-1)?.knownDays).toBeCloseTo((historyMs - (stands.to - stands.from)) / dayMs, 2);
  });

  test("that nobody announced does; a mark takes back what was lost then, hours after it was counted", async () => {
    const mark = { ...stands, id: "m", because: "a sale", by: "ann" };
    const marksAt = (now: EpochMs) => (now === noon + 16 * hourMs ? [mark] : []);
    const all = await lived({ loadOf: sold, hours: 20, marksAt });
    // Without the mark, the losses are there again.
    expect(kindsOf(all)).toEqual(["sound", "sound", "shadow", "shadow", "sound", "shadow"]);
    expect(all[4]?.lossRatio).toBeLessThan(1);
  });
});

/** Of two hours' length, a tenth up and down: who knows them loses less than who takes the load to stay. */
const swings: Load = (at) => usual(at) * (1 + 0.1 * Math.sin((Math.PI * at) / hourMs));
/** For a while the other way round. */
const turned =
  (from: EpochMs, to: EpochMs): Load =>
  (at) =>
    swings(at >= from && at < to ? at + hourMs : at);
const staying = "times those of taking the load to stay as it is";

describe("a forecast that loses more than it would by taking the load to stay as it is", () => {
  test("is not acted on from the first, and comes back by itself when what comes is as it says", async () => {
    const [first, ...others] = await lived({ loadOf: turned(noon - 12 * hourMs, noon), hours: 8 });
    const because = expect.stringMatching(`^tried on the half day before it, its losses are [\\d.]+ ${staying}$`);
    expect(first?.standing).toEqual({ kind: "shadow", because });
    expect(kindsOf(others)).toEqual(["sound", "sound"]);
  });

  test("goes into shadow, and comes back by itself once it loses less", async () => {
    const all = await lived({ loadOf: turned(noon, noon + hourMs), hours: 12 });
    const because = expect.stringMatching(`^its losses of the last day are [\\d.]+ ${staying}$`);
    expect(all[1]?.standing).toEqual({ kind: "shadow", because });
    expect(kindsOf(all)).toEqual(["sound", "shadow", "shadow", "sound"]);
    // What put it there would not keep it there: it has to be better than the load as it is.
    expect(all[2]?.lossRatio).toBeLessThan(1.25);
    expect(all[3]?.lossRatio).toBeLessThan(1);
  });
});
