// One exchange over HTTP with the instance, redirects followed while they stay on it. Node's own client, since an agent that is told
// an address connects to that address and to nothing else.
import { Agent as HttpAgent, type IncomingMessage, request as overHttp, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as overHttps } from "node:https";
import { isIP } from "node:net";
import type { Exchange } from "./answer.ts";
import type { Limits, Target, WarmJob } from "./job.ts";
import { followed, hostIn, isRedirect, siteOf } from "./redirect.ts";

/** Takes each piece of a body; `enough` leaves the rest off. The next comes when this one is dealt with. */
export type Sink = (piece: Uint8Array) => Wanted | Promise<Wanted>;
export type Wanted = "more" | "enough";

export interface Link {
  /** Ends at the latest when `signal` does, or after `limits.answerMs`. */
  exchange(path: string, asked: { readonly sink: Sink; readonly signal: AbortSignal }): Promise<Exchange>;
  close(): void;
}

export function openLink({ target, warm }: WarmJob, limits: Limits): Link {
  const agent = agentFor(target, warm.concurrency);
  const site = siteOf(target, warm.headers);
  const host = hostIn(warm.headers).replace(/:\d+$/, "");
  const options: RequestOptions = {
    agent,
    host: target.address,
    port: target.port,
    method: warm.method,
    headers: { "user-agent": "tidegate-warm-up", accept: "*/*", ...warm.headers },
    // The load balancer, too, takes whatever certificate a target shows: it is the VPC that says who answers there.
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
    ...(target.protocol === "https" ? { rejectUnauthorized: false } : {}),
    ...(host === "none" || isIP(host) !== 0 ? {} : { servername: host }),
  };
  const send = target.protocol === "https" ? overHttps : overHttp;
  const once = (path: string, sink: Sink, signal: AbortSignal): Promise<Exchange> =>
    new Promise((resolve) => {
      let hasBegun = false;
      const asked = send({ ...options, path, signal }, (response) => {
        hasBegun = true;
        if (warm.method === "HEAD" && mayStayOpen(response)) asked.shouldKeepAlive = true;
        void read(response, sink, signal).then(resolve);
      });
      // An answer that has begun tells its own end.
      asked.on("error", (thrown: NodeJS.ErrnoException) => hasBegun || resolve(failed(thrown, signal)));
      asked.end();
    });
  return {
    exchange: async (first, { sink, signal }) => {
      const within = AbortSignal.any([signal, AbortSignal.timeout(limits.answerMs)]);
      let path = first;
      for (let hop = 0; hop <= limits.redirectsMax; hop++) {
        const ended = await once(path, sink, within);
        if (ended.kind !== "answered" || !isRedirect(ended.status)) return ended;
        const next = followed(String(ended.headers.location ?? ""), path, site);
        if (next.kind === "error") return { kind: "astray", because: next.error };
        path = next.value;
      }
      return { kind: "astray", because: `redirects more than ${limits.redirectsMax} times` };
    },
    close: () => agent.destroy(),
  };
}

const agentFor = ({ protocol }: Target, maxSockets: number): HttpAgent =>
  new (protocol === "https" ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets });

/**
 * An answer that says no length lasts until its connection closes, which is why Node's client closes it; but what answers a HEAD has no
 * body. https://www.rfc-editor.org/rfc/rfc9112#name-message-body-length
 */
const mayStayOpen = ({ httpVersion, headers: { connection = "" } }: IncomingMessage): boolean =>
  httpVersion === "1.1" && !/\bclose\b/i.test(connection);

/** A redirect's body is nothing that anybody asked for. */
export async function read(response: IncomingMessage, sink: Sink, signal: AbortSignal): Promise<Exchange> {
  const { statusCode: status = 0, headers } = response;
  const isWanted = !isRedirect(status);
  let body: "ended" | "left-off" = "ended";
  try {
    for await (const piece of response) {
      if (isWanted && (await sink(piece)) === "more") continue;
      body = "left-off";
      break;
    }
    return { kind: "answered", status, headers, body };
  } catch (thrown) {
    if (signal.aborted) return { kind: "broken", because: "did not end its answer in time" };
    return { kind: "broken", because: `broke off its answer (${(thrown as NodeJS.ErrnoException).code ?? "aborted"})` };
  }
}

const unlistened: ReadonlySet<string> = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"]);

export function failed({ code = "", message }: NodeJS.ErrnoException, signal: AbortSignal): Exchange {
  if (signal.aborted) return { kind: "broken", because: "gave no answer in time" };
  if (unlistened.has(code)) return { kind: "not-listening", because: `found nobody listening (${code})` };
  return { kind: "broken", because: `broke off (${code === "" ? message.slice(0, 100) : code})` };
}
