// One URL by its public name, redirects followed while they stay on its host. A name is resolved before a socket opens, and the
// socket goes to the very addresses that were looked at: what a name means may change between two askings.
import { Agent as HttpAgent, request as overHttp } from "node:http";
import { Agent as HttpsAgent, request as overHttps } from "node:https";
import type { LookupFunction } from "node:net";
import type { Exchange } from "./answer.ts";
import { failed, read, type Sink } from "./exchange.ts";
import { isRedirect } from "./redirect.ts";

export interface Address {
  readonly address: string;
  readonly family: number;
}
export interface FetchWays {
  /** Every address of a name. Throws where it has none. */
  resolve(host: string): Promise<readonly Address[]>;
  /** As in address.ts; tests alone have another. */
  refusalOf(address: string): string | "none";
  readonly redirectsMax: number;
}

export interface Fetching {
  /** Ends at the latest when `signal` does. */
  fetch(url: string, asked: { readonly sink: Sink; readonly signal: AbortSignal }): Promise<Exchange>;
  close(): void;
}

/** As browsers ask: a CDN keeps what is compressed apart from what is not. */
const headers = { "user-agent": "tidegate-prefetch", accept: "*/*", "accept-encoding": "gzip, deflate, br" };

export function openFetching(ways: FetchWays, socketsMax: number): Fetching {
  const pool = { keepAlive: true, maxSockets: socketsMax };
  const agents = { http: new HttpAgent(pool), https: new HttpsAgent(pool) };
  const known = new Map<string, Promise<Where>>();
  const whereIs = (host: string): Promise<Where> => {
    const where = known.get(host) ?? lookedUp(host, ways);
    known.set(host, where);
    return where;
  };
  const once = async (url: URL, sink: Sink, signal: AbortSignal): Promise<Exchange> => {
    if (signal.aborted) return { kind: "broken", because: "was not asked for: the time was up" };
    const where = await Promise.race([whereIs(url.hostname), whenAborted(signal)]);
    if (where.kind !== "there") return where;
    const isTls = url.protocol === "https:";
    const options = { agent: isTls ? agents.https : agents.http, headers, lookup: where.lookup, signal };
    return await new Promise((resolve) => {
      let hasBegun = false;
      const asked = (isTls ? overHttps : overHttp)(url, options, (response) => {
        hasBegun = true;
        void read(response, sink, signal).then(resolve);
      });
      asked.on("error", (thrown) => hasBegun || resolve(failed(thrown, signal)));
      asked.end();
    });
  };
  return {
    fetch: async (first, { sink, signal }) => {
      let url = new URL(first);
      for (let hop = 0; hop <= ways.redirectsMax; hop++) {
        const ended = await once(url, sink, signal);
        if (ended.kind !== "answered" || !isRedirect(ended.status)) return ended;
        const next = nextOf(String(ended.headers.location ?? ""), url);
        if (next === "elsewhere") return { kind: "astray", because: `redirects to ${ended.headers.location}` };
        url = next;
      }
      return { kind: "astray", because: `redirects more than ${ways.redirectsMax} times` };
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

type Where =
  | { readonly kind: "there"; readonly lookup: LookupFunction }
  | Extract<Exchange, { readonly kind: "astray" | "broken" | "not-listening" }>;

/** A resolver may take longer than anybody waits. */
const whenAborted = (signal: AbortSignal): Promise<Where> =>
  new Promise((resolve) => {
    const late = { kind: "broken", because: "has no address in time" } as const;
    signal.addEventListener("abort", () => resolve(late), { once: true });
  });

/** One address that is refused refuses the name: nobody says which of them would be taken. */
async function lookedUp(host: string, { resolve, refusalOf }: FetchWays): Promise<Where> {
  try {
    const addresses = await resolve(host);
    const refusal = addresses.map(({ address }) => refusalOf(address)).find((one) => one !== "none");
    if (refusal !== undefined) return { kind: "astray", because: `is not asked: ${refusal}` };
    return { kind: "there", lookup: answering(addresses) };
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    return { kind: "broken", because: `has no address (${code ?? message})` };
  }
}

const answering =
  (addresses: readonly Address[]): LookupFunction =>
  (_host, { all }, answer) => {
    const [first] = addresses;
    if (all) answer(null, [...addresses]);
    else answer(first ? null : new Error("no address"), first?.address ?? "", first?.family ?? 0);
  };

/** On the same host, and from http to https; to another name, or another port, never. */
function nextOf(location: string, from: URL): URL | "elsewhere" {
  if (!URL.canParse(location, from.href)) return "elsewhere";
  const next = new URL(location, from);
  const isSecured = next.protocol === "https:" && next.port === "" && next.hostname === from.hostname;
  return next.origin === from.origin || isSecured ? next : "elsewhere";
}
