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

/** Twice what staying as it is loses, in the four hours before the model was made. */
const before = {
  spans: [{ from: at - 4 * hourMs, to: at, gaps: 0, loss: 8, persistence: 4, count: 100 }],
  lossRatio: 2,
};

test("what is a day older counts half, and little is no measure", () => {
  const good = since(historyOf(wave));
  const [span] = good.spans;
  const faded = 0.5 ** (4 / 24);
  const [loss, persistence] = [8 * faded + (span?.loss ?? 0), 4 * faded + (span?.persistence ?? 0)];
  expect(since(historyOf(wave), before)).toEqual({
    spans: [...before.spans, ...good.spans],
    lossRatio: expect.closeTo(loss / persistence, 6),
  });
  expect(skillSince(model, { history: historyOf(wave), before: noSkill, now: at + hourMs }).lossRatio).toBe(
    "unmeasured",
  );
});

const without = (history: History, from: number, to: number): History => {
  const missing = history.missing.slice();
  missing.fill(1, (from - history.startAt) / minuteMs, (to - history.startAt) / minuteMs);
  return { ...history, missing };
};

test("what teaches nothing is not counted, and what has come to teach nothing counts no longer", () => {
  const [marked, good] = [without(historyOf(wave), at - 3 * hourMs, at - 2 * hourMs), since(historyOf(wave))];
  expect(since(marked, before)).toEqual({ spans: [...before.spans, ...good.spans], lossRatio: good.lossRatio });
  expect(since(without(historyOf(wave), at, now)).spans).toEqual([]);
  const half = since(without(historyOf(wave), at, at + 2 * hourMs)).spans;
  expect(half).toMatchObject([{ gaps: 120, count: expect.closeTo((good.spans[0]?.count ?? 0) / 2, -1) }]);
});

test("a reading that can be no load is missing", () => {
  const history = historyOf((instant) => (instant === at + hourMs ? Number.NaN : wave(instant)));
  expect(since(history).lossRatio).toBeCloseTo(Number(since(historyOf(wave)).lossRatio), 2);
});

test("after five days nothing is left of it", () => {
  const old = { ...before, spans: before.spans.map((span) => ({ ...span, to: now - 5 * dayMs })) };
  expect(since(historyOf(wave), old)).toEqual(since(historyOf(wave)));
});

test("a model that abstains loses nothing", () => {
  const none = { kind: "abstains", knownMinutes: 1, neededMinutes: 180 } as const;
  expect(skillSince(none, { history: historyOf(wave), before, now })).toEqual(before);
});
