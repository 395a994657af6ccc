// A warm-up from the queue: begun once, whoever asks how often; and its end written down, once.
import { beginWarm, endWarm, noWarmer, type Table, undoWarm } from "../aws/index.ts";
import type { WarmCalls, WarmFailure } from "../aws/warm/index.ts";
import type { Versioned } from "../control/index.ts";
import { type EpochMs, unreachable } from "../core/index.ts";
import type { WarmEnded, WarmStart } from "./warmMessage.ts";

export interface Warming {
  readonly calls: WarmCalls;
  readonly table: Table;
  now(): EpochMs;
  /** Throws where a fleet has none. */
  policyOf(fleet: string): Promise<Versioned>;
  /** Who warms by HTTP, a function's name; "" where nobody does. */
  readonly warmer: string;
}

/** `failed` and `ended` are what the fleet wants to be looked at for. */
export type WarmStep =
  | { readonly kind: "started" | "known" | "unwanted" | "ended" | "not-under-way" }
  | { readonly kind: "failed"; readonly because: string };

/** Throws what a later delivery of the message may do better. */
export async function startWarming(warming: Warming, { fleet, instance }: WarmStart): Promise<WarmStep> {
  const { calls, table, now } = warming;
  const { policy } = await warming.policyOf(fleet);
  const { warm } = policy;
  if (warm.kind === "none") return { kind: "unwanted" };
  const owner = `${table.stage}/${fleet}`;
  const target = await calls.targetOf({ owner, instance, group: policy.targetGroup });
  if (target.kind === "error" && target.error.again === "worth-it") throw again(target.error);
  if ((await beginWarm(table, fleet, { instance, at: now() })) === "known") return { kind: "known" };
  if (target.kind === "error") return await failed(warming, { fleet, instance }, target.error);
  const called = warm.kind === "hook" ? warm.functionArn : warming.warmer;
  if (called === "") return await failed(warming, { fleet, instance }, { because: noWarmer });
  const invoked = await calls.invokeLater(called, { fleet, instance, target: target.value, warm });
  if (invoked.kind === "ok") return { kind: "started" };
  if (invoked.error.again === "in-vain") return await failed(warming, { fleet, instance }, invoked.error);
  await undoWarm(table, fleet, instance);
  throw again(invoked.error);
}

const again = ({ because }: WarmFailure): Error => new Error(`not this time: ${because}`);

type Named = Pick<WarmStart, "fleet" | "instance">;

async function failed(
  { table, now }: Warming,
  { fleet, instance }: Named,
  { because }: Pick<WarmFailure, "because">,
): Promise<WarmStep> {
  await endWarm(table, fleet, { instance, state: { kind: "failed", at: now(), because } });
  return { kind: "failed", because };
}

export async function endWarming({ table, now }: Warming, ended: WarmEnded): Promise<WarmStep> {
  const { fleet, instance, stateAt } = ended;
  const kind = await endWarm(table, fleet, { instance, state: stateAt(now()) });
  return { kind };
}

/** A look that registers, or replaces, what has come to its end. */
export function isWorthALook({ kind }: WarmStep): boolean {
  switch (kind) {
    case "failed":
    case "ended":
      return true;
    case "started":
    case "known":
    case "unwanted":
    case "not-under-way":
      return false;
    default:
      return unreachable(kind);
  }
}
