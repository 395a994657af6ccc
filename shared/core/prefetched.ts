// What came of fetching a peak's pages through a CDN: measured where they are fetched, kept beside the log, told by whoever checks.
import type { DurationMs, EpochMs, Ratio } from "./units.ts";

export interface Prefetched {
  readonly urls: number;
  /** With a status below 400, to the end of the body. */
  readonly answered: number;
  /** Of those that say whether a cache had them; none where none does. */
  readonly hitRatio: Ratio | "none";
  /** From asking to the end of the body, of those that answered. */
  readonly p95Ms: DurationMs | "none";
  readonly bytes: number;
  readonly durationMs: DurationMs;
  /** What went wrong first, with its URL; "" where nothing did. */
  readonly trouble: string;
}

/** How far it has come, for one peak at one time. Begun once, whatever becomes of it. */
export type PrefetchState =
  | { readonly kind: "not-begun" }
  | { readonly kind: "begun"; readonly at: EpochMs }
  | { readonly kind: "done"; readonly at: EpochMs; readonly result: Prefetched };
