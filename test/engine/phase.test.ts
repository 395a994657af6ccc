// Where an instance stands, and what is done next to it. The fleet is as large as it should be.
import { expect, test } from "@jest/globals";
import { type DurationMs, minuteMs } from "../../shared/core/index.ts";
import { converge } from "../../shared/engine/converge.ts";
import { type Instance, type Memory, type Phase, stage } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { givenMemory, givenPolicy, givenSnapshot, instance, launching, noon, seen, warmBy } from "../support/given.ts";

const serve = givenPolicy({ warm: warmBy({ onFailure: "serve" }) });
const replace = givenPolicy({ warm: warmBy({ onFailure: "replace" }) });
const plain = givenPolicy();

interface Given {
  readonly memory?: Partial<Memory>;
  readonly policy?: Policy;
  readonly deregistrationDelayMs?: DurationMs;
}
const look = (one: Partial<Instance>, { memory = {}, policy = plain, deregistrationDelayMs = minuteMs }: Given) => {
  const instances = {
    kind: "seen",
    instances: [instance("i", one)],
    foreignCount: 0,
    deregistrationDelayMs,
    templateVersion: "1",
  } as const;
  return { policy, snapshot: givenSnapshot({ instances }), memory: givenMemory(memory) };
};
const phaseOf = (one: Partial<Instance>, given: Given = {}): Phase | undefined => {
  const { policy, snapshot, memory } = look(one, given);
  return stage(policy, snapshot, memory).staged[0]?.phase;
};
const nextOf = (one: Partial<Instance>, given: Given = {}): string | undefined => {
  const { policy, snapshot, memory } = look(one, given);
  return converge(policy, snapshot, { memory, target: 1, mayShrink: false }).actions.find(
    ({ kind }) => kind !== "launch",
  )?.kind;
};

const boot = (minutesAgo: number, marks: Parameters<typeof launching>[2] = []): Partial<Memory> => ({
  launching: [launching("i", minutesAgo * minuteMs, ["seen", ...marks])],
});
const drained = (minutesAgo: number): Partial<Memory> => ({
  draining: [{ id: "i", since: noon - minutesAgo * minuteMs }],
});
const outside: Partial<Instance> = { target: { kind: "unregistered" } };
const pending: Partial<Instance> = { ...outside, state: "pending" };
const ill: Partial<Instance> = { target: { kind: "unhealthy", because: "503" } };

test.each<[string, Partial<Instance>, Given, Phase, string | undefined]>([
  ["asked for", pending, { memory: boot(1) }, "booting", undefined],
  ["running, nothing to warm", outside, { memory: boot(1) }, "ready", "register"],
  ["registered", { target: { kind: "initial" } }, { memory: boot(1) }, "registering", undefined],
  ["registered and not healthy yet: it starts slowly", ill, { memory: boot(9) }, "registering", undefined],
  ["taken back", { target: { kind: "initial" } }, { memory: boot(1, ["taken-back"]) }, "returning", undefined],
  ["taken back too late, when it was out already", outside, { memory: boot(1, ["taken-back"]) }, "ready", "register"],
  ["healthy", {}, { memory: boot(1) }, "serving", undefined],
  ["healthy, never launched by us", {}, {}, "serving", undefined],
  ["booting for ever", pending, { memory: boot(10) }, "never-healthy", "terminate"],
  ["registering for ever", { target: { kind: "initial" } }, { memory: boot(10) }, "never-healthy", "terminate"],
  [
    "registered at last, not two minutes ago, whatever this read shows",
    { target: { kind: "unregistered" } },
    {
      memory: givenMemory({
        launching: [{ ...launching("i", 0, ["registered"]), requestedAt: noon - 60 * minuteMs }],
      }),
    },
    "registering",
    undefined,
  ],
  ["unhealthy for ever", ill, { memory: boot(10) }, "never-healthy", "terminate"],
  ["about to be given up", ill, { memory: boot(9.99) }, "registering", undefined],
  ["stopping", { state: "stopping" }, {}, "leaving", undefined],
  ["shutting down while it boots", { ...outside, state: "shutting-down" }, { memory: boot(1) }, "leaving", undefined],
  ["unhealthy, seen first now", ill, {}, "serving", undefined],
])("%s", (_, one, given, phase, next) => {
  expect(phaseOf(one, given)).toBe(phase);
  expect(nextOf(one, given)).toBe(next);
});

test("a slow fleet gives its launches three times their usual time", () => {
  const policy = givenPolicy({ launch: { ...plain.launch, leadTimeMs: 5 * minuteMs } });
  expect(phaseOf(pending, { policy, memory: boot(14.9) })).toBe("booting");
  expect(phaseOf(pending, { policy, memory: boot(15) })).toBe("never-healthy");
});

test.each<
  [string, Partial<Instance>, Parameters<typeof launching>[2], Phase, string | undefined, Phase, string | undefined]
>([
  ["booting", pending, [], "booting", undefined, "booting", undefined],
  ["cold", outside, [], "cold", "warm", "cold", "warm"],
  ["warm-up asked for", outside, ["warm-started"], "warming", undefined, "warming", undefined],
  [
    "warmed",
    { ...outside, warm: { kind: "done", at: noon } },
    ["warm-started"],
    "ready",
    "register",
    "ready",
    "register",
  ],
  [
    "warmed by somebody else",
    { ...outside, warm: { kind: "done", at: noon } },
    [],
    "ready",
    "register",
    "ready",
    "register",
  ],
  [
    "warm-up failed",
    { ...outside, warm: { kind: "failed", at: noon, because: "slow" } },
    ["warm-started"],
    "ready",
    "register",
    "warm-failed",
    "terminate",
  ],
  ["warm-up refused", outside, ["warm-refused"], "ready", "register", "warm-failed", "terminate"],
])("warming: %s", (_, one, marks, phase, next, strictPhase, strictNext) => {
  const memory = boot(1, marks);
  expect([phaseOf(one, { policy: serve, memory }), nextOf(one, { policy: serve, memory })]).toEqual([phase, next]);
  expect([phaseOf(one, { policy: replace, memory }), nextOf(one, { policy: replace, memory })]).toEqual([
    strictPhase,
    strictNext,
  ]);
});

test("a warmer that has not answered a minute after its own deadline is lost", () => {
  const lost = { memory: boot(3, ["warm-started"]) };
  const late = { memory: boot(2.99, ["warm-started"]) };
  expect(phaseOf(outside, { policy: serve, ...late })).toBe("warming");
  expect(phaseOf(outside, { policy: serve, ...lost })).toBe("ready");
  expect(phaseOf(outside, { policy: replace, ...late })).toBe("warming");
  expect(phaseOf(outside, { policy: replace, ...lost })).toBe("warm-failed");
});

test("what a failed warm-up leaves without is bought anew", () => {
  const { policy, snapshot, memory } = look(outside, { policy: replace, memory: boot(1, ["warm-refused"]) });
  expect(converge(policy, snapshot, { memory, target: 1, mayShrink: false }).actions.map(({ kind }) => kind)).toEqual([
    "launch",
    "terminate",
  ]);
});

test.each<[string, number, number, number, Partial<Instance>, Phase]>([
  ["the load balancer has not finished", 9, 2, 1, { target: { kind: "draining" } }, "draining"],
  ["both waits are over", 2, 2, 1, outside, "drained"],
  ["the policy's wait is not over", 1.9, 2, 1, outside, "draining"],
  ["the load balancer's delay is not over", 4.9, 2, 5, outside, "draining"],
  ["both are, the longer being the load balancer's", 5, 2, 5, outside, "drained"],
  ["a stale read shows it healthy", 1, 2, 1, {}, "draining"],
  ["a stale read shows it healthy, though all waits are over", 9, 2, 1, {}, "draining"],
])("draining: %s", (_, minutesAgo, timeout, delay, one, phase) => {
  const policy = givenPolicy({ drain: { timeoutMs: timeout * minuteMs, takeBack: "never" } });
  const given = { policy, memory: drained(minutesAgo), deregistrationDelayMs: delay * minuteMs };
  expect(phaseOf(one, given)).toBe(phase);
  expect(nextOf(one, given)).toBe(phase === "drained" ? "terminate" : undefined);
});

test.each<[string, number, number, "allowed" | "never", Phase, string | undefined]>([
  ["nothing is in flight any more, and nobody wants it back", 0.1, 0, "never", "drained", "terminate"],
  ["nothing is in flight, but it may be wanted back", 1.9, 0, "allowed", "draining", "take-back"],
  ["nothing is in flight, and nobody has wanted it back", 2, 0, "allowed", "drained", "terminate"],
  ["something is in flight", 1.9, 1, "never", "draining", undefined],
  ["something is in flight for longer than the policy waits", 2, 1, "never", "drained", "terminate"],
  ["nothing is in flight at the look that met it draining", 0, 0, "never", "draining", undefined],
])("draining, by who counts what is in flight: %s", (_, minutesAgo, inFlightCount, takeBack, phase, next) => {
  const policy = givenPolicy({ drain: { timeoutMs: 2 * minuteMs, takeBack } });
  const given = { policy, memory: drained(minutesAgo), deregistrationDelayMs: 0 };
  const one: Partial<Instance> = { target: { kind: "draining", inFlightCount } };
  expect(phaseOf(one, given)).toBe(phase);
  expect(nextOf(one, given)).toBe(next);
});

test("launches that this read does not show are counted, whatever an earlier one did", () => {
  const memory = givenMemory({ launching: ["u", "v", "w"].map((id) => launching(id, 0, id === "u" ? [] : ["seen"])) });
  expect(stage(plain, givenSnapshot({ instances: seen(instance("w")) }), memory).unseenCount).toBe(2);
});

test("terminating tells whether the load balancer still knows the instance", () => {
  const registeredOf = (one: Partial<Instance>, given: Given) => {
    const { policy, snapshot, memory } = look(one, given);
    const action = converge(policy, snapshot, { memory, target: 1, mayShrink: false }).actions.find(
      ({ kind }) => kind === "terminate",
    );
    return action?.kind === "terminate" && action.registered;
  };
  expect(registeredOf({ target: { kind: "initial" } }, { memory: boot(10) })).toBe("registered");
  expect(registeredOf(pending, { memory: boot(10) })).toBe("unregistered");
  expect(registeredOf({ target: { kind: "draining", inFlightCount: 0 } }, { memory: drained(9) })).toBe("registered");
});
