// A warm-up from the queue: begun once, whoever asks how often; and its end written down, once.
import { beginWarm, endWarm, noWarmer, undoWarm } from "../aws/index.ts";
import type { WarmFailure } from "../aws/warm/index.ts";
import { type DurationMs, type EpochMs, error, type Result, secondMs, unreachable } from "../core/index.ts";
import type { Warm } from "../policy/index.ts";
import { askedEverySeconds, beginOnInstance } from "./onInstance.ts";
import type { Wanted, Warming, WarmStep } from "./warmingTypes.ts";
import { laterMessage, type WarmEnded, type WarmStart } from "./warmMessage.ts";

/**
 * What AWS throttles, or does not know yet, is tried again ten seconds later, and fails once the policy's patience is over: counted from
 * the first try, as the engine counts it.
 */
export async function startWarming(warming: Warming, wish: WarmStart): Promise<WarmStep> {
  const { calls, table, now } = warming;
  const { fleet, instance, generation } = wish;
  const { warm, targetGroup: group } = (await warming.policyOf(fleet)).policy;
  if (warm.kind === "none") return { kind: "unwanted" };
  const at = now();
  const tried: Tried = { ...wish, since: wish.since === "now" ? at : wish.since };
  const leftMs = tried.since + warm.timeoutMs - at;
  const target = await calls.targetOf({ owner: `${table.stage}/${fleet}`, instance, group });
  if (target.kind === "error" && isWorthATry(target.error, leftMs)) return await later(warming, tried, target.error);
  if ((await beginWarm(table, fleet, { instance, generation, at: now() })) === "known") return { kind: "known" };
  if (target.kind === "error") return await failed(warming, wish, target.error);
  const wanted = { warm: { ...warm, timeoutMs: Math.max(leftMs, secondMs) }, target: target.value };
  const begun = await begin(warming, wish, wanted);
  if (begun.kind === "ok") return { kind: "started" };
  if (!isWorthATry(begun.error, leftMs)) return await failed(warming, wish, begun.error);
  await undoWarm(table, fleet, [instance]);
  return await later(warming, tried, begun.error);
}

async function begin(
  warming: Warming,
  wish: WarmStart,
  { warm, target }: Wanted<Exclude<Warm, { kind: "none" }>>,
): Promise<Result<void, WarmFailure>> {
  if (warm.kind === "http" && warm.by === "ssm") return await beginOnInstance(warming, wish, { warm, target });
  const called = warm.kind === "hook" ? warm.functionArn : warming.warmer;
  if (called === "") return error({ because: noWarmer, again: "in-vain" });
  const { fleet, instance } = wish;
  return await warming.calls.invokeLater(called, { fleet, instance, target, warm });
}

type Tried = WarmStart & { readonly since: EpochMs };

/** Where the next try would still come within the policy's patience. */
const isWorthATry = ({ again }: WarmFailure, leftMs: DurationMs): boolean =>
  again !== "in-vain" && leftMs > askedEverySeconds * secondMs;

/** Not left to the queue, which would bring the message back when the engine has given the instance up. */
async function later({ send }: Warming, tried: Tried, { because }: WarmFailure): Promise<WarmStep> {
  await send(laterMessage(tried, askedEverySeconds));
  return { kind: "waits", because };
}

type Named = Pick<WarmStart, "fleet" | "instance">;

async function failed(
  { table, now }: Warming,
  { fleet, instance }: Named,
  { because: told, again }: WarmFailure,
): Promise<WarmStep> {
  const because = again === "worth-it" ? `it could not be begun in time: ${told}` : told;
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
    case "waits":
    case "not-under-way":
      return false;
    default:
      return unreachable(kind);
  }
}
