// What is to be told of a peak's pages: when they are fetched through the CDN, and what became of it.
import { type Prefetching, prefetchAt, prefetchDue } from "../control/index.ts";
import {
  type DurationMs,
  type EpochMs,
  type Finding,
  minuteMs,
  type Prefetched,
  type PrefetchState,
} from "../core/index.ts";
import { minute } from "./words.ts";

const check = "prefetch";
/** Its minute, its second try at the queue, and some. */
const begunMs: DurationMs = 5 * minuteMs;
const byHand = "ask for them by hand: curl -s -o /dev/null URL";

export function checkPrefetch(peak: Prefetching, state: PrefetchState, now: EpochMs): Finding {
  switch (state.kind) {
    case "not-begun":
      return ahead(peak, now);
    case "begun":
      if (now < state.at + begunMs) return { level: "ok", check, found: `begun at ${minute(state.at)}` };
      return { level: "warning", check, found: `begun at ${minute(state.at)}, and its end is not known`, toDo: byHand };
    case "done":
      return ended(state);
  }
}

function ahead(peak: Prefetching, now: EpochMs): Finding {
  const pages = counted(peak.prefetch.urls.length);
  const at = minute(prefetchAt(peak));
  switch (prefetchDue(peak, now)) {
    case "ahead":
    case "soon":
      return { level: "ok", check, found: `${pages} will be fetched through the CDN at ${at}` };
    case "due":
      return {
        level: "warning",
        check,
        found: `${pages} due at ${at}, and nobody has begun`,
        toDo: `wait for the clock, which comes hourly, or ${byHand}`,
      };
    case "late":
      return { level: "warning", check, found: `${pages} not fetched in time`, toDo: byHand };
  }
}

function ended({ at, result }: Extract<PrefetchState, { readonly kind: "done" }>): Finding {
  const found = `at ${minute(at)} ${inWords(result)}`;
  if (result.trouble === "") return { level: "ok", check, found };
  return {
    level: "warning",
    check,
    found: `${found}; first trouble: ${result.trouble}`,
    toDo: `mend it, then ${byHand}`,
  };
}

function inWords({ urls, answered, hitRatio, p95Ms, durationMs }: Prefetched): string {
  const pages = answered === urls ? `${counted(urls)} answered` : `${answered} of ${counted(urls)} answered`;
  const p95 = p95Ms === "none" ? "" : `, p95 ${p95Ms} ms`;
  const hits =
    hitRatio === "none"
      ? ", no answer says whether a cache had it"
      : `, ${Math.round(100 * hitRatio)} % were in a cache before`;
  return `${pages} within ${Math.max(1, Math.ceil(durationMs / 1_000))} s${p95}${answered === 0 ? "" : hits}`;
}

const counted = (urls: number): string => (urls === 1 ? "1 page" : `${urls} pages`);
