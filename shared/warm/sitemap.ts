// The paths that a sitemap names, as they come in: https://www.sitemaps.org/protocol.html. A scan for <loc> and not a parser: the file
// may be of any size and stops being read when there are enough, and what is never expanded (entities of its own) cannot explode.

export interface Scan {
  /** What of the text so far may still become part of a location. */
  readonly rest: string;
  /** Every location is another sitemap. */
  readonly isIndex: boolean;
  readonly locations: readonly string[];
}
export const emptyScan: Scan = { rest: "", isIndex: false, locations: [] };

/** A location has less than 2,048 characters, and as many again for entities and white space. */
const locationMax = 10_000;

/** With the next piece of the text; no more than `max` locations in all. */
export function scanned(scan: Scan, piece: string, max: number): Scan {
  const text = scan.rest + piece;
  const isIndex = scan.isIndex || /<(?:\w+:)?sitemapindex[\s>]/.test(text);
  const found: string[] = [];
  let end = 0;
  // As the protocol has it: a namespace's prefix, no attributes; `image:loc` and `video:…_loc` are something else.
  for (const match of text.matchAll(/<loc>([^<]{1,10000}|\s*<!\[CDATA\[[^\]]{1,10000}\]\]>\s*)<\/loc>/g)) {
    if (scan.locations.length + found.length >= max) break;
    found.push(plain(match[1] ?? ""));
    end = match.index + match[0].length;
  }
  const rest = text.slice(Math.max(end, text.length - locationMax));
  return { rest, isIndex, locations: [...scan.locations, ...found] };
}

function plain(text: string): string {
  const cdata = /<!\[CDATA\[([^\]]*)\]\]>/.exec(text);
  if (cdata) return (cdata[1] ?? "").trim();
  return text.trim().replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? "");
}
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * The paths of the locations that are of one site: of `host`, the name that requests are sent with, or else of the first location.
 * Only the path counts; the instance itself is asked for it.
 */
export function pathsOf(locations: readonly string[], host: string | "none", max: number): readonly string[] {
  const urls = locations.flatMap((location) => urlIn(location));
  const site = host === "none" ? urls[0]?.hostname : host.replace(/:\d+$/, "").toLowerCase();
  const paths = urls.filter(({ hostname }) => hostname === site).map(({ pathname, search }) => `${pathname}${search}`);
  return [...new Set(paths)].slice(0, max);
}

function urlIn(location: string): readonly URL[] {
  const url = URL.canParse(location) ? new URL(location) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? [url] : [];
}
