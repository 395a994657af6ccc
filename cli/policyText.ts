// A list into the text of a policy, which otherwise stays as its author wrote it: comments, order, spacing.
import { type Document, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";

export interface Entry {
  readonly key: string;
  /** As YAML spells them. Of those that stand under the key already. */
  readonly items: (written: readonly string[]) => readonly string[];
}

/** Under the key of each of these maps of the policy; `none` where there is no such map. */
export function withList(
  text: string,
  mapsIn: (policy: Document) => readonly unknown[],
  entry: Entry,
): string | "none" {
  const maps = mapsIn(parseDocument(text)).filter((node): node is YAMLMap => isMap(node));
  if (maps.length === 0) return "none";
  return maps
    .map((map) => spliceFor({ text, map, entry }))
    .toSorted((a, b) => b.from - a.from)
    .reduce((spliced, { from, to, put }) => spliced.slice(0, from) + put + spliced.slice(to), text);
}

/** What one map of a list holds under a key, for each: `forecast` of every rule. */
export const eachOf = (list: unknown, key: string): readonly unknown[] =>
  isSeq(list) ? list.items.flatMap((item) => (isMap(item) ? [item.get(key, true)] : [])) : [];

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly put: string;
}

function spliceFor({
  text,
  map,
  entry,
}: {
  readonly text: string;
  readonly map: YAMLMap;
  readonly entry: Entry;
}): Splice {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === entry.key);
  const items = entry.items(isSeq(pair?.value) ? pair.value.items.map(spelt) : []);
  const { key, value } = pair ?? (map.items.at(-1) as Pair);
  const indent = columnOf(text, key);
  const list = spelling(items, map.flow === true ? "flow" : indent);
  if (pair) return { from: endOf(key), to: endOf(value), put: `:${list}` };
  const separator = map.flow ? ", " : `\n${" ".repeat(indent)}`;
  return { from: endOf(value), to: endOf(value), put: `${separator}${entry.key}:${list}` };
}

const spelt = (item: unknown): string => (isScalar(item) ? (item.source ?? String(item.value)) : String(item));

/** On one line as long as it is short, or has to be. */
function spelling(items: readonly string[], place: "flow" | number): string {
  const line = ` [${items.join(", ")}]`;
  if (place === "flow" || line.length <= lineMax) return line;
  return items.map((item) => `\n${" ".repeat(place + 2)}- ${item}`).join("");
}
const lineMax = 100;

const columnOf = (text: string, key: unknown): number => {
  const [from] = rangeOf(key);
  return from - (text.lastIndexOf("\n", from - 1) + 1);
};

/** Lines end with the last of them, not where the next key begins. */
const endOf = (node: unknown): number =>
  isSeq(node) && !node.flow && node.items.length > 0 ? endOf(node.items.at(-1)) : rangeOf(node)[1];

function rangeOf(node: unknown): readonly [number, number] {
  const { range } = node as Node;
  if (!range) throw new Error("what was read from a text has its place there");
  return [range[0], range[1]];
}
