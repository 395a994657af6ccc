// Warm-ups that instances do themselves: a command is sent through Systems Manager, and asked after until it has ended. SSM's events
// would say so earlier by seconds; but they may get lost, and take a rule, a queue's policy and a way back from command to fleet.
import { endWarm } from "../aws/index.ts";
import type { WarmFailure } from "../aws/warm/index.ts";
import { error, minuteMs, ok, type Result } from "../core/index.ts";
import type { WarmHttp } from "../policy/index.ts";
import { parametersFor } from "../warm/index.ts";
import type { Wanted, Warming, WarmStep } from "./warmingTypes.ts";
import { laterMessage, printedState, type WarmCommanded, type WarmStart } from "./warmMessage.ts";

/** Fails as `unregistered` while SSM has not heard of the instance: its agent starts when the system does. */
export async function beginOnInstance(
  { calls, table, now, send, document }: Warming,
  { fleet, instance }: WarmStart,
  { warm, target }: Wanted<WarmHttp>,
): Promise<Result<void, WarmFailure>> {
  if (document === "") return error({ because: noDocument, again: "in-vain" });
  const parameters = parametersFor({ target, warm });
  const sent = await calls.send({ document, instance, comment: `${table.stage}/${fleet}`, parameters });
  if (sent.kind === "error") return sent.error.again === "unregistered" ? error(unknown(instance)) : sent;
  const until = now() + warm.timeoutMs + graceMs;
  await send(laterMessage({ kind: "commanded", fleet, instance, until, command: sent.value }, askedEverySeconds));
  return ok(undefined);
}

/** For the command to reach the instance, and for its last answer. */
const graceMs = minuteMs;
export const askedEverySeconds = 10;

const noDocument = "this deployment warms by no command: deploy again with this policy (docs/warming.md)";
const unknown = (instance: string): WarmFailure => ({
  because: `Systems Manager does not know ${instance}: its agent has to run, its role to have AmazonSSMManagedInstanceCore (docs/warming.md)`,
  again: "unregistered",
});

export async function askAfterWarming({ calls, table, now, send }: Warming, asked: WarmCommanded): Promise<WarmStep> {
  const { fleet, instance, until } = asked;
  const failed = async (because: string): Promise<WarmStep> => {
    await endWarm(table, fleet, { instance, state: { kind: "failed", at: now(), because } });
    return { kind: "failed", because };
  };
  const answer = await calls.askAfter(asked);
  if (answer.kind === "error" && answer.error.again === "in-vain") return await failed(answer.error.because);
  if (answer.kind === "ok" && answer.value.kind === "broken")
    return await failed(`the command on the instance failed: ${answer.value.because}`);
  if (answer.kind === "ok" && answer.value.kind === "printed")
    return { kind: await endWarm(table, fleet, { instance, state: printedState(answer.value.output, now()) }) };
  if (now() >= until) return await failed("the command on the instance has not ended in time");
  await send(laterMessage(asked, askedEverySeconds));
  return { kind: "waits", because: answer.kind === "ok" ? "the command has not ended yet" : answer.error.because };
}
