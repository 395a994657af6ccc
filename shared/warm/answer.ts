// What an answer is worth to a warm-up.
import type { DurationMs } from "../core/index.ts";

export type Answer =
  | { readonly kind: "good"; readonly ms: DurationMs; readonly cache: "hit" | "other" | "untold" }
  /** The instance did not manage; it may yet. */
  | { readonly kind: "bad"; readonly because: string }
  /** No instance will manage, or none should: this path is asked for no more. */
  | { readonly kind: "useless"; readonly because: string }
  /** There is nobody to answer yet. */
  | { readonly kind: "not-listening"; readonly because: string };

/** How one exchange over HTTP ended. */
export type Exchange =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
      /** Whether the body came to its end, or was left off: too long, or enough. */
      readonly body: "ended" | "left-off";
    }
  | { readonly kind: "not-listening" | "broken"; readonly because: string }
  /** A redirect to where nobody follows. */
  | { readonly kind: "astray"; readonly because: string };

/** Too Many Requests and Request Timeout are the instance's state, not the path's. */
const passing: ReadonlySet<number> = new Set([408, 425, 429]);

/** `ms` from asking to the body's end. */
export function answerOf(exchange: Exchange, { ms, cacheHeader }: { ms: DurationMs; cacheHeader: string }): Answer {
  switch (exchange.kind) {
    case "not-listening":
      return { kind: "not-listening", because: exchange.because };
    case "broken":
      return { kind: "bad", because: exchange.because };
    case "astray":
      return { kind: "useless", because: exchange.because };
    case "answered":
      if (exchange.status >= 500 || passing.has(exchange.status))
        return { kind: "bad", because: told(exchange.status) };
      if (exchange.status >= 400) return { kind: "useless", because: told(exchange.status) };
      if (exchange.body === "left-off") return { kind: "useless", because: "answered with a body that is too long" };
      return { kind: "good", ms, cache: cacheIn(exchange.headers[cacheHeader]) };
  }
}

const told = (status: number): string => `answered ${status}`;

function cacheIn(header: string | readonly string[] | undefined): "hit" | "other" | "untold" {
  if (header === undefined) return "untold";
  return isHit(header) ? "hit" : "other";
}

/** As CloudFront, Varnish, Fastly, Cloudflare and RFC 9211 write it: `Hit from cloudfront`, `HIT`, `ExampleCache; hit`. */
export const isHit = (header: string | readonly string[]): boolean => /\bhit\b/i.test(String(header));
