// The next thing to be done with one instance: on its way to serving, or on its way out.
import type { Staged } from "./phase.ts";
import type { Action } from "./types.ts";

/** Names an action: the same decision names its actions the same. */
export type Make = (kind: Action["kind"], instance: string) => string;
export type Leaving = Extract<Action, { kind: "drain" }>["because"];

/** The next thing on the way to serving. */
export function forward({ instance, phase }: Staged, make: Make): readonly Action[] {
  if (phase === "ready") return [{ kind: "register", id: make("register", instance.id), instance: instance.id }];
  if (phase === "cold") return [{ kind: "warm", id: make("warm", instance.id), instance: instance.id }];
  return [];
}

interface Backward {
  readonly victims: ReadonlySet<string>;
  readonly sick: ReadonlySet<string>;
  readonly leaving: ReadonlyMap<string, Leaving>;
  /** Of the drained: stopped, and not terminated. */
  readonly kept: ReadonlySet<string>;
  readonly make: Make;
}

/**
 * The next thing on the way out. What takes traffic is drained first, and so is what may take it by the time the call is made;
 * what was never registered is terminated at once. One whose registration does not show yet waits until it does.
 */
export function backward(
  { instance, phase }: Staged,
  { victims, sick, leaving, kept, make }: Backward,
): readonly Action[] {
  const id = instance.id;
  if (instance.isProtected) return [];
  const registered = instance.target.kind === "unregistered" ? "unregistered" : "registered";
  const terminate = (because: Extract<Action, { kind: "terminate" }>["because"]): readonly Action[] => [
    { kind: "terminate", id: make("terminate", id), instance: id, because, registered },
  ];
  const drain = (because: Leaving): readonly Action[] => [
    { kind: "drain", id: make("drain", id), instance: id, because },
  ];
  if (kept.has(id)) return [{ kind: "stop", id: make("stop", id), instance: id }];
  if (phase === "drained") return terminate("drained");
  if (phase === "never-healthy") return terminate("never-healthy");
  if (phase === "warm-failed") return terminate("warm-failed");
  if (sick.has(id)) return drain("unhealthy");
  const leaves = leaving.get(id);
  if (leaves !== undefined) return drain(leaves);
  if (!victims.has(id)) return [];
  if (phase === "registering" && registered === "unregistered") return [];
  return phase === "serving" || phase === "unhealthy" || phase === "registering"
    ? drain("surplus")
    : terminate("surplus");
}
