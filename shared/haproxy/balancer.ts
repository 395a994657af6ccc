// What the loop needs of a load balancer, from HAProxy: targets come into free slots and leave them, and the state stands in
// HAProxy alone, so that any evaluator finds it there.
//
// The backend has slots in maintenance: `server-template s 1-64 127.0.0.1:9 check disabled`. A target that is registered takes a free
// one. Two evaluators never register at once: only who has committed a decision acts.
import { error, ok, type Result } from "../core/index.ts";
import type { TargetState } from "../engine/index.ts";
import type { Runtime } from "./runtime.ts";
import { slotsFrom, statOf } from "./slots.ts";
import { type Address, isAt, type Slot } from "./types.ts";

export interface Haproxy {
  /** Every slot of the backend, held or free. */
  slots(): Promise<Result<readonly Slot[], string>>;
  /**
   * Takes no request before HAProxy's own checks have found it well. One that is draining is taken back as it is. Error: no slot is
   * free, or HAProxy refused.
   */
  register(address: Address): Promise<Result<void, string>>;
  /** Drains: no new request, and those under way end. One that is not registered is passed over. */
  deregister(address: Address): Promise<Result<void, string>>;
  /**
   * Frees the slots of those that have drained: nothing is with the server, and nothing waits for it. Answers whom it let go. Who
   * calls it decides how long a draining target can be taken back: an ALB keeps it for the deregistration delay.
   */
  releaseIdle(addresses: readonly Address[]): Promise<Result<readonly Address[], string>>;
  /** Frees the slot at once; what is under way there is cut if its server is gone. */
  release(address: Address): Promise<Result<void, string>>;
  /** Frees the slots of servers that are down and are none of these: an ALB forgets who is gone by itself. */
  releaseGone(living: readonly Address[]): Promise<Result<void, string>>;
}

export interface Slots {
  readonly backend: string;
  /** Of the names of those that may be filled. Other servers of the backend are somebody else's and never touched. */
  readonly slotPrefix: string;
}

export function createHaproxy(runtime: Runtime, { backend, slotPrefix }: Slots): Haproxy {
  const own = new RegExp(`^${slotPrefix.replaceAll(".", "\\.")}\\d+$`);
  const slots = async (): Promise<Result<readonly Slot[], string>> => {
    const answer = await runtime(statOf(backend));
    return answer.kind === "error" ? answer : slotsFrom(answer.value, backend);
  };
  const send = async (commands: readonly string[]): Promise<Result<void, string>> => {
    if (commands.length === 0) return ok(undefined);
    const answer = await runtime(commands.join("; "));
    return answer.kind === "error" ? answer : refusalIn(answer.value);
  };
  /** One read, then what follows from it. */
  const change = async (toDo: (slots: readonly Slot[]) => Result<readonly string[], string>) => {
    const seen = await slots();
    if (seen.kind === "error") return seen;
    const commands = toDo(seen.value.filter(({ name }) => own.test(name)));
    return commands.kind === "error" ? commands : await send(commands.value);
  };
  return {
    slots,
    register: (address) => change((seen) => registration(seen, { backend, address })),
    deregister: (address) =>
      change((seen) => ok(held(seen, address).map(({ name }) => `set server ${backend}/${name} state drain`))),
    release: (address) => change((seen) => ok(held(seen, address).map((slot) => maintenance(backend, slot)))),
    releaseGone: (living) =>
      change((seen) =>
        ok(
          seen
            .filter((slot) => slot.state.kind === "unhealthy" && !living.some((address) => isAt(slot, address)))
            .map((slot) => maintenance(backend, slot)),
        ),
      ),
    releaseIdle: async (addresses) => {
      const seen = await slots();
      if (seen.kind === "error") return seen;
      const ours = seen.value.filter(({ name }) => own.test(name));
      const idle = ours.filter((slot) => isIdle(slot) && addresses.some((address) => isAt(slot, address)));
      const sent = await send(idle.map((slot) => maintenance(backend, slot)));
      return sent.kind === "error" ? sent : ok(idle.map(({ address }) => address));
    },
  };
}

const maintenance = (backend: string, { name }: Slot): string => `set server ${backend}/${name} state maint`;

const isIdle = ({ state, inFlightCount, queuedCount }: Slot): boolean =>
  state.kind === "draining" && inFlightCount + queuedCount === 0;

const held = (slots: readonly Slot[], address: Address): readonly Slot[] =>
  slots.filter((slot) => isAt(slot, address) && slot.state.kind !== "unregistered");

interface Registration {
  readonly backend: string;
  readonly address: Address;
}

/** The commands that bring a target in. */
function registration(slots: readonly Slot[], { backend, address }: Registration): Result<readonly string[], string> {
  const [known] = held(slots, address);
  if (known?.state.kind === "draining") return ok([`set server ${backend}/${known.name} state ready`]);
  if (known) return ok([]);
  const free = slots.find(({ state }) => state.kind === "unregistered");
  if (!free) return error(`all ${slots.length} slots of backend "${backend}" are taken: give it more`);
  const server = `set server ${backend}/${free.name}`;
  // A server that leaves maintenance counts as up until it is checked. So it leaves by way of draining, is said to be down, and only
  // then may take traffic: its checks have to say that it is up.
  return ok([
    `${server} addr ${address.host} port ${address.port}`,
    `${server} state drain`,
    `${server} health down`,
    `${server} state ready`,
  ]);
}

/** A command that did what it should says nothing, or what it changed. */
function refusalIn(answer: string): Result<void, string> {
  const refusals = answer
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(no need to change|IP changed|port changed|nothing changed)/.test(line));
  return refusals.length === 0 ? ok(undefined) : error(`HAProxy: ${refusals.join(" ")}`);
}

/** Of one target; one that no slot holds is not registered. */
export const targetStateOf = (slots: readonly Slot[], address: Address): TargetState =>
  held(slots, address)[0]?.state ?? { kind: "unregistered" };
