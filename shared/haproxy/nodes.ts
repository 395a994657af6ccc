// Several HAProxys that share the traffic, as one: a target counts for what all of them say of it.
import type { TargetState } from "../engine/index.ts";
import { type Address, isAt, type Slot } from "./types.ts";

export interface Target {
  readonly address: Address;
  readonly state: TargetState;
}

/** Every target that any of the nodes holds. Each node's slots, in any order. */
export function targetsAmong(nodes: readonly (readonly Slot[])[]): readonly Target[] {
  const held = nodes.flat().filter(({ state }) => state.kind !== "unregistered");
  const addresses = new Map(held.map(({ address }) => [`${address.host} ${address.port}`, address]));
  return [...addresses.values()].map((address) => ({ address, state: together(nodes.map(stateAt(address))) }));
}

const stateAt =
  (address: Address) =>
  (slots: readonly Slot[]): TargetState =>
    slots.find((slot) => isAt(slot, address) && slot.state.kind !== "unregistered")?.state ?? { kind: "unregistered" };

/**
 * One that a node does not know is to be registered there, unless it is on its way out of all. One that drains here and takes requests
 * there is neither: it is called unhealthy, and so drained again.
 */
function together(states: readonly TargetState[]): TargetState {
  const are = (kind: TargetState["kind"]): number => states.filter((state) => state.kind === kind).length;
  const drainingCount = are("draining");
  if (drainingCount > 0 && drainingCount + are("unregistered") === states.length)
    return { kind: "draining", inFlightCount: states.reduce((sum, state) => sum + inFlightIn(state), 0) };
  if (are("unregistered") > 0) return { kind: "unregistered" };
  if (drainingCount > 0) return { kind: "unhealthy", because: "some of the HAProxys drain it, and some do not" };
  return states.find(({ kind }) => kind === "unhealthy") ?? { kind: are("initial") > 0 ? "initial" : "healthy" };
}

const inFlightIn = (state: TargetState): number => ("inFlightCount" in state ? state.inFlightCount : 0);
