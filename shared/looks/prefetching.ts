// Peaks' pages through the CDN: asked for when their time is near, and fetched once, whoever asks how often.
import { beginPrefetch, endPrefetch, type Message, type Table } from "../aws/index.ts";
import { type DaysRead, hasPrefetch, prefetchAt, prefetchDue, prefetchKey } from "../control/index.ts";
import type { EpochMs, Prefetched, PrefetchState } from "../core/index.ts";
import { prefetchMessage } from "./prefetchMessage.ts";

export interface PrefetchPort {
  readonly table: Table;
  now(): EpochMs;
  fetch(urls: readonly string[]): Promise<Prefetched>;
  send(message: Message): Promise<void>;
}

/** Asks for those that are due before the clock comes again, and that nobody has begun. Answers with their names. */
export async function askForPrefetches(
  { now, send }: Pick<PrefetchPort, "now" | "send">,
  { fleet, peaks, states }: Planned,
): Promise<readonly string[]> {
  const at = now();
  const wanted = peaks.filter(hasPrefetch).filter((peak) => {
    const due = prefetchDue(peak, at);
    return (due === "soon" || due === "due") && !states.has(prefetchKey(peak));
  });
  for (const peak of wanted) await send(prefetchMessage({ fleet, peak: peak.name }, prefetchAt(peak) - at));
  return wanted.map(({ name }) => name);
}
interface Planned {
  readonly fleet: string;
  readonly peaks: DaysRead["peaks"];
  readonly states: ReadonlyMap<string, PrefetchState>;
}

export type PrefetchStep =
  /** The peak is gone or moved away, or it is too late, or somebody has begun. */
  | { readonly kind: "gone" | "late" | "known" }
  /** Sent again. */
  | { readonly kind: "waiting" }
  | { readonly kind: "done"; readonly result: Prefetched };

/** `peaks` are the fleet's, as they are now. */
export async function prefetchPeak(
  { table, now, fetch, send }: PrefetchPort,
  { fleet, peak: name, peaks }: { readonly fleet: string; readonly peak: string; readonly peaks: DaysRead["peaks"] },
): Promise<PrefetchStep> {
  const peak = peaks.filter(hasPrefetch).find((one) => one.name === name);
  if (peak === undefined) return { kind: "gone" };
  const at = now();
  const due = prefetchDue(peak, at);
  if (due === "ahead") return { kind: "gone" };
  if (due === "late") return { kind: "late" };
  if (due === "soon") {
    await send(prefetchMessage({ fleet, peak: name }, prefetchAt(peak) - at));
    return { kind: "waiting" };
  }
  const key = prefetchKey(peak);
  if ((await beginPrefetch(table, fleet, { key, at })) === "known") return { kind: "known" };
  const result = await fetch(peak.prefetch.urls);
  await endPrefetch(table, fleet, { key, at, result });
  return { kind: "done", result };
}
