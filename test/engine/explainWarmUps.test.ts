// What a decision says of the warm-ups that it has seen.
import { expect, test } from "@jest/globals";
import { warmUpsSeen } from "../../shared/engine/explain/warmUps.ts";
import type { Instance, WarmResult } from "../../shared/engine/index.ts";
import { instance, noon, seen } from "../support/given.ts";

const outside = { target: { kind: "unregistered" } } as const;
const result = (changed: Partial<WarmResult> = {}): WarmResult => ({
  ...{ verdict: "under-bound", requests: 240, firstP95Ms: 820, lastP95Ms: 95, hitRatio: 0.96, durationMs: 41_804 },
  trouble: "",
  ...changed,
});
const told = (warm: Instance["warm"], changed: Partial<Instance> = outside) =>
  warmUpsSeen(seen(instance("i-1", { ...changed, warm })));
const done = (changed: Partial<WarmResult>): Instance["warm"] => ({ kind: "done", at: noon, result: result(changed) });
const failed = (changed: Partial<WarmResult>): Instance["warm"] => ({
  ...{ kind: "failed", at: noon, because: "told by the result" },
  result: result(changed),
});

test.each<[Instance["warm"], string]>([
  [done({}), "i-1 is warm after 42s, as quick as asked: 240 requests, p95 820 ms → 95 ms, 96 % cache hits"],
  [
    done({ verdict: "stopped-falling", hitRatio: "none", trouble: "/gone answered\n404" }),
    "i-1 is warm after 42s, as quick as it gets: 240 requests, p95 820 ms → 95 ms; first trouble: /gone answered 404",
  ],
  [
    failed({
      verdict: "time-up",
      requests: 1,
      firstP95Ms: "none",
      lastP95Ms: "none",
      hitRatio: "none",
      durationMs: 120_000,
    }),
    "i-1 did not get warm in 2m, its time was up: 1 request, p95 none → none",
  ],
  [
    failed({ verdict: "no-paths" }),
    "i-1 did not get warm in 42s, nothing there to ask for: 240 requests, p95 820 ms → 95 ms, 96 % cache hits",
  ],
  [{ kind: "failed", at: noon, because: "the hook\nsays so" }, "i-1 did not get warm: the hook says so"],
])("%j", (warm, sentence) => {
  expect(told(warm)).toEqual([sentence]);
});

test("nothing of what serves, what is under way and what nobody has measured", () => {
  expect(told(done({}), { target: { kind: "healthy" } })).toEqual([]);
  expect(told({ kind: "started", at: noon })).toEqual([]);
  expect(told({ kind: "done", at: noon })).toEqual([]);
});

test("ten, and how many more", () => {
  const many = Array.from({ length: 13 }, (_, at) => instance(`i-${at}`, { ...outside, warm: done({}) }));
  const sentences = warmUpsSeen(seen(...many));
  expect(sentences).toHaveLength(11);
  expect(sentences.at(-1)).toBe("3 more warm-ups ended");
});
