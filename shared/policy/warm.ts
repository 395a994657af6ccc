// `warm`: what an instance is put through before it meets its first user.
import { assert, type DurationMs, hourMs, secondMs } from "../core/index.ts";
import { defaults } from "./defaults.ts";
import { list, repeatedWords } from "./list.ts";
import { named } from "./named.ts";
import { defaulted, object, optional, readSpelling, required } from "./object.ts";
import { duration } from "./quantity.ts";
import { convert, oneOf, type Shape, shortOrMap, text, wholeNumber } from "./shape.ts";
import type { Warm, WarmHook, WarmHttp } from "./types.ts";
import { unsendable } from "./warmBySsm.ts";

const path = text({
  expects: "a path that begins with /",
  pattern: /^\/[\x21-\x7e]{0,1023}$/,
  examples: ["/", "/search?q=shoes"],
});

/** What says how a message travels is the client's to say, and what the metadata service asks for is never said. */
const unsaid = [
  ...["connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"],
  ...["proxy-.*", "x-aws-ec2-.*"],
];
/** A JSON Schema's pattern has no flag for it. */
const inAnyCase = (pattern: string): string =>
  pattern.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
const headerNames = new RegExp(`^(?!(?:${unsaid.map(inAnyCase).join("|")})$)[A-Za-z0-9!#$%&'*+.^_\`|~-]{1,100}$`);
const headerName = { expects: "a header's name, none that says how a message travels", pattern: headerNames };
const headers = named({
  item: text({
    expects: "a header's value as text of printable characters (a number in quotes)",
    pattern: /^[\x21-\x7e](?:[\x20-\x7e]{0,1022}[\x21-\x7e])?$/,
    examples: ["www.example.com"],
  }),
  noun: "headers",
  key: headerName,
  min: 0,
  max: 20,
});

/** A Lambda lives for a quarter of an hour. */
const patience = duration({ from: secondMs, to: hourMs / 4 });
const timeout = defaulted(patience, defaults.warm.timeout, "After which warming has failed.");

const until = object({
  fields: {
    p95: required(duration({ from: 1, to: 60 * secondMs }), "The 95th percentile to reach."),
    of: defaulted(wholeNumber({ from: 5, to: 1000 }), defaults.warm.of, "Of so many of the newest answers."),
  },
});

const http: Shape<Omit<WarmHttp, "onFailure">> = convert(
  object({
    fields: {
      by: defaulted(
        oneOf(["function", "ssm"]),
        defaults.warm.by,
        "Who asks: our Lambda function in your VPC, or the instance itself, told by Systems Manager.",
      ),
      paths: optional(
        list({ item: path, noun: "paths", min: 1, check: repeatedWords }),
        "What to request from a new instance.",
      ),
      sitemap: optional(path, "Or where the instance itself has a sitemap that says so."),
      until: required(until, "When an instance is warm: then, or once it gets no quicker."),
      timeout,
      concurrency: defaulted(
        wholeNumber({ from: 1, to: 50 }),
        defaults.warm.concurrency,
        "So many requests at a time.",
      ),
      method: defaulted(oneOf(["GET", "HEAD"]), defaults.warm.method, "How to ask."),
      headers: defaulted(headers, {}, "Sent with every request: `Host`, so that the right site answers."),
      cacheHeader: optional(
        text({ ...headerName, examples: ["x-cache"] }),
        "Names the header in which an answer says `hit` when a cache had it.",
      ),
    },
    choice: ["paths", "sitemap"],
    check: ({ by, ...read }, at) => (by === "ssm" ? unsendable(at, read) : []),
  }),
  ({ paths = [], sitemap, until, timeout, cacheHeader = "none", ...rest }) => ({
    ...rest,
    kind: "http",
    from: sitemap === undefined ? { kind: "paths", paths } : { kind: "sitemap", path: sitemap },
    untilP95Ms: until.p95,
    untilCount: until.of,
    timeoutMs: timeout,
    cacheHeader: cacheHeader.toLowerCase(),
  }),
);

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
const lambdaArn = text({
  expects: "a Lambda function's ARN, with or without an alias",
  pattern:
    /^arn:aws[a-z-]{0,20}:lambda:[a-z0-9-]{1,30}:\d{12}:function:[A-Za-z0-9_-]{1,64}(?::[A-Za-z0-9_$-]{1,128})?$/,
  examples: ["arn:aws:lambda:eu-west-1:123456789012:function:warm-shop"],
});
const hookOf = (functionArn: string, timeoutMs: DurationMs) => ({ kind: "hook", functionArn, timeoutMs }) as const;
const hook = shortOrMap<Omit<WarmHook, "onFailure">>(
  convert(lambdaArn, (functionArn) => hookOf(functionArn, readSpelling(patience, defaults.warm.timeout))),
  convert(
    object({ fields: { function: required(lambdaArn, "The Lambda function to call."), timeout } }),
    ({ function: functionArn, timeout }) => hookOf(functionArn, timeout),
  ),
);

export const warm: Shape<Warm> = convert(
  object({
    fields: {
      http: optional(http, "Warm by requests, before an instance meets its first user."),
      hook: optional(hook, "Or by a Lambda function of your own."),
      onFailure: defaulted(
        oneOf(["serve", "replace"]),
        defaults.warm.onFailure,
        "An instance that does not get warm serves all the same, or is replaced.",
      ),
    },
    choice: ["http", "hook"],
  }),
  ({ http, hook, onFailure }): Warm => {
    const warm = http ?? hook;
    assert(warm !== undefined, "one of a choice is given");
    return { ...warm, onFailure };
  },
);
