// What a policy wants an instance to go through before it serves.
import type { DurationMs } from "../core/index.ts";

export type Warm = { readonly kind: "none" } | WarmHttp | WarmHook;

interface WarmEnd {
  readonly timeoutMs: DurationMs;
  readonly onFailure: "serve" | "replace";
}
/** By requests to the instance itself. */
export interface WarmHttp extends WarmEnd {
  readonly kind: "http";
  /** Who asks: our function in the VPC, or the instance itself, told by Systems Manager. */
  readonly by: "function" | "ssm";
  readonly from:
    | { readonly kind: "paths"; readonly paths: readonly string[] }
    /** On the instance itself. */
    | { readonly kind: "sitemap"; readonly path: string };
  /** Warm is an instance whose p95 of its last `untilCount` answers is no higher, or falls no more. */
  readonly untilP95Ms: DurationMs;
  readonly untilCount: number;
  /** Requests at a time. */
  readonly concurrency: number;
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
  /** In small letters: where an answer says that a cache had it. */
  readonly cacheHeader: string | "none";
}
/** By a Lambda function of the operator's own. */
export interface WarmHook extends WarmEnd {
  readonly kind: "hook";
  readonly functionArn: string;
}
