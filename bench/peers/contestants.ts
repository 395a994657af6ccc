// Who takes part: Tidegate with the one setting that ships, and every peer.
import { sizeByRules } from "../../shared/engine/index.ts";
import { type Peer, peers } from "../../shared/sim/index.ts";
import type { Contestant } from "./types.ts";

export const own = "tidegate";
/** What a forecast must beat: boots are compared by the ratio to it. */
export const limit = "no-forecast-limit";

export const contestants: Readonly<Record<string, Contestant>> = {
  [own]: {
    about: "Tidegate as it ships, one setting for every trace",
    kind: "own",
    documented: { label: "ships", size: sizeByRules },
    grid: [],
  },
  ...(peers satisfies Readonly<Record<string, Peer>>),
};

/** Throws where the name is none: names are checked when they are read. */
export function contestantOf(name: string): Contestant {
  const found = Object.hasOwn(contestants, name) ? contestants[name] : undefined;
  if (found === undefined) throw new Error(`${name} takes no part`);
  return found;
}
