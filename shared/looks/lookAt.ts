// One look from the queue: one tick of one fleet, and the look that is to follow it. What it ends in is a value, for the log.
import { type Message, newest, type Table } from "../aws/index.ts";
import { attentive, previousOf, type Tick, tick, type Versioned, type World } from "../control/index.ts";
import { sizeByRules, unfinishedActions } from "../engine/index.ts";
import { type Look, messageOf } from "./look.ts";
import { nextLook } from "./nextLook.ts";

export interface Looking {
  readonly world: World;
  readonly table: Table;
  /** Throws where a fleet has none. */
  policyOf(fleet: string): Promise<Versioned>;
  send(message: Message): Promise<void>;
}

/** Throws what a tick throws, and what the queue refuses. */
export async function lookAt(
  { world, table, policyOf, send }: Looking,
  look: Look,
): Promise<Tick | { readonly kind: "behind" }> {
  const versioned = await policyOf(look.fleet);
  if (await isBehind(table, look)) return { kind: "behind" };
  const ticked = await tick(look.sight === "whole" ? attentive(world) : world, versioned, sizeByRules);
  const next = nextLook(look, ticked, world.now());
  if (next !== "none") await send(messageOf(next));
  return ticked;
}

/**
 * Another evaluator has committed since the look was sent; its own chain of looks goes on, this one ends. Unless that one has
 * left actions without outcomes: it may be dead, this look may be its own come again, and somebody has to recover it.
 */
async function isBehind(table: Table, { fleet, generation }: Look): Promise<boolean> {
  if (generation === "any") return false;
  const last = previousOf(await newest(table, fleet));
  return last.kind === "row" && last.generation > generation && unfinishedActions(last).length === 0;
}
