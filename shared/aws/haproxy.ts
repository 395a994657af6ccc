// HAProxy as evaluate has it: its backend as a group of targets, asked by way of the function in its VPC.
import type { SQSClient } from "@aws-sdk/client-sqs";
import { SignatureV4 } from "@smithy/signature-v4";
import { assert } from "../core/index.ts";
import type { Action, Instance, Outcome, TargetState } from "../engine/index.ts";
import { type Address, type Answer, isAt, type Order } from "../haproxy/index.ts";
import type { HaproxyBackend } from "../policy/index.ts";
import type { BareInstance } from "./ec2.ts";
import { call, type Lease, type SendOptions, unsuccessful } from "./lease.ts";
import type { TargetGroup } from "./loadBalancer.ts";
import { done, GroupRefused, refused } from "./outcomes.ts";

/** Resolves to what the function answers. Throws, as an SDK client does, what keeps it from answering. */
export type AskHaproxy = (order: Order, options: Partial<SendOptions>) => Promise<Answer>;

/** What to do about it. */
export const noHaproxyFunction =
  "this deployment has no function that speaks to HAProxy: deploy with --param haproxySubnets=… --param haproxySecurityGroups=… (docs/haproxy.md)";

export const askNobody: AskHaproxy = () => Promise.reject(new GroupRefused(noHaproxyFunction));

/** Where Lambda is called, and with whose credentials: those of a client that is there anyway. */
export interface LambdaAt {
  readonly url: string;
  readonly client: SQSClient;
  readonly functionName: string;
}

/** Whoever answers an order has had each HAProxy answer, which it waits for two seconds at most. */
const answerMaxMs = 10_000;

/**
 * Lambda's Invoke, signed by the SDK's own signer: its whole client would make evaluate's zip 4.4 kB larger, the signer is there anyway.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export const askByLambda =
  ({ url, client, functionName }: LambdaAt): AskHaproxy =>
  async (order, { abortSignal }) => {
    const { credentials, sha256 } = client.config;
    const signer = new SignatureV4({ credentials, sha256, region: await client.config.region(), service: "lambda" });
    const { protocol, hostname, host } = new URL(url);
    const path = `/2015-03-31/functions/${functionName}/invocations`;
    const body = JSON.stringify(order);
    const signed = await signer.sign({ method: "POST", protocol, hostname, path, headers: { host }, body });
    const signal = AbortSignal.any([AbortSignal.timeout(answerMaxMs), ...(abortSignal ? [abortSignal] : [])]);
    return answerIn(await sent(`${url}${path}`, { method: "POST", headers: signed.headers, body, signal }));
  };

interface Sent {
  readonly response: Response;
  readonly said: string;
}

/** What the network does `fetch` throws as something else, with its reason inside. Whether the call took effect is not known then. */
async function sent(url: string, request: RequestInit): Promise<Sent> {
  try {
    const response = await fetch(url, request);
    return { response, said: await response.text() };
  } catch (thrown) {
    const { name, message, cause } = Object(thrown);
    const isGivenUp = name === "TimeoutError" || name === "AbortError";
    throw Object.assign(new Error(cause?.message ?? message), { name: isGivenUp ? name : "NetworkingError" });
  }
}

function answerIn({ response, said }: Sent): Answer {
  const code = response.headers.get("x-amzn-errortype")?.split(":")[0] || undefined;
  const failed = response.headers.has("x-amz-function-error") ? "FunctionError" : code;
  if (response.ok && failed === undefined) return JSON.parse(said);
  const $metadata = { httpStatusCode: response.ok ? 502 : response.status };
  throw Object.assign(new Error(messageIn(said)), { name: failed ?? "LambdaError", $metadata });
}

const quotedMax = 300;
/** Of Lambda, or of the function; or what came between, which need not be JSON. */
function messageIn(said: string): string {
  const found = /"(?:errorMessage|[mM]essage|Reason)":"((?:[^"\\]|\\.)*)"/.exec(said)?.[1];
  return (found ?? said).slice(0, quotedMax);
}

/** It needs no looking up: the policy says it all. */
export const haproxyGroup = (
  { fleet, targetGroup }: { readonly fleet: string; readonly targetGroup: HaproxyBackend },
  stage: string,
): TargetGroup => ({
  name: targetGroup.backend,
  arn: "",
  dimension: "",
  loadBalancer: { kind: "haproxy", backend: targetGroup, dimensions: { Stage: stage, Fleet: fleet } },
  deregistrationDelayMs: 0,
  claimedBy: "",
});

export interface Seen {
  readonly stateOf: (instance: BareInstance) => TargetState;
  /** Healthy ones that are no instances of the fleet's. */
  readonly foreignCount: number;
}

/** Throws what asking throws, and GroupRefused where HAProxy did not answer. */
export async function seeHaproxy(
  ask: AskHaproxy,
  backend: HaproxyBackend,
  { instances, known }: { readonly instances: readonly BareInstance[]; readonly known: readonly string[] },
): Promise<Seen> {
  const living = instances.flatMap((instance) => addressOf(backend, instance));
  const answer = await ask({ ...backend, do: { kind: "read", living } }, {});
  if (answer.kind === "error") throw new GroupRefused(answer.because);
  assert(answer.kind === "read", "whoever asks for a reading is answered with one");
  const at = (address: Address) => answer.targets.find((target) => isAt(target, address))?.state;
  const own = new Set([...known, ...living.map(({ host }) => host)]);
  return {
    stateOf: (instance) => addressOf(backend, instance).map(at)[0] ?? { kind: "unregistered" },
    foreignCount: answer.targets.filter(({ state, address }) => state.kind === "healthy" && !own.has(address.host))
      .length,
  };
}

/** None before EC2 has given it one. */
const addressOf = ({ port }: HaproxyBackend, { address = "" }: Pick<Instance, "address">): readonly Address[] =>
  address === "" ? [] : [{ host: address, port }];

type OnInstance = Exclude<Action, { kind: "launch" }>;
export interface HaproxyHands {
  readonly ask: AskHaproxy;
  readonly lease: Lease;
  readonly backend: HaproxyBackend;
  /** Of the row's snapshot. */
  readonly instances: readonly Instance[];
}

/** All in one call; each has its own end. What has no address was never registered. */
export async function changeHaproxy(
  { ask, lease, backend, instances }: HaproxyHands,
  kind: "register" | "deregister" | "release",
  actions: readonly OnInstance[],
): Promise<readonly Outcome[]> {
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const placed = actions.map((action) => ({ action, at: addressOf(backend, byId.get(action.instance) ?? {}) }));
  const reached = placed.filter(({ at }) => at.length > 0);
  const without = placed.filter(({ at }) => at.length === 0).map(({ action }) => unplaced(action, kind));
  if (reached.length === 0) return without;
  const targets = reached.flatMap(({ at }) => at);
  const ended = await call(lease, (options) => ask({ ...backend, do: { kind, targets } }, options));
  if (ended.kind !== "answered") return [...without, ...reached.flatMap(({ action }) => unsuccessful(action, ended))];
  const { answer } = ended;
  return [...without, ...reached.map(({ action }, index) => outcomeOf(action, answer, index))];
}

const unplaced = (action: OnInstance, kind: "register" | "deregister" | "release"): Outcome =>
  kind === "register"
    ? refused(action, { kind: "failed", because: `${action.instance} has no address yet` })
    : done(action, action.instance);

function outcomeOf(action: OnInstance, answer: Answer, index: number): Outcome {
  if (answer.kind === "error") return refused(action, { kind: "failed", because: answer.because });
  const end = answer.kind === "done" ? answer.ends[index] : undefined;
  assert(end !== undefined, "each target of an order has its end");
  return end === "done" ? done(action, action.instance) : refused(action, { kind: "failed", because: end.because });
}
