// Acting, as the contract asks worlds to: a row of these actions is committed and carried out.
import { expect } from "@jest/globals";
import type { Row, World } from "../../shared/control/index.ts";
import type { Action, Outcome } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { cloudPolicy } from "./awsFleet.ts";
import { instance } from "./given.ts";
import { rowUpon } from "./worlds.ts";

export interface Carried {
  readonly row: Row;
  readonly outcomes: readonly Outcome[];
}
/** `listed` are taken for instances of the fleet. */
export type Carry = (actions: readonly Action[], listed?: readonly string[], policy?: Policy) => Promise<Carried>;

export const carryOutIn =
  (world: World): Carry =>
  async (actions, listed = [], policy = cloudPolicy()) => {
    const seen = await world.observe(policy);
    if (seen.instances.kind !== "seen") throw new Error(seen.instances.kind);
    const instances = [...seen.instances.instances, ...listed.map((id) => instance(id))];
    const row = rowUpon({ ...seen, instances: { ...seen.instances, instances } }, actions);
    expect(await world.commit(policy, row)).toBe("committed");
    const outcomes = await world.act(policy, row, actions);
    return { row, outcomes };
  };

export const idsIn = ([outcome]: readonly Outcome[]): readonly string[] =>
  outcome && "instances" in outcome ? outcome.instances : [];

/** What comes of actions that all get through; of a launch without its instances. */
export const done = (actions: readonly Action[]): readonly Outcome[] =>
  actions.map((action) => ({
    kind: "done",
    action: action.id,
    instances: action.kind === "launch" ? [] : [action.instance],
  }));
