// HAProxy asked from afar: what an order says, and carrying it out at every node. Whoever gives it is outside the network that the runtime
// API listens in.
import { isIP } from "node:net";
import { error, ok, type Result } from "../core/index.ts";
import { createHaproxy, type Haproxy, type Slots } from "./balancer.ts";
import { type Target, targetsAmong } from "./nodes.ts";
import type { Runtime } from "./runtime.ts";
import type { Address, Slot } from "./types.ts";

/** A backend, and the HAProxys that have it. */
export interface Place extends Slots {
  readonly nodes: readonly Address[];
}
export interface Order extends Place {
  readonly do: /** Every target's state; slots of those that are down and none of `living` are freed first. */
    | { readonly kind: "read"; readonly living: readonly Address[] }
    | { readonly kind: "register" | "deregister" | "release"; readonly targets: readonly Address[] };
}
export type Answer =
  | { readonly kind: "read"; readonly targets: readonly Target[] }
  /** One for each target: done at every node, or what one of them said. */
  | { readonly kind: "done"; readonly ends: readonly ("done" | { readonly because: string })[] }
  | { readonly kind: "error"; readonly because: string };

export type RuntimeAt = (node: Address) => Runtime;

/** Never throws for what HAProxy or the network does. */
export async function carryOut(order: Order, runtimeAt: RuntimeAt): Promise<Answer> {
  const haproxys = order.nodes.map((node) => createHaproxy(runtimeAt(node), order));
  if (order.do.kind === "read") return await read(haproxys, order.do.living);
  const { kind, targets } = order.do;
  const ends: ("done" | { readonly because: string })[] = [];
  for (const target of targets) {
    const ended = await atEach(haproxys, (haproxy) => haproxy[kind](target));
    ends.push(ended.kind === "ok" ? "done" : { because: ended.error });
  }
  return { kind: "done", ends };
}

async function read(haproxys: readonly Haproxy[], living: readonly Address[]): Promise<Answer> {
  const freed = await atEach(haproxys, (haproxy) => haproxy.releaseGone(living));
  if (freed.kind === "error") return { kind: "error", because: freed.error };
  const slots = await atEach(haproxys, (haproxy) => haproxy.slots());
  return slots.kind === "error"
    ? { kind: "error", because: slots.error }
    : { kind: "read", targets: targetsAmong(slots.value) };
}

/** Each node's slots. Error: what the first that failed said. */
export const slotsAt = (place: Place, runtimeAt: RuntimeAt): Promise<Result<readonly (readonly Slot[])[], string>> =>
  atEach(
    place.nodes.map((node) => createHaproxy(runtimeAt(node), place)),
    (haproxy) => haproxy.slots(),
  );

/** At all nodes, also when one of them fails: the fewer that are left behind, the better. */
async function atEach<T>(
  haproxys: readonly Haproxy[],
  call: (haproxy: Haproxy) => Promise<Result<T, string>>,
): Promise<Result<readonly T[], string>> {
  const ended = await Promise.all(haproxys.map(call));
  const failed = ended.find((one) => one.kind === "error");
  if (failed?.kind === "error") return failed;
  return ok(ended.flatMap((one) => (one.kind === "ok" ? [one.value] : [])));
}

const nodesMax = 50;
/** One look takes on no more. */
const targetsMax = 1_000;

/** What is said goes into HAProxy's commands as it stands: so nothing passes that is not an address or a plain name. */
export function parseOrder(said: unknown): Result<Order, string> {
  const place = parsePlace(said);
  if (place.kind === "error") return place;
  const { kind, living, targets } = Object(Object(said).do);
  const list = kind === "read" ? living : targets;
  if (!isAddresses(list, targetsMax)) return error("an order names up to 1,000 targets by IP address and port");
  if (kind === "read") return ok({ ...place.value, do: { kind, living: list } });
  if (kind !== "register" && kind !== "deregister" && kind !== "release")
    return error(`there is no order ${JSON.stringify(kind)?.slice(0, 100)}`);
  return ok({ ...place.value, do: { kind, targets: list } });
}

export function parsePlace(said: unknown): Result<Place, string> {
  const { nodes, backend, slotPrefix } = Object(said);
  if (!isAddresses(nodes, nodesMax) || nodes.length === 0)
    return error("HAProxy's addresses are IP addresses with ports");
  if (!isName(backend) || !isName(slotPrefix)) return error("a backend and its slots have plain names");
  return ok({ nodes, backend, slotPrefix });
}

const isName = (value: unknown): value is string => typeof value === "string" && /^[A-Za-z0-9_.:-]{1,60}$/.test(value);

const isAddresses = (value: unknown, countMax: number): value is readonly Address[] =>
  Array.isArray(value) && value.length <= countMax && value.every(isAddress);

function isAddress(value: unknown): boolean {
  const { host, port } = Object(value);
  return typeof host === "string" && isIP(host) !== 0 && Number.isInteger(port) && port >= 1 && port <= 65_535;
}
