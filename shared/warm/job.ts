// What a warm-up is told: whom to ask, for what, how, and until when. It travels as JSON to where the instance can be reached.
import { type DurationMs, secondMs } from "../core/index.ts";
import type { WarmHttp } from "../policy/index.ts";

export interface Target {
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  readonly protocol: "http" | "https";
}

export interface WarmJob {
  readonly target: Target;
  readonly warm: Omit<WarmHttp, "onFailure">;
}

export interface Limits {
  /** Of one answer; what is longer is no page. */
  readonly bodyBytesMax: number;
  readonly redirectsMax: number;
  /** More paths than these are no hot ones. */
  readonly pathsMax: number;
  readonly requestsMax: number;
  readonly sitemapBytesMax: number;
  /** Sitemaps that one index may lead to. */
  readonly sitemapsMax: number;
  /** Until an answer has ended, redirects included. */
  readonly answerMs: DurationMs;
  /** After an answer that was no good: what does not stand yet is not to be hammered. */
  readonly pauseMs: DurationMs;
}

export const usualLimits: Limits = {
  bodyBytesMax: 10_000_000,
  redirectsMax: 3,
  pathsMax: 1_000,
  requestsMax: 20_000,
  sitemapBytesMax: 20_000_000,
  sitemapsMax: 5,
  answerMs: 10 * secondMs,
  pauseMs: secondMs,
};

/** What warming takes of the world beside the network. */
export interface Ways {
  /** Milliseconds; only differences count. */
  now(): number;
  /** As in address.ts; tests alone have another. */
  refusalOf(address: string): string | "none";
  readonly limits: Limits;
}

/** A bound of a minute leaves slow answers a minute. */
export const answerMsFor = ({ untilP95Ms }: WarmJob["warm"]): DurationMs =>
  Math.max(usualLimits.answerMs, 2 * untilP95Ms);

/** Throws an Error that quotes what came when it is no warm-up. */
export function parseJob(event: unknown): WarmJob {
  const { target, warm } = Object(event);
  const { address, port, protocol } = Object(target);
  const isTarget = typeof address === "string" && Number.isInteger(port) && port >= 1 && port <= 65_535;
  const isKnown = (protocol === "http" || protocol === "https") && Object(warm).kind === "http";
  if (isTarget && isKnown) return { target: { address, port, protocol }, warm };
  throw new Error(`this event asks for no warm-up: ${JSON.stringify(event)?.slice(0, 200)}`);
}
