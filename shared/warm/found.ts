// What to ask for: the policy's list, or what the instance's own sitemap names.
import type { WarmHttp } from "../policy/index.ts";
import type { Exchange } from "./answer.ts";
import type { Link } from "./exchange.ts";
import type { Limits } from "./job.ts";
import { hostIn } from "./redirect.ts";
import { emptyScan, pathsOf, type Scan, scanned } from "./sitemap.ts";
import { unzipping } from "./unzip.ts";

export interface Found {
  readonly paths: readonly string[];
  /** How many requests it took. */
  readonly requests: number;
  /** "" where nothing went wrong. */
  readonly trouble: string;
  /** Whether asking again may help: the instance may not be up yet. */
  readonly again: "worth-it" | "in-vain";
}

export interface Looking {
  readonly link: Link;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

export async function pathsFor({ from, headers }: Pick<WarmHttp, "from" | "headers">, at: Looking): Promise<Found> {
  if (from.kind === "paths") return { paths: from.paths, requests: 0, trouble: "", again: "in-vain" };
  const first = await sitemapAt(from.path, at);
  if (first.trouble !== "none") return { paths: [], requests: 1, ...first.trouble };
  const { isIndex, locations } = first.scan;
  const host = hostIn(headers);
  if (!isIndex) return found(pathsOf(locations, host, at.limits.pathsMax), 1, from.path);
  const paths = new Set<string>();
  const maps = pathsOf(locations, host, at.limits.sitemapsMax);
  for (const map of maps) {
    const { scan } = await sitemapAt(map, at);
    for (const path of pathsOf(scan.locations, host, at.limits.pathsMax - paths.size)) paths.add(path);
    if (paths.size >= at.limits.pathsMax) break;
  }
  return found([...paths], 1 + maps.length, from.path);
}

const found = (paths: readonly string[], requests: number, sitemap: string): Found => ({
  paths,
  requests,
  trouble: paths.length === 0 ? `${sitemap} names no page of this site` : "",
  again: "in-vain",
});

interface Read {
  readonly scan: Scan;
  readonly trouble: "none" | Pick<Found, "trouble" | "again">;
}

/** Plain or gzipped. The bound is on what comes and on what is in it: either may be without end. */
async function sitemapAt(path: string, { link, limits, signal }: Looking): Promise<Read> {
  const text = new TextDecoder();
  let scan = emptyScan;
  let [came, bytes] = [0, 0];
  const unzip = unzipping((piece) => {
    bytes += piece.length;
    scan = scanned(scan, text.decode(piece, { stream: true }), limits.pathsMax);
    return scan.locations.length >= limits.pathsMax || bytes > limits.sitemapBytesMax ? "enough" : "more";
  });
  const exchange = await link.exchange(path, {
    signal,
    sink: (piece) => {
      came += piece.length;
      return came > limits.sitemapBytesMax ? "enough" : unzip.take(piece);
    },
  });
  const broken = await unzip.end();
  const trouble = troubleIn(exchange, path);
  // What was left off by its bound is broken off by us.
  const isOurs = Math.max(came, bytes) > limits.sitemapBytesMax || scan.locations.length > 0;
  if (trouble !== "none" || broken === "none" || isOurs) return { scan, trouble };
  return { scan, trouble: { trouble: `${path} ${broken}`, again: "in-vain" } };
}

function troubleIn(exchange: Exchange, path: string): Read["trouble"] {
  if (exchange.kind !== "answered")
    return { trouble: `${path} ${exchange.because}`, again: exchange.kind === "astray" ? "in-vain" : "worth-it" };
  if (exchange.status < 400) return "none";
  return { trouble: `${path} answered ${exchange.status}`, again: exchange.status >= 500 ? "worth-it" : "in-vain" };
}
