// A place in a YAML document: a node, the path that leads to it, and where a complaint about it should point.
import { type Document, isAlias, isMap, isScalar, isSeq } from "yaml";

export interface Source {
  readonly document: Document;
  /** The offset at which each line begins. */
  readonly lineStarts: readonly number[];
  /** A torn document has a syntax error: what is missing from it may only be unreadable. */
  readonly state: "whole" | "torn";
}

export interface Place {
  readonly source: Source;
  /** The YAML node, aliases followed; undefined where an alias leads nowhere. */
  readonly node: unknown;
  readonly offset: number;
  readonly path: string;
}

export interface Fault {
  readonly offset: number;
  readonly path: string;
  readonly message: string;
}

export const fault = ({ offset, path }: Place, message: string): Fault => ({ offset, path, message });

/** yaml's own LineCounter skips the lines inside of what it could not read. */
export const lineStartsOf = (text: string): readonly number[] => [
  0,
  ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1),
];

/** Both from 1; columns in UTF-16 units, as editors count. */
export function positionOf(offset: number, { lineStarts }: Source): { line: number; column: number } {
  const line = lineStarts.findLastIndex((start) => start <= offset);
  return { line: line + 1, column: offset - (lineStarts[line] ?? 0) + 1 };
}

export const lineOf = ({ source, offset }: Place): number => positionOf(offset, source).line;

export const rootOf = (source: Source): Place =>
  placeOf({ source, node: source.document.contents, path: ".", fallback: 0 });

export interface Entry {
  /** Undefined for a key that is a list, a map or nothing. */
  readonly key: string | undefined;
  readonly keyAt: Place;
  readonly valueAt: Place;
}

/** A map's entries in their order; duplicates included. Anything but a map has none. */
export function entriesOf(owner: Place): readonly Entry[] {
  if (!isMap(owner.node)) return [];
  return owner.node.items.map((pair) => {
    const key = keyText(resolve(owner.source, pair.key));
    const path = childPath(owner.path, key ?? "?");
    const keyAt = placeOf({ source: owner.source, node: pair.key, path, fallback: owner.offset });
    return { key, keyAt, valueAt: placeOf({ source: owner.source, node: pair.value, path, fallback: keyAt.offset }) };
  });
}

export const valueAt = (owner: Place, key: string): Place | undefined =>
  entriesOf(owner).find((entry) => entry.key === key)?.valueAt;

export const keyAt = (owner: Place, key: string): Place =>
  entriesOf(owner).find((entry) => entry.key === key)?.keyAt ?? missingAt(owner, key);

/** Where a key that is not there is complained about: at the map that should hold it. */
export const missingAt = (owner: Place, key: string): Place => ({ ...owner, path: childPath(owner.path, key) });

export function itemsOf(owner: Place): readonly Place[] {
  if (!isSeq(owner.node)) return [];
  return owner.node.items.map((node, index) =>
    placeOf({ source: owner.source, node, path: `${owner.path}[${index}]`, fallback: owner.offset }),
  );
}

/** A scalar as it was written, numbers too; undefined for everything else. */
export function textAt({ node }: Place): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === "string" || typeof node.value === "number" ? String(node.value) : undefined;
}

/** What stands at a place, in the words of a message. */
export function found({ node }: Place): string {
  if (isMap(node)) return "a map";
  if (isSeq(node)) return "a list";
  if (node === undefined) return "an alias without an anchor before it";
  if (!isScalar(node) || node.value === null) return "nothing";
  return typeof node.value === "string" ? quote(node.value) : shorten(node.source ?? String(node.value));
}

/** In quotes and on one line, whatever it holds. */
export const quote = (text: string): string =>
  JSON.stringify(shorten(text)).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`,
  );

/** Long enough to recognise a value, short enough for a line. */
const foundLengthMax = 60;
const shorten = (text: string): string => (text.length > foundLengthMax ? `${text.slice(0, foundLengthMax)}…` : text);

interface Spot {
  readonly source: Source;
  readonly node: unknown;
  readonly path: string;
  readonly fallback: number;
}

/** An empty value has no place of its own; the key before it stands for it. */
function placeOf({ source, node, path, fallback }: Spot): Place {
  const range = rangeOf(node);
  const isEmpty = range === undefined || (isScalar(node) && node.value === null && range[0] === range[1]);
  return { source, node: resolve(source, node), path, offset: isEmpty ? fallback : range[0] };
}

const rangeOf = (node: unknown) =>
  (isAlias(node) || isMap(node) || isSeq(node) || isScalar(node) ? node.range : null) ?? undefined;

const resolve = ({ document }: Source, node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

const keyText = (key: unknown): string | undefined =>
  isScalar(key) && key.value !== null ? String(key.value) : undefined;

function childPath(owner: string, key: string): string {
  const plain = /^[\w-]{1,40}$/.test(key);
  if (owner === ".") return plain ? key : `[${quote(key)}]`;
  return plain ? `${owner}.${key}` : `${owner}[${quote(key)}]`;
}
