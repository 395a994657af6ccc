// Locations out of a sitemap, however it is cut into pieces.
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { emptyScan, pathsOf, scanned } from "../../shared/warm/sitemap.ts";

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><loc>https://www.example.com/</loc><image:image><image:loc>https://cdn.example.com/a.png</image:loc></image:image></url>
  <url><loc>
    https://www.example.com/search?q=a&amp;p=2
  </loc></url>
  <url><loc><![CDATA[https://www.example.com/c?d=1&e=2]]></loc></url>
  <url><loc>https://www.example.com/é</loc></url>
</urlset>`;
const all = [
  "https://www.example.com/",
  "https://www.example.com/search?q=a&p=2",
  "https://www.example.com/c?d=1&e=2",
  "https://www.example.com/é",
];

test("locations are read whole wherever the text is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sizes) => {
      let [scan, at] = [emptyScan, 0];
      for (let piece = 0; at < xml.length; piece++) {
        const size = sizes[piece % sizes.length] ?? 1;
        scan = scanned(scan, xml.slice(at, at + size), 100);
        at += size;
      }
      expect(scan.locations).toEqual(all);
    }),
  );
});

test("no more than asked for, and nothing is kept of a text that names none", () => {
  expect(scanned(emptyScan, xml, 2).locations).toEqual(all.slice(0, 2));
  expect(scanned(emptyScan, "x".repeat(1_000_000), 10).rest.length).toBeLessThanOrEqual(10_000);
});

test("an entity of the file's own is never expanded", () => {
  const bomb = `<!DOCTYPE a [<!ENTITY b "&c;&c;">]><urlset><url><loc>https://a.example/&b;</loc></url></urlset>`;
  expect(scanned(emptyScan, bomb, 10).locations).toEqual(["https://a.example/&b;"]);
});

test.each<[string, readonly string[], string, readonly string[]]>([
  [
    "of the first location's site",
    [...all, "https://other.example/x"],
    "none",
    ["/", "/search?q=a&p=2", "/c?d=1&e=2", "/%C3%A9"],
  ],
  ["of the site that is asked by name", ["https://a.example/1", "http://B.example:8080/2"], "b.example:80", ["/2"]],
  ["each once", ["https://a.example/1", "https://a.example/1#x"], "none", ["/1"]],
  [
    "of the web alone",
    ["javascript:alert(1)", "file:///etc/passwd", "/relative", "https://a.example/1"],
    "none",
    ["/1"],
  ],
])("paths are %s", (_, locations, host, paths) => {
  expect(pathsOf(locations, host, 100)).toEqual(paths);
});
