// Pages out of access logs, and nothing of those who asked for them.
import { expect, test } from "@jest/globals";
import { plainPath } from "../../shared/warm/accessLog.ts";
import { count, hottest, requestedIn, type Tally } from "../../shared/warm/index.ts";
import { getOf, logLine } from "./logLine.ts";

const shopWeb = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/shop-web/73e2d6bc24d8a067";

test.each([
  ["a page over TLS", logLine(getOf("/")), "/"],
  ["over HTTP/2", logLine("GET https://www.example.com:443/a HTTP/2.0", { type: "h2" }), "/a"],
  ["plain", logLine("HEAD http://www.example.com:80/a?b=c HTTP/1.1", { type: "http" }), "/a?b=c"],
  ["by an agent that quotes", logLine(getOf("/q"), { agent: 'a\\"b' }), "/q"],
])("%s is a request", (_, line, path) => {
  expect(requestedIn(line)).toEqual({ path, targetGroup: shopWeb });
});

test("a line of an older format has no more than the request", () => {
  const line =
    'http 2018-07-02T22:23:00.186641Z app/a/1 10.0.0.1:1 - 0.000 0.001 0.000 200 200 34 366 "GET http://a.example:80/ HTTP/1.1"';
  expect(requestedIn(line)).toEqual({ path: "/", targetGroup: "none" });
});

test.each([
  ["a POST", logLine("POST https://www.example.com:443/ HTTP/1.1")],
  ["a page that is not there", logLine(getOf("/"), { status: "404" })],
  ["a redirect", logLine(getOf("/"), { status: "301" })],
  ["a request that could not be read", logLine("- http://www.example.com:80- -", { status: "400" })],
  ["a WebSocket", logLine(getOf("/"), { type: "wss", status: "200" })],
  ["nothing", ""],
  ["another log", '127.0.0.1 - - [20/Nov/2026:22:23:00 +0000] "GET / HTTP/1.1" 200 57'],
])("%s is none", (_, line) => {
  expect(requestedIn(line)).toBe("none");
});

const at = (path: string): string => plainPath(`https://www.example.com:443${path}`);

test.each([
  ["/search?q=red%20shoes&page=2", "/search?q=red%20shoes&page=2"],
  [
    "/article/2026-11-20/what-a-very-long-headline-says-about-shoes",
    "/article/2026-11-20/what-a-very-long-headline-says-about-shoes",
  ],
  ["/p/12345678?size=42", "/p/12345678?size=42"],
  ["/a?token=x&q=1", "/a?q=1"],
  ["/a?session_id=abc", "/a"],
  ["/a?api_key=abc&sig=1&code=2&state=3", "/a"],
  ["/a?utm_source=mail&gclid=1&fbclid=2", "/a"],
  ["/a?email=b%40example.com", "/a"],
  ["/a?x=b%40example.com&y=1", "/a?y=1"],
  ["/a?x=eyJhbGciOiJIUzI1NiJ9.e30.abc", "/a"],
  ["/a?x=123e4567-e89b-12d3-a456-426614174000", "/a"],
  ["/a?x=d41d8cd98f00b204e9800998ecf8427e", "/a"],
  ["/a?x=k3JdP0aQw9ZxT7Lm", "/a"],
  ["/a?x=4155550123456", "/a"],
  ["/a?x=%E0%A4%A", "/a?x=%E0%A4%A"],
  ["/reset/k3JdP0aQw9ZxT7Lm", "none"],
  ["/u/b@example.com", "none"],
  [`/${"a".repeat(1_100)}`, "none"],
])("%s is kept as %s", (path, kept) => {
  expect(at(path)).toBe(kept);
});

test("what is no address is none", () => {
  expect(plainPath("http://www.example.com:80-")).toBe("none");
});

test("the hottest come first, of two alike the first by name, and no more than asked for", () => {
  const tally: Tally = { counts: new Map(), overflow: 0 };
  for (const path of ["/b", "/a", "/c", "/c"]) count(tally, path);
  expect(hottest(tally, 2)).toEqual([
    ["/c", 2],
    ["/a", 1],
  ]);
});

test("of very many paths the first are counted, and how many others there were", () => {
  const tally: Tally = { counts: new Map(), overflow: 0 };
  for (let index = 0; index < 200_010; index++) count(tally, `/${index}`);
  count(tally, "/0");
  expect(tally.counts.size).toBe(200_000);
  expect(tally.overflow).toBe(10);
  expect(tally.counts.get("/0")).toBe(2);
});
