// Metric math as far as it makes one series: what passes, and what is said of the rest.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readExpression } from "../../shared/policy/expression.ts";

const names = ["busy", "idle", "m1"];
const read = (text: string) => readExpression(text, names);
const written = (text: string): string => {
  const reading = read(text);
  if (reading.kind === "error") return reading.error;
  return reading.value.map((part) => (part.kind === "series" ? `<${part.name}>` : part.text)).join(" ");
};

test.each([
  ["busy", "<busy>"],
  ["100*busy/(busy+idle)", "100 * <busy> / ( <busy> + <idle> )"],
  ["-busy ^ 2", "- <busy> ^ 2"],
  ["1.5e-3 * m1", "1.5e-3 * <m1>"],
  ["SUM([busy, idle])", "SUM ( [ <busy> , <idle> ] )"],
  ["MAX([busy, idle]) - MIN([busy, idle])", "MAX ( [ <busy> , <idle> ] ) - MIN ( [ <busy> , <idle> ] )"],
  ["busy / MAX(busy)", "<busy> / MAX ( <busy> )"],
  ["FILL(busy, 0) + FILL(idle, REPEAT)", "FILL ( <busy> , 0 ) + FILL ( <idle> , REPEAT )"],
  ["IF(busy > 3 AND idle <= 2, busy, 0)", "IF ( <busy> > 3 AND <idle> <= 2 , <busy> , 0 )"],
  ["TIME_SERIES(AVG(busy))", "TIME_SERIES ( AVG ( <busy> ) )"],
  ["RATE(m1) * PERIOD(m1)", "RATE ( <m1> ) * PERIOD ( <m1> )"],
  ["FIRST([busy, idle])", "FIRST ( [ <busy> , <idle> ] )"],
])("%s passes", (text, expected) => {
  expect(written(text)).toBe(expected);
});

describe("what does not", () => {
  const operand = "expected a number, a name of `using`, a function or (";
  const severally = "gives several series, or ones that `using` does not name; a rule reads one";
  test.each([
    ["", `${operand}, found its end`],
    ["busy +", `${operand}, found its end`],
    ["/ busy", `${operand}, found "/" at character 1`],
    ["busy idle", 'expected an operator, found "idle" at character 6'],
    ["(busy", "expected ), found its end"],
    ["busy)", 'expected an operator, found ")" at character 5'],
    ["SUM([busy, idle)", 'expected ], found ")" at character 16'],
    ["busy % idle", 'expected an operator, found "%" at character 6'],
    ["busy 🙂", 'expected an operator, found "🙂" at character 6'],
    ["bsuy", 'unknown name "bsuy" at character 1; did you mean `busy`?'],
    ["2 * queue", 'unknown name "queue" at character 5; `using` names busy, idle or m1'],
    ["sum([busy, idle])", 'unknown function "sum"; did you mean `SUM`?'],
    ["CONVOLVE(busy)", 'unknown function "CONVOLVE"'],
    ["SEARCH('{Shop} Busy', 'Sum')", `\`SEARCH\` ${severally}`],
    ["SUM(METRICS())", `\`METRICS\` ${severally}`],
    ["SELECT AVG(Busy) FROM Shop", `\`SELECT\` ${severally}`],
    ["INSIGHT_RULE_METRIC('rule', 'Sum')", `\`INSIGHT_RULE_METRIC\` ${severally}`],
    ["ANOMALY_DETECTION_BAND(busy)", `\`ANOMALY_DETECTION_BAND\` ${severally}`],
    ["[busy, idle]", "expected one series, found several: combine them, such as SUM([a, b])"],
    ["2 * ABS([busy, idle])", "expected one series, found several: combine them, such as SUM([a, b])"],
    ["60", "expected a series, found a single number: TIME_SERIES(…) makes one of it"],
    ["AVG(busy) / 2", "expected a series, found a single number: TIME_SERIES(…) makes one of it"],
    ["FILL(busy)", "expected 2 arguments of FILL, found 1"],
    ["IF(busy)", "expected 2 to 3 arguments of IF, found 1"],
    ["busy + LINEAR", 'unknown name "LINEAR" at character 8; `using` names busy, idle or m1'],
    [Array(21).fill("busy").join("+"), "expected at most 20 uses of names"],
  ])("%s", (text, mistake) => {
    expect(read(text)).toEqual({ kind: "error", error: mistake });
  });
});

/** Expressions that are right by the way they are made. */
const { right } = fc.letrec<{ right: string; number: string }>((tie) => ({
  number: fc.constantFrom("1", "2.5", "100", "MAX(busy)", "PERIOD(idle)"),
  right: fc.oneof(
    { maxDepth: 3, depthIdentifier: "math" },
    fc.constantFrom(...names),
    fc
      .tuple(tie("right"), fc.constantFrom("+", "-", "*", "/", "<", ">="), fc.oneof(tie("right"), tie("number")))
      .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
    tie("right").map((of) => `ABS(${of})`),
    fc.tuple(tie("right"), tie("right")).map(([a, b]) => `MIN([${a}, ${b}])`),
  ),
}));

test("what is made by the rules passes, if it is not too long; and what it reads is what was written", () => {
  fc.assert(
    fc.property(right, (text) => {
      const reading = read(text);
      if (reading.kind === "error") return void expect(reading.error).toBe("expected at most 20 uses of names");
      const again = reading.value.map((part) => (part.kind === "series" ? part.name : part.text)).join(" ");
      expect(again.replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      expect(read(again)).toEqual(reading);
    }),
  );
});

test("any text gives a Result, and only names of `using` are told apart as series", () => {
  const soup = fc.array(fc.constantFrom(...names, "SUM(", "[", "]", "(", ")", ",", "+", "/", "7", "x", "'", "é"));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        soup.map((bits) => bits.join(" ")),
      ),
      (text) => {
        const reading = read(text);
        if (reading.kind === "error") return void expect(reading.error).toMatch(/^\S.*\S$/u);
        for (const part of reading.value) if (part.kind === "series") expect(names).toContain(part.name);
      },
    ),
    { numRuns: 500 },
  );
});
