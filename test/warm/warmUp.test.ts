// A warm-up against real servers: what it does to one that is well, and how it ends on one that is not.
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { warmUp } from "../../shared/warm/index.ts";
import { cached, jobFor, ofPaths, serve, servers, strayRedirects, warm, ways } from "./instance.ts";

const { serving } = servers();
const fine: RequestListener = (_, response) => void response.end("page");

describe("an instance that is well", () => {
  test("is warm once its p95 is under the bound, and the result says how it came there", async () => {
    const { port, asked } = await serving(cached({ coldMs: 80, warmMs: 1 }));
    const result = await warm(port, { ...ofPaths("/", "/a", "/b?c=d"), concurrency: 1, cacheHeader: "x-cache" });
    expect(result).toMatchObject({ verdict: "under-bound", trouble: "", requests: asked.length });
    expect(result.firstP95Ms).toBeGreaterThanOrEqual(80);
    expect(result.lastP95Ms).toBeLessThanOrEqual(30);
    expect(result.hitRatio).toBeGreaterThan(0.5);
    expect(result.hitRatio).toBeLessThan(1);
    expect(result.durationMs).toBeLessThan(2_000);
    expect(new Set(asked.map(({ path }) => path))).toEqual(new Set(["/", "/a", "/b?c=d"]));
  });

  test("is warm once it gets no quicker, though the bound is beyond it", async () => {
    const { port } = await serving(cached({ coldMs: 60, warmMs: 20 }));
    const result = await warm(port, { ...ofPaths("/", "/a"), untilP95Ms: 2 });
    expect(result).toMatchObject({ verdict: "stopped-falling", trouble: "" });
    expect(result.durationMs).toBeLessThan(4_000);
  });

  test("is not warm before every path has been asked for, quick as the first may be", async () => {
    const paths = Array.from({ length: 40 }, (_, index) => `/${index}`);
    const { port, asked } = await serving(fine);
    expect(await warm(port, ofPaths(...paths))).toMatchObject({ verdict: "under-bound" });
    expect(new Set(asked.map(({ path }) => path)).size).toBe(40);
  });

  test("is asked as the policy says: method, headers, so many at a time", async () => {
    const served = await serving(async (_, response) => {
      await wait(15);
      response.end();
    });
    const headers = { Host: "www.example.com", "X-Forwarded-Proto": "https" };
    await warm(served.port, { ...ofPaths("/", "/a"), method: "HEAD", headers, concurrency: 3 });
    expect(served.asked[0]).toMatchObject({
      method: "HEAD",
      headers: { host: "www.example.com", "x-forwarded-proto": "https", "user-agent": "tidegate-warm-up" },
    });
    expect(served.atOnce()).toBe(3);
  });

  test.each<["GET" | "HEAD", string, RequestListener]>([
    ["GET", "a page", fine],
    ["GET", "an empty page", (_, response) => void response.end()],
    ["HEAD", "a length", (_, response) => void response.writeHead(200, { "content-length": 4 }).end()],
    ["HEAD", "no length", (_, response) => void response.end()],
  ])("is asked over connections that stay open: %s, answered with %s", async (method, _, answer) => {
    const served = await serving(answer);
    expect(await warm(served.port, { ...ofPaths("/"), method, concurrency: 3 })).toMatchObject({
      verdict: "under-bound",
      trouble: "",
    });
    expect(served.asked.length).toBeGreaterThanOrEqual(10);
    expect(served.connections()).toBeLessThanOrEqual(3);
  });

  test("may close each connection, by HEAD too", async () => {
    const served = await serving((_, response) => void response.writeHead(200, { connection: "close" }).end());
    expect(await warm(served.port, { ...ofPaths("/"), method: "HEAD" })).toMatchObject({
      verdict: "under-bound",
      trouble: "",
    });
    expect(served.connections()).toBeGreaterThanOrEqual(served.asked.length);
  });

  test("may be still on its way up: nobody listening, then 503, is waited for", async () => {
    const { port, close } = await serve(fine);
    await close();
    const warming = warm(port, ofPaths("/"));
    await wait(100);
    let answers = 0;
    const { createServer } = await import("node:http");
    const late = createServer((_, response) => void response.writeHead(++answers <= 3 ? 503 : 200).end());
    await new Promise<void>((resolve) => late.listen(port, "127.0.0.1", resolve));
    try {
      const result = await warming;
      expect(result).toMatchObject({ verdict: "under-bound", trouble: "/ found nobody listening (ECONNREFUSED)" });
    } finally {
      late.closeAllConnections();
      late.close();
    }
  });

  test("is followed where it redirects within itself, by the name that it is called by", async () => {
    const { port, asked } = await serving(({ url }, response) => {
      if (url === "/old") response.writeHead(301, { location: "http://www.example.com/new" }).end();
      else response.end("page");
    });
    const headers = { host: "www.example.com" };
    expect(await warm(port, { ...ofPaths("/old"), headers })).toMatchObject({ verdict: "under-bound", trouble: "" });
    expect(asked.some(({ path }) => path === "/new")).toBe(true);
  });

  test("may speak TLS, with whatever certificate", async () => {
    const pem = (name: string) => readFileSync(new URL(`./tls/${name}.pem`, import.meta.url));
    const server = createTlsServer({ key: pem("key"), cert: pem("certificate") }, fine);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const job = jobFor((server.address() as AddressInfo).port, ofPaths("/"));
    const result = await warmUp({ ...job, target: { ...job.target, protocol: "https" } }, ways());
    server.closeAllConnections();
    server.close();
    expect(result).toMatchObject({ verdict: "under-bound", trouble: "" });
  });
});

describe("what is wrong is bounded, and named", () => {
  test("paths that do not exist are asked once and no more; the others warm", async () => {
    const { port, asked } = await serving(
      ({ url }, response) => void response.writeHead(url === "/" ? 200 : 404).end(),
    );
    const result = await warm(port, { ...ofPaths("/", "/gone"), concurrency: 1 });
    expect(result).toMatchObject({ verdict: "under-bound", trouble: "/gone answered 404" });
    expect(asked.filter(({ path }) => path === "/gone")).toHaveLength(1);
  });

  test("where no path exists there is nothing to wait for", async () => {
    const { port, asked } = await serving((_, response) => void response.writeHead(404).end());
    const result = await warm(port, { ...ofPaths("/gone", "/too"), concurrency: 1 });
    expect(result).toMatchObject({ verdict: "no-paths", trouble: "/gone answered 404", firstP95Ms: "none" });
    expect(asked).toHaveLength(2);
  });

  test("an instance that never answers costs its time and no more", async () => {
    const { port, asked } = await serving(() => {});
    const result = await warm(port, { ...ofPaths("/"), timeoutMs: 600 });
    expect(result).toMatchObject({ verdict: "time-up", trouble: "/ gave no answer in time", lastP95Ms: "none" });
    expect(result.durationMs).toBeGreaterThanOrEqual(590);
    expect(result.durationMs).toBeLessThan(1_500);
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  test("an answer has less time than the whole", async () => {
    const { port, asked } = await serving(() => {});
    const result = await warm(port, { ...ofPaths("/"), timeoutMs: 700, concurrency: 1 }, { answerMs: 100 });
    expect(result).toMatchObject({ verdict: "time-up", trouble: "/ gave no answer in time" });
    expect(asked.length).toBeGreaterThan(2);
  });

  test("an instance that answers 500 is given its time, and not hammered", async () => {
    const { port, asked } = await serving((_, response) => void response.writeHead(500).end());
    const result = await warm(port, { ...ofPaths("/"), timeoutMs: 500, concurrency: 1 }, { pauseMs: 50 });
    expect(result).toMatchObject({ verdict: "time-up", trouble: "/ answered 500", lastP95Ms: "none" });
    expect(asked.length).toBeLessThanOrEqual(11);
  });

  test.each(strayRedirects)("a redirect to %s is not followed", async (_, location, trouble) => {
    const { port, asked } = await serving(({ headers: { host = "" } }, response) => {
      response.writeHead(302, { location: location(host) }).end();
    });
    const result = await warm(port, { ...ofPaths("/"), concurrency: 1 });
    expect(result).toMatchObject({ verdict: "no-paths", trouble: trouble.replace("PORT", String(port)) });
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  test("a body without end is left off, and its path asked no more", async () => {
    let sent = 0;
    const { port, asked } = await serving(({ url }, response) => {
      if (url === "/") return void response.end("page");
      const piece = Buffer.alloc(64 * 1024);
      const more = (): void => {
        sent += piece.length;
        if (!response.destroyed && response.write(piece)) setImmediate(more);
      };
      response.on("drain", more);
      more();
    });
    const result = await warm(port, { ...ofPaths("/endless", "/"), concurrency: 1 }, { bodyBytesMax: 1_000_000 });
    expect(result).toMatchObject({ verdict: "under-bound", trouble: "/endless answered with a body that is too long" });
    expect(asked.filter(({ path }) => path === "/endless")).toHaveLength(1);
    expect(sent).toBeLessThan(20_000_000);
  });

  test("a body that drips for ever is given its time", async () => {
    const { port } = await serving((_, response) => {
      const drip = setInterval(() => response.write("."), 10);
      response.on("close", () => clearInterval(drip));
    });
    const result = await warm(port, { ...ofPaths("/"), timeoutMs: 1_000 }, { answerMs: 500 });
    expect(result).toMatchObject({ verdict: "time-up", trouble: "/ did not end its answer in time" });
    expect(result.durationMs).toBeLessThan(2_000);
  });

  test("an answer that breaks off, and one that is no HTTP, are no good", async () => {
    const { port } = await serving(({ url, socket }, response) => {
      if (url === "/cut") response.writeHead(200, { "content-length": 100 }).write("x", () => socket.destroy());
      else socket.end("no HTTP at all\r\n\r\n");
    });
    for (const path of ["/cut", "/odd"]) {
      const result = await warm(port, { ...ofPaths(path), timeoutMs: 300 });
      expect(result).toMatchObject({ verdict: "time-up", trouble: expect.stringMatching(`^${path} broke off`) });
    }
  });

  test("so many requests and no more", async () => {
    let ms = 40;
    const { port, asked } = await serving(async (_, response) => {
      ms += 2;
      await wait(ms);
      response.end();
    });
    const result = await warm(port, { ...ofPaths("/"), untilP95Ms: 1, concurrency: 1 }, { requestsMax: 12 });
    expect(result).toMatchObject({ verdict: "requests-spent", requests: 12 });
    expect(asked).toHaveLength(12);
  });

  test("an address that is not to be asked is refused before a socket opens", async () => {
    const { port, asked } = await serving(fine);
    const job = jobFor(port, ofPaths("/"));
    const { refusalOf } = await import("../../shared/warm/index.ts");
    const result = await warmUp(job, { ...ways(), refusalOf });
    expect(result).toMatchObject({
      verdict: "address-refused",
      trouble: "127.0.0.1 is this machine itself",
      requests: 0,
    });
    expect(asked).toEqual([]);
  });
});

describe("a sitemap", () => {
  const from = { from: { kind: "sitemap", path: "/sitemap.xml" } } as const;
  const urls = (count: number, host = "www.example.com"): string =>
    Array.from({ length: count }, (_, at) => `<url><loc>https://${host}/p?id=${at}&amp;x=1</loc></url>`).join("\n");
  const site = (xml: (url: string) => string | undefined): RequestListener => {
    return ({ url = "" }, response) => void response.end(xml(url) ?? "page");
  };

  test("on the instance says what to ask for, and only pages of its own site", async () => {
    const xml = `<?xml version="1.0"?><urlset>${urls(3)}${urls(1, "other.example")}</urlset>`;
    const { port, asked } = await serving(site((url) => (url === "/sitemap.xml" ? xml : undefined)));
    const result = await warm(port, { ...from, concurrency: 1, headers: { host: "www.example.com" } });
    expect(result).toMatchObject({ verdict: "under-bound", trouble: "", requests: asked.length });
    const paths = new Set(asked.map(({ path }) => path));
    expect(paths).toEqual(new Set(["/sitemap.xml", "/p?id=0&x=1", "/p?id=1&x=1", "/p?id=2&x=1"]));
  });

  test("of 100,000 entries is read as far as it is of use", async () => {
    const xml = `<urlset>${urls(100_000, `${"a".repeat(50)}.${"b".repeat(60)}.${"c".repeat(60)}.example`)}</urlset>`;
    let sent = 0;
    const { port, asked } = await serving(({ url }, response) => {
      if (url !== "/sitemap.xml") return void response.end("page");
      const send = (at: number): void => {
        if (response.destroyed || at >= xml.length) return void response.end();
        sent = at;
        response.write(xml.slice(at, at + 65_536), () => send(at + 65_536));
      };
      send(0);
    });
    const result = await warm(port, { ...from, timeoutMs: 20_000 });
    expect(result).toMatchObject({ verdict: "under-bound", trouble: "" });
    expect(new Set(asked.map(({ path }) => path)).size).toBe(1_001);
    expect(sent).toBeLessThan(xml.length / 2);
  });

  test("without end, with nothing in it, is left off", async () => {
    const { port } = await serving(({ url }, response) => {
      if (url !== "/sitemap.xml") return void response.end("page");
      const piece = "<url>".repeat(10_000);
      const more = (): void => void (response.destroyed || response.write(piece, () => setImmediate(more)));
      more();
    });
    const result = await warm(port, from, { sitemapBytesMax: 1_000_000 });
    expect(result).toMatchObject({ verdict: "no-paths", trouble: "/sitemap.xml names no page of this site" });
  });

  test("of sitemaps leads to theirs, a few", async () => {
    const index = `<sitemapindex>${Array.from({ length: 9 }, (_, at) => `<sitemap><loc>https://a.example/s${at}.xml</loc></sitemap>`).join("")}</sitemapindex>`;
    const xmlOf = (url: string) =>
      url === "/sitemap.xml"
        ? index
        : url.startsWith("/s")
          ? `<urlset><url><loc>https://a.example/of${url.slice(2, 3)}</loc></url></urlset>`
          : undefined;
    const { port, asked } = await serving(site(xmlOf));
    expect(await warm(port, from)).toMatchObject({ verdict: "under-bound", trouble: "" });
    const paths = [...new Set(asked.map(({ path }) => path))].filter((path) => path.startsWith("/of"));
    expect(paths.sort()).toEqual(["/of0", "/of1", "/of2", "/of3", "/of4"]);
  });

  test.each([
    [404, "no-paths"],
    [503, "time-up"],
  ])("that answers %d ends as %s, and says so", async (status, verdict) => {
    const { port } = await serving((_, response) => void response.writeHead(status).end());
    const result = await warm(port, { ...from, timeoutMs: 300 });
    expect(result).toMatchObject({ verdict, trouble: `/sitemap.xml answered ${status}` });
    expect(result.durationMs).toBeLessThan(1_000);
  });
});
