// When a warm-up is at its end, on answers that are told.
import { describe, expect, test } from "@jest/globals";
import type { Answer } from "../../shared/warm/answer.ts";
import { type Aim, begun, noted, type Progress, resultOf, taken, verdictOn } from "../../shared/warm/progress.ts";

const aim: Aim = { untilP95Ms: 100, untilCount: 10, requestsMax: 1_000 };
const good = (ms: number, cache: "hit" | "other" | "untold" = "untold"): Answer => ({ kind: "good", ms, cache });
const bad: Answer = { kind: "bad", because: "answered 500" };
const useless: Answer = { kind: "useless", because: "answered 404" };

/** Asks as long as there are answers, each for the path whose turn it is. */
const answered = (paths: readonly string[], answers: readonly Answer[]): Progress =>
  answers.reduce<Progress>((progress, answer) => {
    const turn = taken(progress);
    return noted(turn.progress, { path: turn.path, answer }, aim);
  }, begun(paths));
const times = (count: number, ms: number): readonly Answer[] => Array(count).fill(good(ms));
const paths = ["/", "/a", "/b"];

describe("the verdict", () => {
  test.each<[string, readonly string[], readonly Answer[], string]>([
    ["too few answers", paths, times(9, 1), "go-on"],
    ["a lap under the bound", paths, times(10, 100), "under-bound"],
    ["a lap above it", paths, times(10, 101), "go-on"],
    ["a lap cold, then the last ten warm", paths, [...times(10, 500), ...times(10, 50)], "under-bound"],
    ["one cold of the last ten", paths, [...times(10, 500), ...times(9, 50)], "go-on"],
    [
      "more paths than answers to judge by: not all asked yet",
      Array(30)
        .fill("")
        .map((_, at) => `/${at}`),
      times(29, 1),
      "go-on",
    ],
    [
      "more paths than answers to judge by: all asked",
      Array(30)
        .fill("")
        .map((_, at) => `/${at}`),
      times(30, 1),
      "under-bound",
    ],
    ["two laps alike", paths, times(20, 500), "go-on"],
    ["three laps alike", paths, times(30, 500), "stopped-falling"],
    ["three laps, each a tenth quicker", paths, [...times(10, 500), ...times(10, 450), ...times(10, 405)], "go-on"],
    ["a lap quicker, then one as at first", paths, [...times(10, 500), ...times(10, 400), ...times(10, 500)], "go-on"],
    ["a tenth of no good", paths, [...times(9, 1), bad], "go-on"],
    ["laps of no good never stop falling", paths, Array(60).fill(bad), "go-on"],
    ["every path useless", paths, [useless, useless, useless], "no-paths"],
    ["nothing to ask for", [], [], "no-paths"],
    ["as many requests as there may be", paths, Array(1_000).fill(bad), "requests-spent"],
  ])("%s", (_, list, answers, verdict) => {
    expect(verdictOn(answered(list, answers), aim, "time-left")).toBe(verdict);
  });

  test("is that the time is up where it is, unless it is warm in the same instant", () => {
    expect(verdictOn(answered(paths, times(9, 1)), aim, "time-up")).toBe("time-up");
    expect(verdictOn(answered(paths, times(10, 1)), aim, "time-up")).toBe("under-bound");
  });
});

test("a path that goes leaves the others their turn", () => {
  let progress = begun(["/a", "/b", "/c"]);
  const asked: string[] = [];
  for (const answer of [useless, good(1), good(1), good(1)]) {
    const turn = taken(progress);
    asked.push(turn.path);
    progress = noted(turn.progress, { path: turn.path, answer }, aim);
  }
  expect(asked).toEqual(["/a", "/b", "/c", "/b"]);
});

test("one answer that comes late for a path that has gone changes nothing but the count", () => {
  const gone = noted(begun(["/a", "/b"]), { path: "/a", answer: useless }, aim);
  expect(noted(gone, { path: "/a", answer: useless }, aim)).toEqual({ ...gone, requests: 2 });
});

test("what nobody listened to is no answer: it neither fills a lap nor counts as bad", () => {
  const deaf: Answer = { kind: "not-listening", because: "found nobody listening (ECONNREFUSED)" };
  const progress = answered(paths, [...Array(50).fill(deaf), ...times(9, 1)]);
  expect(verdictOn(progress, aim, "time-left")).toBe("go-on");
  expect(progress.requests).toBe(59);
  expect(verdictOn(noted(progress, { path: "/", answer: good(1) }, aim), aim, "time-left")).toBe("under-bound");
});

describe("the result", () => {
  test("has the p95 of the first and of the last answers, the share of hits, and the first trouble", () => {
    const answers = [bad, ...times(10, 500), ...Array(9).fill(good(40, "hit")), good(60.4, "other"), useless];
    expect(resultOf(answered(paths, answers), "under-bound", 1234.5)).toEqual({
      verdict: "under-bound",
      requests: 22,
      firstP95Ms: 500,
      lastP95Ms: 60,
      hitRatio: 0.9,
      durationMs: 1235,
      trouble: "/ answered 500",
    });
  });

  test("without answers has none", () => {
    expect(resultOf(begun(paths), "time-up", 5)).toMatchObject({
      ...{ firstP95Ms: "none", lastP95Ms: "none", hitRatio: "none", trouble: "" },
    });
  });
});
