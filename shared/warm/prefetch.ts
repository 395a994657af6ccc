// Fetches a list of URLs once, a few at a time, and drops what comes: what is left of it is in the caches that it came through.
import { lookup } from "node:dns/promises";
import { performance } from "node:perf_hooks";
import { type DurationMs, type Prefetched, secondMs } from "../core/index.ts";
import { answerOf, type Exchange, isHit } from "./answer.ts";
import { type FetchWays, openFetching } from "./fetching.ts";
import { publicRefusalOf } from "./publicAddress.ts";

export interface PrefetchWays extends FetchWays {
  /** Milliseconds; only differences count. */
  now(): number;
  readonly limits: PrefetchLimits;
}
export interface PrefetchLimits {
  readonly atOnce: number;
  /** Of one answer. What is left off there, a CDN may not keep. */
  readonly bodyBytesMax: number;
  /** Of one answer, redirects included. */
  readonly answerMs: DurationMs;
  readonly totalMs: DurationMs;
}

/** As it is deployed. A whole fits into half of the function's time, and a CDN is not to mistake it for an attack. */
export const prefetchWays: PrefetchWays = {
  now: () => performance.now(),
  resolve: (host) => lookup(host, { all: true }),
  refusalOf: publicRefusalOf,
  redirectsMax: 3,
  limits: { atOnce: 4, bodyBytesMax: 50_000_000, answerMs: 15 * secondMs, totalMs: 60 * secondMs },
};

export async function prefetch(urls: readonly string[], ways: PrefetchWays): Promise<Prefetched> {
  const { limits, now } = ways;
  const startedAt = now();
  const fetching = openFetching(ways, limits.atOnce);
  const inTime = AbortSignal.timeout(limits.totalMs);
  const waiting = urls.values();
  const seen: Seen[] = [];
  const fetchSome = async (): Promise<void> => {
    for (const url of waiting) seen.push(await seenOf(url));
  };
  const seenOf = async (url: string): Promise<Seen> => {
    const begunAt = now();
    const signal = AbortSignal.any([inTime, AbortSignal.timeout(limits.answerMs)]);
    let bytes = 0;
    const sink = ({ length }: Uint8Array) => {
      bytes += length;
      return bytes > limits.bodyBytesMax ? ("enough" as const) : ("more" as const);
    };
    const exchange = await fetching.fetch(url, { sink, signal });
    return { url, bytes, exchange, ms: now() - begunAt };
  };
  try {
    await Promise.all(Array.from({ length: limits.atOnce }, fetchSome));
  } finally {
    fetching.close();
  }
  return { ...summed(seen), durationMs: Math.round(now() - startedAt) };
}

interface Seen {
  readonly url: string;
  readonly exchange: Exchange;
  readonly bytes: number;
  readonly ms: DurationMs;
}

function summed(seen: readonly Seen[]): Omit<Prefetched, "durationMs"> {
  const judged = seen.map((one) => ({ ...one, answer: answerOf(one.exchange, { ms: one.ms, cacheHeader: "" }) }));
  const good = judged.filter(({ answer }) => answer.kind === "good");
  const caches = good.map(({ exchange }) => cacheOf(exchange)).filter((cache) => cache !== "untold");
  const times = good.map(({ ms }) => ms).sort((a, b) => a - b);
  const p95 = times[Math.ceil(0.95 * times.length) - 1];
  const first = judged.find(({ answer }) => answer.kind !== "good");
  return {
    urls: seen.length,
    answered: good.length,
    hitRatio: caches.length === 0 ? "none" : caches.filter((cache) => cache === "hit").length / caches.length,
    p95Ms: p95 === undefined ? "none" : Math.max(1, Math.round(p95)),
    bytes: seen.reduce((sum, { bytes }) => sum + bytes, 0),
    trouble: first && first.answer.kind !== "good" ? `${first.url.slice(0, quotedMax)} ${first.answer.because}` : "",
  };
}
const quotedMax = 200;

/** As CloudFront, Cloudflare and RFC 9211 name it; who names nothing tells by an age. */
function cacheOf(exchange: Exchange): "hit" | "other" | "untold" {
  if (exchange.kind !== "answered") return "untold";
  const { "x-cache": cloudFront, "cf-cache-status": cloudflare, "cache-status": standard, age } = exchange.headers;
  const named = cloudFront ?? cloudflare ?? standard;
  if (named !== undefined) return isHit(named) ? "hit" : "other";
  if (age === undefined) return "untold";
  return Number(age) > 0 ? "hit" : "other";
}
