// A calendar from where it is published: a server of our own that answers, leads elsewhere, is slow, or has no end.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { calendarName, calendarText } from "../../../cli/peaks/feed.ts";

const limits = { timeoutMs: 400, bytesMax: 1_000 };
const text = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";

const answers: Readonly<Record<string, RequestListener>> = {
  "/feed.ics": (_, response) => response.end(text),
  "/moved": (_, response) => response.writeHead(302, { location: "/feed.ics" }).end(),
  "/round": (_, response) => response.writeHead(302, { location: "/round" }).end(),
  "/gone": (_, response) => response.writeHead(404).end(),
  "/login": (_, response) => response.writeHead(401).end(),
  "/broken": (_, response) => response.writeHead(503).end(),
  "/long": (_, response) => response.end("x".repeat(1_001)),
  "/cut": (_, response) => void response.writeHead(200, { "content-length": 9 }).write("x", () => response.destroy()),
  "/silent": () => undefined,
  "/slow": (_, response) => void response.write("BEGIN:"),
};

let server: Server;
let origin: string;
beforeAll(async () => {
  server = createServer((request, response) => answers[request.url ?? ""]?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test.each(["/feed.ics", "/moved"])("what %s answers is read", async (path) => {
  expect(await calendarText(origin + path, limits)).toBe(text);
});

test.each([
  ["/gone", /^127.0.0.1:\d+ answered 404: is the address still right\?$/],
  ["/login", /^127.0.0.1:\d+ answered 401: it wants a login: publish the calendar, and give the address of that$/],
  ["/broken", /^127.0.0.1:\d+ answered 503: try again later; what was added before stands$/],
  ["/round", /^127.0.0.1:\d+ cannot be reached: redirect count exceeded$/],
  ["/long", /^the calendar is larger than 0.001 MB: publish a smaller one$/],
  ["/cut", /^127.0.0.1:\d+ cannot be reached: \S/],
  ["/silent", /^127.0.0.1:\d+ has not answered within 0.4 s: try again later, or give a file$/],
  ["/slow", /^127.0.0.1:\d+ has not answered within 0.4 s: try again later, or give a file$/],
])("%s is one clear error", async (path, message) => {
  await expect(calendarText(origin + path, limits)).rejects.toThrow(message);
});

test("so is a server that is not there", async () => {
  const { port } = server.address() as AddressInfo;
  await expect(calendarText(`webcal://127.0.0.1:${port}/feed.ics`, limits)).rejects.toThrow(/cannot be reached: \S/);
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const free = (gone.address() as AddressInfo).port;
  await new Promise((resolve) => gone.close(resolve));
  await expect(calendarText(`http://127.0.0.1:${free}/feed.ics`, limits)).rejects.toThrow(
    /^127.0.0.1:\d+ cannot be reached: .*ECONNREFUSED/,
  );
});

test.each([
  ["http://calendar.example.com/secret/feed.ics", /^calendar.example.com by http could be changed on its way: /],
  ["https://", /^https:\/\/ is no URL$/],
  ["feed.ics", /^feed.ics cannot be read: no such file or folder$/],
])("%s is not asked", async (source, message) => {
  await expect(calendarText(source)).rejects.toThrow(message);
});

test("of an address no more than the host is told", () => {
  expect(calendarName("webcal://calendar.example.com/secret/feed.ics")).toBe("calendar.example.com");
  expect(calendarName("feed.ics")).toBe("feed.ics");
});
