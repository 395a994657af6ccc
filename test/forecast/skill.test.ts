// How a model did since it was made, by what came: the test that nobody can fit to.
import { expect, test } from "@jest/globals";
import { dayMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import { type History, noSkill, outlookModelOf, skillSince } from "../../shared/forecast/index.ts";

const at = Date.UTC(2026, 10, 16);
const now = at + 4 * hourMs;
const lead = { p50Ms: 3 * minuteMs, p95Ms: 5 * minuteMs };
/** A wave of an hour's length, the same each day. */
const wave = (instant: number): number => 1_000 + 600 * Math.sin((2 * Math.PI * (instant % hourMs)) / hourMs);
/** What comes after the model is made may be other than before. */
const historyOf = (after: (instant: number) => number): History => {
  const startAt = at - 14 * dayMs;
  const loads = Float64Array.from({ length: (now - startAt) / minuteMs }, (_, i) => {
    const instant = startAt + i * minuteMs;
    return instant < at ? wave(instant) : after(instant);
  });
  return { startAt, stepMs: minuteMs, loads, missing: new Uint8Array(loads.length) };
};
const model = outlookModelOf({ history: historyOf(wave), at, timeZone: "UTC", holidays: [], lead });
const since = (history: History, before = noSkill) => skillSince(model, { history, before, now });

test("where the habit goes on, it loses less than taking the load to stay as it is", () => {
  expect(since(historyOf(wave)).lossRatio).toBeLessThan(0.2);
});

test("where the site has become another, it loses more", () => {
  // As high as ever, the other way round: what rose at that minute falls now.
  expect(since(historyOf((instant) => 2_000 - wave(instant))).lossRatio).toBeGreaterThan(1.25);
});

test("what is a day older counts half, and little is no measure", () => {
  const before = { loss: 8, persistence: 4, count: 100, lossRatio: 2 };
  const history = historyOf(wave);
  const unknown = { ...history, missing: new Uint8Array(history.loads.length).fill(1) };
  const faded = 0.5 ** (4 / 24);
  expect(since(unknown, before)).toMatchObject({ loss: 8 * faded, persistence: 4 * faded, lossRatio: 2 });
  expect(since(unknown)).toEqual(noSkill);
});

test("a model that abstains has no skill to measure", () => {
  const before = { loss: 8, persistence: 4, count: 100, lossRatio: 2 };
  const none = { kind: "abstains", knownMinutes: 1, neededMinutes: 180 } as const;
  expect(skillSince(none, { history: historyOf(wave), before, now })).toBe(before);
});
