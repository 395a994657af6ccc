// Instances by age. Ties go by id, so that the order instances come in does not matter.
import type { Instance } from "./types.ts";

type Aged = Pick<Instance, "id" | "launchedAt">;

const byId = (a: Aged, b: Aged): number => (a.id < b.id ? -1 : 1);

export const oldestFirst = (a: Aged, b: Aged): number => a.launchedAt - b.launchedAt || byId(a, b);
export const youngestFirst: typeof oldestFirst = (a, b) => b.launchedAt - a.launchedAt || byId(a, b);

/** The same order of what holds an instance each. */
export const by =
  (order: typeof oldestFirst) =>
  (a: { readonly instance: Aged }, b: { readonly instance: Aged }): number =>
    order(a.instance, b.instance);
