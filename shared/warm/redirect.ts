// Whether a redirect stays on the instance. Only its path is ever followed, and always to the same address and port.
import { error, ok, type Result } from "../core/index.ts";
import type { Target } from "./job.ts";

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/** What the instance thinks it is called: by the header that is sent, or by its address. */
export function siteOf({ protocol, address, port }: Target, headers: Readonly<Record<string, string>>): URL {
  const host = hostIn(headers);
  const literal = address.includes(":") ? `[${address}]` : address;
  return new URL(`${protocol}://${host === "none" ? `${literal}:${port}` : host}/`);
}

export const hostIn = (headers: Readonly<Record<string, string>>): string | "none" =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === "host")?.[1] ?? "none";

/** The path that `location` leads to from `path`, or why nobody goes there. */
export function followed(location: string, path: string, site: URL): Result<string, string> {
  const base = new URL(path, site);
  if (!URL.canParse(location, base.href)) return error("redirects to what is no address");
  const { protocol, host, origin, pathname, search } = new URL(location, base);
  if (protocol !== site.protocol || host !== site.host) return error(`redirects to ${origin.slice(0, quotedMax)}`);
  return ok(`${pathname}${search}`);
}
const quotedMax = 200;
