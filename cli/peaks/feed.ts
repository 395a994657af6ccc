// A calendar's text: out of a file, or from where it is published.
import { CliError } from "../failure.ts";
import { readOrFail } from "../files.ts";

export interface FeedLimits {
  /** For all of it. */
  readonly timeoutMs: number;
  readonly bytesMax: number;
}
/** Ten thousand events are 3 MB. */
const usualLimits: FeedLimits = { timeoutMs: 10_000, bytesMax: 5_000_000 };

const isUrl = (source: string): boolean => /^(https?|webcal):\/\//i.test(source);

/** Where it is from, for messages: of a URL the host alone, since who knows the rest may often read the calendar. */
export const calendarName = (source: string): string => (isUrl(source) ? urlOf(source).host : source);

/** Whatever goes wrong is a CliError. */
export const calendarText = async (source: string, limits = usualLimits): Promise<string> =>
  isUrl(source) ? await fetched(urlOf(source), limits) : readOrFail(source);

/** `webcal` is how calendars spell https. Whoever can change what comes by http could order instances. */
function urlOf(source: string): URL {
  const text = source.replace(/^webcal:/i, "https:");
  if (!URL.canParse(text)) throw new CliError(`${source} is no URL`);
  const url = new URL(text);
  if (url.protocol === "https:" || loopback.includes(url.hostname)) return url;
  throw new CliError(`${url.host} by http could be changed on its way: give its https address, or a file`);
}
const loopback = ["127.0.0.1", "[::1]", "localhost"];

async function fetched(url: URL, { timeoutMs, bytesMax }: FeedLimits): Promise<string> {
  try {
    const headers = { accept: "text/calendar, text/plain;q=0.5", "user-agent": "tidegate" };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new CliError(`${url.host} answered ${response.status}: ${toDoFor(response.status)}`);
    // Where it was redirected to is held to the same.
    urlOf(response.url);
    return await textOf(response, bytesMax);
  } catch (cause) {
    throw cause instanceof CliError ? cause : new CliError(`${url.host} ${why(cause, timeoutMs)}`);
  }
}

function toDoFor(status: number): string {
  if (status === 401 || status === 403) return "it wants a login: publish the calendar, and give the address of that";
  return status < 500 ? "is the address still right?" : "try again later; what was added before stands";
}

async function textOf(response: Response, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new CliError(`the calendar is larger than ${bytesMax / 1e6} MB: publish a smaller one`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** fetch tells what happened in the cause of what it throws. */
function why(thrown: unknown, timeoutMs: number): string {
  const { name, message, cause } = thrown as Error;
  if (name === "TimeoutError") return `has not answered within ${timeoutMs / 1_000} s: try again later, or give a file`;
  const { code, message: reason } = (cause ?? {}) as NodeJS.ErrnoException;
  return `cannot be reached: ${reason || code || message}`;
}
