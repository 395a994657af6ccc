// Which pages a site's users ask for most, out of the access logs of its load balancer, and nothing of who asked.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-syntax

export interface Requested {
  readonly path: string;
  readonly targetGroup: string | "none";
}

/** type time elb client target, three times, two statuses, two sizes, "request" "user agent" cipher protocol group … */
const entry =
  /^(?:https?|h2) (?:\S+ ){7}(\d{3}|-) \S+ \S+ \S+ "(\S+) (\S+) [^"]*"(?: "(?:[^"\\]|\\.)*" \S+ \S+ (\S+))?/;

/** The page of one line: one that was asked for by GET or HEAD, and answered well. None for any other line. */
export function requestedIn(line: string): Requested | "none" {
  const [, status = "", method = "", url = "", group = "-"] = entry.exec(line) ?? [];
  if (!/^2/.test(status) || (method !== "GET" && method !== "HEAD")) return "none";
  const path = plainPath(url);
  return path === "none" ? "none" : { path, targetGroup: group === "-" ? "none" : group };
}

/** As long as a policy's may be. */
const pathMax = 1_024;

/** The path without what is one user's own; none where its very path looks like a secret. */
export function plainPath(url: string): string | "none" {
  if (!URL.canParse(url)) return "none";
  const { pathname, search } = new URL(url);
  if (pathname.split("/").some((part) => isTokenLike(part))) return "none";
  const kept = search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && !isPrivate(pair));
  const path = kept.length === 0 ? pathname : `${pathname}?${kept.join("&")}`;
  return path.length <= pathMax && /^\/[\x21-\x7e]*$/.test(path) ? path : "none";
}

const privateNames =
  /token|session|^s?id$|^sid|auth|^key$|api.?key|secret|sign|^sig$|pass|^code$|state|nonce|mail|phone|user|^utm_|clid$|^_ga/i;

function isPrivate(pair: string): boolean {
  const [name = "", ...value] = pair.split("=");
  return privateNames.test(name) || isTokenLike(value.join("="));
}

/** A JWT, a UUID, a hash, an address, a long number, or a long run of letters and digits that is no words. */
function isTokenLike(written: string): boolean {
  const text = readable(written);
  if (/@|^eyJ/.test(text) || /\d{9,}/.test(text)) return true;
  if (/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i.test(text)) return true;
  return (
    text.split(/[-_.~ +,/]/).some((word) => word.length >= 16 && /\d/.test(word) && /[a-z]/i.test(word)) ||
    /^[0-9a-f]{16,}$/i.test(text)
  );
}

function readable(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

export interface Tally {
  readonly counts: Map<string, number>;
  /** Requests for paths that found no room any more. */
  overflow: number;
}
/** Enough to tell the hot ones from the rest, and little memory. */
const distinctMax = 200_000;

/** Counts into `tally`, which a log of millions of lines is not to copy. */
export function count(tally: Tally, path: string): void {
  const known = tally.counts.get(path);
  if (known === undefined && tally.counts.size >= distinctMax) tally.overflow++;
  else tally.counts.set(path, (known ?? 0) + 1);
}

/** The most requested first; of two alike the first by name. */
export const hottest = ({ counts }: Tally, top: number): readonly (readonly [path: string, count: number])[] =>
  [...counts].sort(([a, few], [b, many]) => many - few || (a < b ? -1 : 1)).slice(0, top);
