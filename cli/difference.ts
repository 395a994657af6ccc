// Where two JSON values first differ, reading both from the top.

export interface Difference {
  /** `steps[2].to` */
  readonly path: string;
  /** JSON, cut when long; "nothing" where that side has no such place. */
  readonly stored: string;
  readonly again: string;
}

/** Of values whose JSON differs. The order of keys counts: it is part of the bytes. */
export function firstDifference(stored: unknown, again: unknown, path = ""): Difference {
  const [left, right] = [entriesOf(stored), entriesOf(again)];
  if (left === "leaf" || right === "leaf" || Array.isArray(stored) !== Array.isArray(again))
    return { path: path || "the decision", stored: shown(stored), again: shown(again) };
  const index = Array.from({ length: Math.max(left.length, right.length) }).findIndex(
    (_, at) => JSON.stringify(left[at]) !== JSON.stringify(right[at]),
  );
  const [a, b] = [left[index], right[index]];
  if (a && b && a[0] === b[0]) return firstDifference(a[1], b[1], placeIn(stored, path, a[0]));
  const place = placeIn(stored, path, (a ?? b)?.[0] ?? "");
  return { path: place, stored: a ? shown(a[1]) : "nothing", again: b ? placed(b, a) : "nothing" };
}

/** What JSON would write of it: no undefined. */
const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] | "leaf" =>
  typeof value === "object" && value !== null
    ? Object.entries(value).filter(([, inner]) => inner !== undefined)
    : "leaf";

const placeIn = (parent: unknown, path: string, key: string): string => {
  if (Array.isArray(parent)) return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
};

/** Under another key at the same place, the key tells more than the value. */
const placed = ([key, value]: readonly [string, unknown], beside: readonly [string, unknown] | undefined): string =>
  beside && beside[0] !== key ? `${key}: ${shown(value)}` : shown(value);

const shownMax = 160;

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > shownMax ? `${json.slice(0, shownMax)}…` : json;
}
