// The policy's peaks and those beside them.
import { expect, test } from "@jest/globals";
import { peaksAt } from "../../shared/control/index.ts";
import { hourMs } from "../../shared/core/index.ts";
import type { Peak } from "../../shared/policy/index.ts";
import { givenPeak, noon } from "../support/given.ts";

const like = givenPeak({ name: "like", expect: { kind: "like", fromMs: 7 } });
const read = (fromMs: number): Peak =>
  givenPeak({
    name: "like",
    atMs: noon + hourMs,
    expect: { kind: "figures", fromMs, everyMs: hourMs, perMinute: [9] },
  });
const [sale, flash] = [givenPeak(), givenPeak({ name: "flash" })];

test.each<[string, readonly Peak[], readonly Peak[], readonly Peak[]]>([
  ["both are there", [sale], [flash], [sale, flash]],
  ["of one name the policy's counts", [sale], [givenPeak({ holdMs: hourMs / 2 })], [sale]],
  [
    "what is over is left out",
    [givenPeak({ atMs: noon - 2 * hourMs })],
    [givenPeak({ atMs: noon - hourMs, name: "b" })],
    [givenPeak({ atMs: noon - hourMs, name: "b" })],
  ],
  [
    "a day's figures are taken, and nothing else of the peak that brings them",
    [like],
    [read(7)],
    [{ ...like, expect: read(7).expect }],
  ],
  ["figures of another day are not", [like], [read(8)], [like]],
  ["nor are those of fewer hours", [{ ...like, holdMs: 2 * hourMs }], [read(7)], [{ ...like, holdMs: 2 * hourMs }]],
])("%s", (_, peaks, added, all) => {
  expect(peaksAt({ peaks }, added, noon)).toEqual(all);
});

test("a peak is over at the end of its release", () => {
  const until = noon + hourMs + hourMs / 2;
  expect(peaksAt({ peaks: [sale] }, [], until - 1)).toHaveLength(1);
  expect(peaksAt({ peaks: [sale] }, [], until)).toHaveLength(0);
});
