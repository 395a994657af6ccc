// What is throttled comes again while there is time, the neediest soonest; nothing else does.
import { describe, expect, test } from "@jest/globals";
import { createTurns, type Patience, patiently, pauseAfter } from "../../shared/aws/patience.ts";
import { secondMs } from "../../shared/core/index.ts";
import { awsError } from "../support/cloudClients.ts";

/** Virtual time: a wait is over at once and has taken its time. */
function clock(need: number, forMs: number) {
  let now = 0;
  const pauses: number[] = [];
  const wait = async (ms: number): Promise<void> => {
    now += ms;
    pauses.push(ms);
  };
  const waiting = { gatherMs: 0, wait, random: () => 1 };
  const patience: Patience = { waiting, need, until: forMs, now: () => now };
  return { patience, pauses };
}
const throttling = () => awsError("RequestLimitExceeded", 503);

/** Throttled so many times, then answered. */
function throttledFor(count: number, error = throttling()) {
  let asked = 0;
  const send = async (): Promise<string> => {
    if (asked++ < count) throw error;
    return "answer";
  };
  return { send, asked: () => asked };
}

test("a throttled call is asked again after pauses that double up to what the need allows", async () => {
  const { patience, pauses } = clock(0, 60 * secondMs);
  const { send, asked } = throttledFor(7);
  expect(await patiently(patience, send)).toBe("answer");
  expect(asked()).toBe(8);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000]);
});

test("until there is no time left for another pause: then the throttling is thrown", async () => {
  const { patience, pauses } = clock(0, 8 * secondMs);
  await expect(patiently(patience, throttledFor(9).send)).rejects.toThrow("RequestLimitExceeded");
  expect(pauses).toEqual([1_000, 2_000, 4_000]);
});

describe("is thrown at once", () => {
  test("whatever is no throttling", async () => {
    const { patience, pauses } = clock(0, 60 * secondMs);
    await expect(patiently(patience, throttledFor(1, awsError("UnauthorizedOperation", 403)).send)).rejects.toThrow();
    expect(pauses).toEqual([]);
  });

  test("a throttling, with nothing to wait with", async () => {
    const { send, asked } = throttledFor(1);
    await expect(patiently("none", send)).rejects.toThrow("RequestLimitExceeded");
    expect(asked()).toBe(1);
  });
});

test.each([
  [0, 1_000, 8_000],
  [0.5, 400, 2_375],
  [1, 200, 500],
])("with a need of %d the first pause is %d ms at most, and none is longer than %d", (need, first, most) => {
  expect([0, 20].map((attempt) => pauseAfter(attempt, need))).toEqual([first, most]);
});

describe("of those who ask at once", () => {
  test("the neediest goes first, and the others in turn", async () => {
    const order: number[] = [];
    const { waiting } = clock(0, 0).patience;
    const waited: number[] = [];
    const turn = createTurns({ ...waiting, wait: async (ms) => void waited.push(ms) });
    await Promise.all([0.2, 0.9, 0.5].map((need) => turn(need).then(() => order.push(need))));
    expect(waited.toSorted((a, b) => a - b)).toEqual([0, 250, 500]);
    expect(order[0]).toBe(0.9);
  });

  test("one alone waits for nobody", async () => {
    const waited: number[] = [];
    const { waiting } = clock(0, 0).patience;
    await createTurns({ ...waiting, wait: async (ms) => void waited.push(ms) })(0.1);
    expect(waited).toEqual([0]);
  });
});
