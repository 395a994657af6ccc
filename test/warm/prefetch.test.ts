// Pages fetched once by their public names, from real servers on this machine; what is wrong with some is bounded, and named.
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { type PrefetchWays, prefetch, prefetchWays, publicRefusalOf } from "../../shared/warm/index.ts";
import { type Served, servers } from "./instance.ts";

const { serving } = servers();

const resolved: string[] = [];
const here = [{ address: "127.0.0.1", family: 4 }];
const ways = ({ limits = {}, ...changed }: Changed = {}): PrefetchWays => ({
  ...prefetchWays,
  resolve: async (host) => {
    resolved.push(host);
    return here;
  },
  // Tests alone ask this machine; all else is refused as ever.
  refusalOf: (address) => (address === "127.0.0.1" ? "none" : publicRefusalOf(address)),
  ...changed,
  limits: { ...prefetchWays.limits, ...limits },
});
type Changed = Partial<Omit<PrefetchWays, "limits">> & { readonly limits?: Partial<PrefetchWays["limits"]> };
const at = ({ port }: Served, path: string): string => `http://www.example.com:${port}${path}`;
const fine: RequestListener = (_, response) => void response.end("page");

describe("what is well", () => {
  test("is asked for once each, by its name and as browsers ask", async () => {
    const served = await serving(fine);
    const paths = Array.from({ length: 30 }, (_, index) => `/${index}`);
    const result = await prefetch(
      paths.map((path) => at(served, path)),
      ways(),
    );
    expect(result).toMatchObject({ urls: 30, answered: 30, hitRatio: "none", bytes: 120, trouble: "" });
    expect(served.asked.map(({ path }) => path).sort()).toEqual(paths.sort());
    expect(served.asked[0]).toMatchObject({
      method: "GET",
      headers: { host: `www.example.com:${served.port}`, "accept-encoding": "gzip, deflate, br" },
    });
  });

  test("comes a few at a time, and its time is told", async () => {
    const served = await serving(async (_, response) => {
      await wait(20);
      response.end();
    });
    const result = await prefetch(
      Array.from({ length: 12 }, (_, index) => at(served, `/${index}`)),
      ways(),
    );
    expect(served.atOnce()).toBe(4);
    expect(result.p95Ms).toBeGreaterThanOrEqual(18);
    expect(result.durationMs).toBeGreaterThanOrEqual(55);
  });

  test.each<[string, Readonly<Record<string, string>>, number | "none"]>([
    ["CloudFront", { "x-cache": "Hit from cloudfront" }, 1],
    ["CloudFront, cold", { "x-cache": "Miss from cloudfront", age: "5" }, 0],
    ["Cloudflare", { "cf-cache-status": "HIT" }, 1],
    ["RFC 9211", { "cache-status": "edge; fwd=miss" }, 0],
    ["who tells an age alone", { age: "7" }, 1],
    ["one that has just come", { age: "0" }, 0],
    ["nobody", {}, "none"],
  ])("was in a cache, or not, as %s says", async (_, headers, hitRatio) => {
    const served = await serving((_, response) => void response.writeHead(200, headers).end("page"));
    expect(await prefetch([at(served, "/")], ways())).toMatchObject({ answered: 1, hitRatio });
  });

  test("may be compressed, and is counted as it comes", async () => {
    const body = gzipSync("page ".repeat(1_000));
    const served = await serving((_, response) => void response.end(body));
    expect(await prefetch([at(served, "/")], ways())).toMatchObject({ answered: 1, bytes: body.length });
  });

  test("is followed on its own host", async () => {
    const served = await serving(({ url }, response) => {
      if (url === "/old") response.writeHead(301, { location: "/new" }).end();
      else response.end("page");
    });
    expect(await prefetch([at(served, "/old")], ways())).toMatchObject({ answered: 1, trouble: "" });
    expect(served.asked.map(({ path }) => path)).toEqual(["/old", "/new"]);
  });
});

describe("what is wrong is named, and the rest is fetched all the same", () => {
  test.each<[string, RequestListener, string]>([
    ["an error", (_, response) => void response.writeHead(503).end(), "answered 503"],
    ["a page that is gone", (_, response) => void response.writeHead(404).end(), "answered 404"],
    ["one that breaks off", (_, response) => void response.destroy(), "broke off (ECONNRESET)"],
    ["another host", redirect("http://other.example.com/"), "redirects to http://other.example.com/"],
    ["the metadata service", redirect("http://169.254.169.254/latest"), "redirects to http://169.254.169.254/latest"],
    ["another port", redirect("http://www.example.com:1/"), "redirects to http://www.example.com:1/"],
    [
      "TLS on its own host, where nobody is",
      redirect("https://www.example.com/"),
      "found nobody listening (ECONNREFUSED)",
    ],
    [
      "TLS on its own host, on a port",
      redirect("https://www.example.com:1/"),
      "redirects to https://www.example.com:1/",
    ],
    ["itself", redirect("/bad"), "redirects more than 3 times"],
  ])("%s", async (_, answer, because) => {
    const served = await serving((request, response) =>
      request.url === "/bad" ? answer(request, response) : fine(request, response),
    );
    resolved.length = 0;
    const result = await prefetch([at(served, "/a"), at(served, "/bad"), at(served, "/b")], ways());
    expect(result).toMatchObject({ urls: 3, answered: 2, trouble: `${at(served, "/bad")} ${because}` });
    expect(resolved).toEqual(["www.example.com"]);
  });

  test("a body without end is left off at its bound", async () => {
    let sent = 0;
    const served = await serving((_, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const more = (): void => {
        sent += piece.length;
        if (!response.destroyed) response.write(piece, () => setImmediate(more));
      };
      more();
    });
    const result = await prefetch([at(served, "/endless")], ways({ limits: { bodyBytesMax: 1_000_000 } }));
    expect(result).toMatchObject({ answered: 0, trouble: expect.stringContaining("a body that is too long") });
    expect(result.durationMs).toBeLessThan(5_000);
    expect(sent).toBeLessThan(20_000_000);
  });

  test("an answer that never comes has its time", async () => {
    const served = await serving(({ url }, response) => void (url === "/slow" || response.end("page")));
    const result = await prefetch([at(served, "/slow"), at(served, "/a")], ways({ limits: { answerMs: 150 } }));
    expect(result).toMatchObject({ answered: 1, trouble: `${at(served, "/slow")} gave no answer in time` });
    expect(result.durationMs).toBeLessThan(1_500);
  });

  test("all together have theirs: what was not asked for by then is not", async () => {
    const served = await serving(() => {});
    const urls = Array.from({ length: 50 }, (_, index) => at(served, `/${index}`));
    const result = await prefetch(urls, ways({ limits: { totalMs: 200 } }));
    expect(result).toMatchObject({ urls: 50, answered: 0, p95Ms: "none" });
    expect(result.durationMs).toBeLessThan(1_500);
    expect(served.asked).toHaveLength(4);
  });

  test("a name that nobody resolves has its time, and after it no other is looked up", async () => {
    let asked = 0;
    const resolve = () => {
      asked++;
      return new Promise<never>(() => {});
    };
    const urls = Array.from({ length: 20 }, (_, index) => `https://${index}.example.com/`);
    const result = await prefetch(urls, ways({ resolve, limits: { totalMs: 150 } }));
    expect(result).toMatchObject({ urls: 20, trouble: "https://0.example.com/ has no address in time" });
    expect(asked).toBe(4);
  });

  test("a certificate that nobody vouches for is no CDN's", async () => {
    const pem = (name: string) => readFileSync(new URL(`./tls/${name}.pem`, import.meta.url));
    const server = createTlsServer({ key: pem("key"), cert: pem("certificate") }, fine);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://www.example.com:${(server.address() as AddressInfo).port}/`;
    const result = await prefetch([url], ways());
    server.close();
    expect(result).toMatchObject({
      answered: 0,
      trouble: expect.stringMatching(/ broke off \(.*(CERT|SIGNED|ALTNAME)/),
    });
  });
});

describe("an address that is not public is refused before a socket opens", () => {
  test.each([
    ["127.0.0.1", "is this machine itself"],
    ["169.254.169.254", "is link-local, where the metadata service is"],
    ["10.1.2.3", "is of a private network"],
    ["172.31.0.1", "is of a private network"],
    ["192.168.1.1", "is of a private network"],
    ["100.64.0.1", "is of a private network"],
    ["::1", "is this machine itself"],
    ["::ffff:10.0.0.1", "is of a private network"],
    ["fd12::1", "is of a private network"],
    ["fd00:ec2::254", "is a service of AWS's own, the metadata service's among them"],
  ])("%s", async (address, because) => {
    const served = await serving(fine);
    const addresses = [...here, { address, family: address.includes(":") ? 6 : 4 }];
    const result = await prefetch(
      [at(served, "/")],
      ways({
        resolve: async () => addresses,
        refusalOf: (one) => (one === "127.0.0.1" && address !== one ? "none" : publicRefusalOf(one)),
      }),
    );
    expect(result).toMatchObject({ answered: 0, trouble: `${at(served, "/")} is not asked: ${address} ${because}` });
    expect(served.asked).toEqual([]);
  });

  test("a public one is none of these", () => {
    expect(["93.184.215.14", "172.32.0.1", "2600:9000::1"].map(publicRefusalOf)).toEqual(["none", "none", "none"]);
  });

  test("a name that has none says so", async () => {
    const resolve = async () => {
      throw Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" });
    };
    expect(await prefetch(["https://gone.example.com/"], ways({ resolve }))).toMatchObject({
      trouble: "https://gone.example.com/ has no address (ENOTFOUND)",
    });
  });
});

function redirect(location: string): RequestListener {
  return (_, response) => void response.writeHead(302, { location }).end();
}
