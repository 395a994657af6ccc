// What travels about a warm-up: the wish that one begin; and, as Lambda writes it to a destination, how one has ended.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
import type { Message, Warmed } from "../aws/index.ts";
import type { EpochMs } from "../core/index.ts";
import type { WarmResult, WarmVerdict } from "../engine/index.ts";

export interface WarmStart {
  readonly kind: "start";
  readonly fleet: string;
  readonly instance: string;
}
export interface WarmEnded {
  readonly kind: "ended";
  readonly fleet: string;
  readonly instance: string;
  /** At which time it is told. */
  stateAt(at: EpochMs): Warmed["state"];
}

export const warmMessage = (fleet: string, instance: string): Message => ({
  about: instance,
  body: JSON.stringify({ fleet, instance }),
  delaySeconds: 0,
});

/** Throws an Error that quotes the message when it is neither. */
export function parseWarmMessage(message: string): WarmStart | WarmEnded {
  const said = objectIn(message);
  const { requestContext, requestPayload, responsePayload } = said;
  if (requestContext === undefined) return { kind: "start", ...namedIn(said, message) };
  const { condition } = Object(requestContext);
  const named = namedIn(Object(requestPayload), message);
  if (condition === "Success") return { kind: "ended", ...named, stateAt: (at) => stateOf(responsePayload, at) };
  const { errorMessage } = Object(responsePayload);
  const because = `the warmer itself failed: ${text(errorMessage) || text(condition)}`;
  return { kind: "ended", ...named, stateAt: (at) => ({ kind: "failed", at, because }) };
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

/** A hook need not say anything; it may say `{ "warm": false, "because": … }`, or what our own warmer says. */
function stateOf(response: unknown, at: EpochMs): Warmed["state"] {
  if (isResult(response)) {
    const { verdict, trouble } = response;
    if (isWarm(verdict)) return { kind: "done", at, result: response };
    return { kind: "failed", at, because: [verdict, trouble].filter(Boolean).join(": "), result: response };
  }
  const { warm, because } = Object(response);
  return warm === false ? { kind: "failed", at, because: text(because) || "the hook says so" } : { kind: "done", at };
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
