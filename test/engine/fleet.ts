// A fleet in a line, and what converging does to it in words.
import { minuteMs } from "../../shared/core/index.ts";
import { converge } from "../../shared/engine/converge.ts";
import type { Action, Instance, Memory, Snapshot } from "../../shared/engine/index.ts";
import { givenMemory, givenPolicy, givenSnapshot, instance, launching, noon, seen } from "../support/given.ts";

const policy = givenPolicy();
export const convergeTo = (
  target: number,
  instances: readonly Instance[],
  memory: Partial<Memory> = {},
  snapshot: Partial<Snapshot> = {},
) =>
  converge(policy, givenSnapshot({ instances: seen(...instances), ...snapshot }), {
    memory: givenMemory(memory),
    target,
    mayShrink: false,
  });

/** `drain i-1`, `launch 3+0` (on demand + spot). */
export const brief = (action: Action): string =>
  action.kind === "launch"
    ? `launch ${action.onDemandCount}+${action.spotCount}`
    : `${action.kind} ${action.instance}${"because" in action ? ` (${action.because})` : ""}`;
export const actionsFor = (...given: Parameters<typeof convergeTo>): readonly string[] =>
  convergeTo(...given).actions.map(brief);

export const booting = (id: string, secondsAgo: number): Instance =>
  instance(id, { state: "pending", target: { kind: "unregistered" }, launchedAt: noon - secondsAgo * 1_000 });
export const draining = (id: string, overrides: Partial<Instance> = {}): Instance =>
  instance(id, { target: { kind: "draining" }, ...overrides });
export const unhealthy = (id: string, overrides: Partial<Instance> = {}): Instance =>
  instance(id, { target: { kind: "unhealthy", because: "503" }, ...overrides });
export const onTheWay = (...ids: readonly string[]): Memory["launching"] =>
  ids.map((id) => launching(id, minuteMs, ["seen"]));
export const unseen = (...ids: readonly string[]): Memory["launching"] => ids.map((id) => launching(id, minuteMs));
export const since = (minutesAgo: number, ...ids: readonly string[]) =>
  ids.map((id) => ({ id, since: noon - minutesAgo * minuteMs }));

export const sick = (count: number): readonly Instance[] =>
  Array.from({ length: count }, (_, index) => unhealthy(`s-${index + 1}`));
export const sickSince = (count: number, minutesAgo: number): Partial<Memory> => ({
  unhealthy: since(minutesAgo, ...sick(count).map(({ id }) => id)),
});
