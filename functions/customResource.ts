// CloudFormation asks a custom resource by an event, and waits until somebody has put an answer to the event's URL: without
// one a deploy hangs for an hour. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
import { setTimeout as wait } from "node:timers/promises";
import { type DurationMs, secondMs } from "../shared/core/index.ts";

export interface ResourceRequest {
  readonly kind: "put" | "delete";
  readonly responseUrl: string;
  /** Given back as they came. */
  readonly ids: { readonly StackId: string; readonly RequestId: string; readonly LogicalResourceId: string };
}

export interface Verdict {
  readonly status: "SUCCESS" | "FAILED";
  /** What an operator reads beside the resource. */
  readonly reason: string;
}

const triesMax = 3;
const tryMs: DurationMs = 5 * secondMs;
/** How long answering may take. */
export const answeringMs: DurationMs = triesMax * tryMs + 5 * secondMs;
/** An answer has at most 4 KiB. The reason stands in it twice, and a character may take three bytes. */
const reasonLengthMax = 500;

/** None when the event is not CloudFormation's. Throws an Error that names what is missing from one that is. */
export function requestOf(event: unknown): ResourceRequest | "none" {
  const { RequestType: type, ResponseURL: responseUrl, StackId, RequestId, LogicalResourceId } = Object(event);
  if (type === undefined) return "none";
  if (type !== "Create" && type !== "Update" && type !== "Delete")
    throw new Error(`unknown RequestType ${JSON.stringify(type)}, expected Create, Update or Delete`);
  const texts = Object.entries({ ResponseURL: responseUrl, StackId, RequestId, LogicalResourceId });
  const missing = texts.filter(([, text]) => typeof text !== "string" || text === "").map(([name]) => name);
  if (missing.length > 0) throw new Error(`a custom resource's event lacks ${missing.join(", ")}`);
  return { kind: type === "Delete" ? "delete" : "put", responseUrl, ids: { StackId, RequestId, LogicalResourceId } };
}

/** `resource` must not change from one request to the next: CloudFormation deletes a resource whose name has changed. */
export async function answer(request: ResourceRequest, resource: string, { status, reason }: Verdict): Promise<void> {
  const told = reason.slice(0, reasonLengthMax);
  const body = { Status: status, Reason: told, PhysicalResourceId: resource, ...request.ids, Data: { Summary: told } };
  // Bytes have no content type of their own: the URL is signed for none.
  const bytes = Buffer.from(JSON.stringify(body));
  const refusals: string[] = [];
  for (let attempt = 0; attempt < triesMax; attempt++) {
    if (attempt > 0) await wait(secondMs);
    const refusal = await put(request.responseUrl, bytes);
    if (refusal === "none") return;
    refusals.push(refusal);
  }
  throw new Error(`CloudFormation's URL took no answer: ${refusals.join("; ")}`);
}

async function put(url: string, body: Uint8Array): Promise<string | "none"> {
  try {
    const { ok, status } = await fetch(url, { method: "PUT", body, signal: AbortSignal.timeout(tryMs) });
    return ok ? "none" : `HTTP ${status}`;
  } catch (thrown) {
    const { message, cause } = thrown as Error;
    return cause instanceof Error ? `${message}: ${cause.message}` : message;
  }
}
