// Tables that fit, and differences that are found: both without a process of their own.
import { describe, expect, test } from "@jest/globals";
import { firstDifference } from "../../cli/difference.ts";
import { type Column, tableOf } from "../../cli/output.ts";

interface Row {
  readonly id: string;
  readonly why: string;
}

const columns: readonly Column<Row>[] = [
  { head: "ID", text: ({ id }) => id, wrapsTo: "never" },
  { head: "WHY", text: ({ why }) => why, wrapsTo: 16 },
];
const rows: readonly Row[] = [
  { id: "shop@421", why: "demand wants 4: 12 000 requests/min" },
  { id: "shop@9", why: "-" },
];

describe("tables", () => {
  test.each<[string, number | "unlimited", readonly string[]]>([
    [
      "a pipe gets each row on one line",
      "unlimited",
      ["ID        WHY", "shop@421  demand wants 4: 12 000 requests/min", "shop@9    -"],
    ],
    ["a wide terminal too", 60, ["ID        WHY", "shop@421  demand wants 4: 12 000 requests/min", "shop@9    -"]],
    [
      "a narrow one wraps sentences, and no number",
      28,
      ["ID        WHY", "shop@421  demand wants 4:", "          12 000", "          requests/min", "shop@9    -"],
    ],
    [
      "one too narrow gets a block a row",
      20,
      ["ID   shop@421", "WHY  demand wants 4: 12 000 requests/min", "", "ID   shop@9", "WHY  -"],
    ],
  ])("%s", (_, width, lines) => {
    expect(tableOf(columns, rows, width)).toEqual(lines);
  });
});

describe("the first difference", () => {
  test.each<[string, unknown, unknown, object]>([
    ["a number", { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, { path: "a[1].b", stored: "2", again: "3" }],
    ["of two, the first", { a: 1, b: 1 }, { a: 2, b: 2 }, { path: "a", stored: "1", again: "2" }],
    ["an element more", { a: [1] }, { a: [1, 2] }, { path: "a[1]", stored: "nothing", again: "2" }],
    ["an element less", { a: [1, 2] }, { a: [1] }, { path: "a[1]", stored: "2", again: "nothing" }],
    ["another key", { a: 1, b: 2 }, { a: 1, c: 2 }, { path: "b", stored: "2", again: "c: 2" }],
    ["the order of keys", { a: 1, b: 2 }, { b: 2, a: 1 }, { path: "a", stored: "1", again: "b: 2" }],
    ["another shape", { a: [] }, { a: {} }, { path: "a", stored: "[]", again: "{}" }],
    ["text", { a: "x" }, { a: null }, { path: "a", stored: '"x"', again: "null" }],
    ["undefined, which JSON leaves out", { a: 1 }, { z: undefined, a: 2 }, { path: "a", stored: "1", again: "2" }],
    ["the whole", 1, 2, { path: "the decision", stored: "1", again: "2" }],
  ])("%s", (_, stored, again, difference) => {
    expect(firstDifference(stored, again)).toEqual(difference);
  });
});
