// What is throttled comes again while there is time, the neediest soonest; nothing else does.
import { describe, expect, test } from "@jest/globals";
import { type Patience, patiently, pauseAfter } from "../../shared/aws/patience.ts";
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
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 6_000, 6_000]);
});

test("until there is no time left for another pause: then the throttling is thrown", async () => {
  const { patience, pauses } = clock(0, 2 * secondMs);
  await expect(patiently(patience, throttledFor(9).send)).rejects.toThrow("RequestLimitExceeded");
  expect(pauses).toEqual([250, 500, 1_000]);
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

test("the longest pause falls with the need, from six seconds to a half", () => {
  expect([0, 0.25, 0.5, 0.75, 1].map((need) => pauseAfter(20, need))).toEqual([6_000, 4_625, 3_250, 1_875, 500]);
});
