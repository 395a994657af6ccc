// What travels about a warm-up: the wish that one begin; and, as Lambda writes it to a destination, how one has ended.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
import type { Message, WarmOrder } from "../aws/index.ts";
import type { EpochMs } from "../core/index.ts";
import type { WarmEnd, WarmResult, WarmVerdict } from "../engine/index.ts";

export interface WarmStart extends WarmOrder {
  readonly kind: "start";
  readonly fleet: string;
  /** When it was first tried; `now` where it has not been yet. */
  readonly since: EpochMs | "now";
}
/** To be asked after: a command that the instance runs, and tells nobody of. */
export interface WarmCommanded {
  readonly kind: "commanded";
  readonly fleet: string;
  readonly instance: string;
  /** When to give up. */
  readonly until: EpochMs;
  /** SSM's id of it. */
  readonly command: string;
}
export interface WarmEnded {
  readonly kind: "ended";
  readonly fleet: string;
  readonly instance: string;
  /** At which time it is told. */
  stateAt(at: EpochMs): WarmEnd;
}

export const warmMessage = (fleet: string, { instance, generation }: WarmOrder): Message => ({
  about: instance,
  body: JSON.stringify({ fleet, instance, generation }),
  delaySeconds: 0,
});

/** A wish, or a question, that is to come back a while later. */
export const laterMessage = (
  { kind, ...said }: (WarmStart & { readonly since: EpochMs }) | WarmCommanded,
  delaySeconds: number,
): Message => ({ about: said.instance, body: JSON.stringify(said), delaySeconds });

/** Throws an Error that quotes the message when it is none of them. */
export function parseWarmMessage(message: string): WarmStart | WarmCommanded | WarmEnded {
  const said = objectIn(message);
  const { requestContext, requestPayload, responsePayload } = said;
  if (requestContext === undefined) return { ...namedIn(said, message), ...wishIn(said) };
  const { condition } = Object(requestContext);
  const named = namedIn(Object(requestPayload), message);
  if (condition === "Success") return { kind: "ended", ...named, stateAt: (at) => stateOf(responsePayload, at) };
  const { errorMessage } = Object(responsePayload);
  const because = `the warmer itself failed: ${text(errorMessage) || text(condition)}`;
  return { kind: "ended", ...named, stateAt: (at) => ({ kind: "failed", at, because }) };
}

type Wish = Pick<WarmStart, "kind" | "since" | "generation"> | Pick<WarmCommanded, "kind" | "until" | "command">;

function wishIn({ since, until, command, generation: asked }: Fields): Wish {
  if (typeof command === "string" && typeof until === "number") return { kind: "commanded", until, command };
  const generation = Number.isInteger(asked) ? Number(asked) : "unknown";
  return { kind: "start", since: typeof since === "number" ? since : "now", generation };
}

function namedIn({ fleet, instance }: Fields, message: string): { readonly fleet: string; readonly instance: string } {
  const isNamed = typeof fleet === "string" && fleet !== "" && typeof instance === "string";
  if (isNamed && /^i-[0-9a-f]{1,40}$/.test(instance)) return { fleet, instance };
  throw new Error(`this message names no instance of a fleet: ${message.slice(0, quotedMax)}`);
}

type Fields = Readonly<Record<string, unknown>>;
function objectIn(message: string): Fields {
  try {
    return Object(JSON.parse(message));
  } catch {
    return {};
  }
}

/** Other people's words are cut: a row of the log holds them. */
const quotedMax = 200;
const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, quotedMax) : "");

/** What a warm-up on the instance has printed. */
export function printedState(output: string, at: EpochMs): WarmEnd {
  const result = objectIn(output);
  if (isResult(result)) return stateOf(result, at);
  return { kind: "failed", at, because: `the instance printed no result: ${text(output.trim())}` };
}

/** A hook need not say anything; it may say `{ "warm": false, "because": … }`, or what our own warmer says. */
function stateOf(response: unknown, at: EpochMs): WarmEnd {
  if (isResult(response)) {
    const result = known(response);
    const { verdict, trouble } = result;
    if (isWarm(verdict)) return { kind: "done", at, result };
    return { kind: "failed", at, because: [verdict, trouble].filter(Boolean).join(": "), result };
  }
  const { warm, because } = Object(response);
  return warm === false ? { kind: "failed", at, because: text(because) || "the hook says so" } : { kind: "done", at };
}

/** Whatever else a hook returns would stand in every row until its instance serves. */
function known(response: WarmResult): WarmResult {
  const { verdict, requests, firstP95Ms, lastP95Ms, hitRatio, durationMs, trouble } = response;
  return { verdict, requests, firstP95Ms, lastP95Ms, hitRatio, durationMs, trouble };
}

const isWarm = (verdict: WarmVerdict): boolean => verdict === "under-bound" || verdict === "stopped-falling";
const verdicts: ReadonlySet<unknown> = new Set<WarmVerdict>([
  ...(["under-bound", "stopped-falling", "time-up", "requests-spent", "no-paths", "address-refused"] as const),
]);

function isResult(response: unknown): response is WarmResult {
  const { verdict, requests, firstP95Ms, lastP95Ms, hitRatio, durationMs, trouble } = Object(response);
  const isFigure = (value: unknown): boolean => value === "none" || Number.isFinite(value);
  return (
    verdicts.has(verdict) &&
    Number.isFinite(requests) &&
    Number.isFinite(durationMs) &&
    [firstP95Ms, lastP95Ms, hitRatio].every(isFigure) &&
    typeof trouble === "string" &&
    trouble.length <= troubleMax
  );
}
const troubleMax = 2_000;
