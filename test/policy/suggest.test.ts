import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { editDistance, nearest } from "../../shared/policy/suggest.ts";

describe("the nearest word", () => {
  test.each([
    ["mim", ["min", "max"], "min"],
    ["mni", ["min", "max"], "min"],
    ["targetgroup", ["targetGroup"], "targetGroup"],
    ["TARGETGROUP", ["targetGroup"], "targetGroup"],
    ["target_group", ["targetGroup"], "targetGroup"],
    ["subnet", ["subnets", "template"], "subnets"],
    ["budget", ["scaleOut", "scaleIn"], undefined],
    ["", ["min", "max"], undefined],
    ["m".repeat(41), ["m".repeat(40)], undefined],
  ])("of %s among %j is %s", (word, known, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });
});

test("a distance is symmetric, zero for equals, and never more than the longer word", () => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
