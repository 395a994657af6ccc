// A sitemap that is gzipped, over real sockets: whatever it is called, however it is cut, and however little of it is meant well.
import type { RequestListener } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { createGzip, gzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { type Served, servers, warm } from "./instance.ts";

const { serving: servingBy } = servers();
const serving = (sitemaps: Readonly<Record<string, RequestListener>>): Promise<Served> =>
  servingBy((request, response) => {
    const sitemap = sitemaps[request.url ?? ""];
    if (sitemap) sitemap(request, response);
    else response.end("page");
  });
const body =
  (piece: Uint8Array): RequestListener =>
  (_, response) =>
    void response.end(piece);
const urlset = (paths: readonly string[]): string =>
  `<urlset>${paths.map((path) => `<url><loc>https://www.example.com${path}</loc></url>`).join("")}</urlset>`;
const sitemap = (path: string) => ({ from: { kind: "sitemap", path }, concurrency: 1 }) as const;
const pagesOf = ({ asked }: Served): readonly string[] => [
  ...new Set(asked.map(({ path }) => path).filter((path) => !path.includes(".xml"))),
];

test.each(["/sitemap.xml.gz", "/sitemap.xml"])("at %s says what to ask for", async (path) => {
  const served = await serving({ [path]: body(gzipSync(urlset(["/a", "/b?c=d"]))) });
  expect(await warm(served.port, sitemap(path))).toMatchObject({ verdict: "under-bound", trouble: "" });
  expect(pagesOf(served)).toEqual(["/a", "/b?c=d"]);
});

test("may be one of an index, and come a byte at a time", async () => {
  const index = `<sitemapindex><sitemap><loc>https://www.example.com/s.xml.gz</loc></sitemap></sitemapindex>`;
  const served = await serving({
    "/sitemap.xml.gz": body(gzipSync(index)),
    "/s.xml.gz": async (_, response) => {
      response.socket?.setNoDelay();
      for (const byte of gzipSync(urlset(["/a", "/é"]))) {
        response.write(Uint8Array.of(byte));
        await wait(1);
      }
      response.end();
    },
  });
  expect(await warm(served.port, sitemap("/sitemap.xml.gz"))).toMatchObject({ verdict: "under-bound", trouble: "" });
  expect(pagesOf(served)).toEqual(["/a", "/%C3%A9"]);
});

test("of more pages than are of use is read that far", async () => {
  const paths = Array.from({ length: 200_000 }, (_, index) => `/p${index}`);
  const served = await serving({ "/sitemap.xml.gz": body(gzipSync(urlset(paths))) });
  const result = await warm(served.port, { ...sitemap("/sitemap.xml.gz"), concurrency: 20, timeoutMs: 20_000 });
  expect(result).toMatchObject({ verdict: "under-bound", trouble: "" });
  expect(pagesOf(served)).toHaveLength(1_000);
});

/** A gigabyte of nothing in a megabyte: no more than the bound of it is ever unzipped. */
test("that is a bomb ends at the bound of what is in it", async () => {
  let sent = 0;
  const served = await serving({
    "/sitemap.xml.gz": (_, response) => {
      const zip = createGzip();
      zip.on("data", (piece: Uint8Array) => {
        sent += piece.length;
        response.write(piece);
      });
      const nothing = Buffer.alloc(1_000_000, " ");
      const more = (): void => void (response.destroyed || zip.write(nothing, () => setImmediate(more)));
      more();
    },
  });
  const before = process.memoryUsage().rss;
  const result = await warm(served.port, { ...sitemap("/sitemap.xml.gz"), timeoutMs: 20_000 });
  expect(result).toMatchObject({
    verdict: "no-paths",
    trouble: "/sitemap.xml.gz names no page of this site",
    requests: 1,
  });
  expect(result.durationMs).toBeLessThan(5_000);
  expect(sent).toBeLessThan(1_000_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
});

test("that has nothing in it, without end, ends at the bound of what comes", async () => {
  const empty = Buffer.concat(Array.from({ length: 1_000 }, () => gzipSync("")));
  const served = await serving({
    "/sitemap.xml": (_, response) => {
      const more = (): void => void (response.destroyed || response.write(empty, () => setImmediate(more)));
      more();
    },
  });
  const result = await warm(served.port, sitemap("/sitemap.xml"), { sitemapBytesMax: 500_000 });
  expect(result).toMatchObject({ verdict: "no-paths", trouble: "/sitemap.xml names no page of this site" });
  expect(result.durationMs).toBeLessThan(4_000);
});

const zipped = gzipSync(urlset(["/a"]));
test.each([
  ["is cut off", zipped.subarray(0, 15), "unexpected end of file"],
  ["is spoilt", Buffer.concat([zipped.subarray(0, 10), Buffer.alloc(50, 0xff)]), "invalid block type"],
])("that %s says so", async (_, piece, because) => {
  const served = await serving({ "/sitemap.xml.gz": body(piece) });
  const result = await warm(served.port, sitemap("/sitemap.xml.gz"));
  expect(result).toMatchObject({
    verdict: "no-paths",
    trouble: `/sitemap.xml.gz cannot be unzipped: ${because}`,
  });
});

test("that stops coming has its time and no more", async () => {
  const served = await serving({ "/sitemap.xml.gz": (_, response) => void response.write(zipped.subarray(0, 15)) });
  const result = await warm(served.port, { ...sitemap("/sitemap.xml.gz"), timeoutMs: 500 }, { answerMs: 200 });
  expect(result).toMatchObject({ verdict: "time-up", trouble: "/sitemap.xml.gz did not end its answer in time" });
  expect(result.durationMs).toBeLessThan(1_500);
});
