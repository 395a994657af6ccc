// A warm-up of an instance by itself, against real servers, beside the Lambda's of the like: both come to the same end.
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createPlainServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { WarmResult } from "../../shared/engine/index.ts";
import { type Limits, type WarmJob, warmUp } from "../../shared/warm/index.ts";
import { cached, jobFor, ofPaths, type Served, serve, servers, strayRedirects, ways } from "./instance.ts";
import { run, scriptFor, warmUpOnInstance } from "./rendered.ts";

const { serving, open } = servers();

type Warm = Partial<WarmJob["warm"]>;
/** Where time is not what is tested, a busy machine is not to matter. */
const patient: Warm = { untilP95Ms: 300 };
type Warmer = (job: WarmJob, limits: Partial<Limits>) => Promise<WarmResult>;
const byLambda: Warmer = (job, limits) => warmUp(job, ways(limits));
const byInstance: Warmer = (job, limits) => warmUpOnInstance(job, { pauseMs: 20, ...limits });
const warmers = [byLambda, byInstance];
interface Warmed {
  readonly result: WarmResult;
  readonly served: Served;
}

/** By the Lambda's warmer and by the instance's own, at once, each of a server of its own that knows of no other. */
function both(site: () => RequestListener, changed: Warm, limits: Partial<Limits> = {}): Promise<[Warmed, Warmed]> {
  const warmedBy = async (warmer: Warmer): Promise<Warmed> => {
    const served = await serving(site());
    const result = await warmer(jobFor(served.port, { ...patient, ...changed }), limits);
    return { result: { ...result, trouble: result.trouble.replaceAll(String(served.port), "PORT") }, served };
  };
  return Promise.all([warmedBy(byLambda), warmedBy(byInstance)]);
}
const askedOf = ({ served }: Warmed, path: string): number => served.asked.filter((one) => one.path === path).length;

const page: RequestListener = (_, response) => void response.end("page");
const fine = () => page;
const answering = (status: number) => () => (_: unknown, response: Parameters<RequestListener>[1]) =>
  void response.writeHead(status).end();

describe("an instance that is well", () => {
  test("is warm once its p95 is under the bound, after as many requests by both", async () => {
    const warm = { ...ofPaths("/", "/a", "/b?c=d"), concurrency: 1, cacheHeader: "x-cache", untilP95Ms: 250 };
    for (const { result, served } of await both(() => cached({ coldMs: 400, warmMs: 1 }), warm)) {
      expect(result).toMatchObject({ verdict: "under-bound", trouble: "", requests: 13, hitRatio: 10 / 13 });
      expect(result.firstP95Ms).toBeGreaterThanOrEqual(399);
      expect(result.lastP95Ms).toBeLessThanOrEqual(250);
      expect(result.durationMs).toBeGreaterThanOrEqual(1_200);
      expect(result.durationMs).toBeLessThan(5_000);
      expect(served.asked.slice(0, 4).map(({ path }) => path)).toEqual(["/", "/a", "/b?c=d", "/"]);
    }
  });

  test("is warm once it gets no quicker, though the bound is beyond it", async () => {
    const [lambda, own] = await both(() => cached({ coldMs: 60, warmMs: 25 }), {
      ...ofPaths("/", "/a"),
      untilP95Ms: 2,
    });
    for (const { result } of [lambda, own]) {
      expect(result).toMatchObject({ verdict: "stopped-falling", trouble: "" });
      expect(result.requests % 10).toBe(0);
      expect(result.durationMs).toBeLessThan(3_000);
    }
  });

  test("is not warm before every path has been asked for, quick as the first may be", async () => {
    const paths = Array.from({ length: 40 }, (_, index) => `/${index}`);
    for (const { result, served } of await both(fine, { ...ofPaths(...paths), untilP95Ms: 300 })) {
      expect(result).toMatchObject({ verdict: "under-bound", requests: 40 });
      expect(new Set(served.asked.map(({ path }) => path)).size).toBe(40);
    }
  });

  test("is asked as the policy says: method, headers, so many at a time", async () => {
    const slow: RequestListener = async (_, response) => {
      await wait(15);
      response.end();
    };
    const headers = { Host: "www.example.com", "X-Forwarded-Proto": "https", Accept: "text/html" };
    const [lambda, own] = await both(() => slow, { ...ofPaths("/", "/a"), method: "HEAD", headers, concurrency: 3 });
    for (const { result, served } of [lambda, own]) {
      expect(result).toMatchObject({ verdict: "under-bound", trouble: "" });
      expect(served.atOnce()).toBe(3);
    }
    const first = ({ served }: Warmed) => served.asked.find(({ path }) => path === "/");
    expect(first(own)).toEqual(first(lambda));
  });

  test.each(["GET", "HEAD"] as const)(
    "is asked by %s over no more connections than requests at a time",
    async (method) => {
      const sockets = new Set<Socket>();
      const slow: RequestListener = async ({ socket }, response) => {
        sockets.add(socket);
        await wait(15);
        response.end("page");
      };
      const { port } = await serving(slow);
      await warmUpOnInstance(jobFor(port, { ...ofPaths("/"), method, concurrency: 3 }));
      expect(sockets.size).toBe(3);
    },
  );

  test("is told its own name where the policy tells none", async () => {
    for (const { served } of await both(fine, ofPaths("/"))) {
      const host = `127.0.0.1:${served.port}`;
      expect(served.asked[0]?.headers).toMatchObject({ host, "user-agent": "tidegate-warm-up", accept: "*/*" });
    }
  });

  test("may be still on its way up: nobody listening, then 503, is waited for", async () => {
    const results = warmers.map(async (warmer) => {
      const { port, close } = await serve(page);
      await close();
      const warming = warmer(jobFor(port, { ...ofPaths("/"), ...patient }), {});
      // A Python may take a while to begin.
      await wait(1_000);
      let answers = 0;
      await listening(
        createServer((_, response) => void response.writeHead(++answers <= 3 ? 503 : 200).end()),
        port,
      );
      return warming;
    });
    for (const result of await Promise.all(results)) {
      expect(result).toMatchObject({ verdict: "under-bound", trouble: "/ found nobody listening (ECONNREFUSED)" });
      expect(result.requests).toBeGreaterThan(20);
      // Four that ask pause 20 ms each for a second.
      expect(result.requests).toBeLessThan(300);
    }
  });

  test("is followed where it redirects within itself, by the name that it is called by", async () => {
    const site: RequestListener = ({ url }, response) => {
      if (url === "/old")
        response.writeHead(301, { location: "http://www.example.com/new?a" }).write("moved, and no end");
      else response.end("page");
    };
    const warm = { ...ofPaths("/old"), headers: { host: "www.example.com" }, concurrency: 1 };
    for (const warmed of await both(() => site, warm)) {
      expect(warmed.result).toMatchObject({ verdict: "under-bound", trouble: "", requests: 10 });
      expect(askedOf(warmed, "/new?a")).toBe(10);
    }
  });

  test("may speak TLS, with whatever certificate, and is called by its name", async () => {
    for (const [index, warmer] of warmers.entries()) {
      const names = new Set<unknown>();
      const pem = (name: string) => readFileSync(new URL(`./tls/${name}.pem`, import.meta.url));
      const server = createTlsServer({ key: pem("key"), cert: pem("certificate") }, page);
      server.on("secureConnection", ({ servername }) => names.add(servername));
      const port = await listening(server);
      for (const [host, name] of [
        ["www.example.com:8443", "www.example.com"],
        ["10.0.0.1", false],
      ] as const) {
        names.clear();
        const job = jobFor(port, { ...ofPaths("/"), headers: { Host: host }, untilP95Ms: 300 });
        const result = await warmer({ ...job, target: { ...job.target, protocol: "https" } }, {});
        expect([index, result]).toMatchObject([index, { verdict: "under-bound", trouble: "" }]);
        expect([...names]).toEqual([name]);
      }
    }
  });

  test.each<[string, RequestListener]>([
    ["in pieces", async (_, response) => [response.write("a"), await wait(2), response.end("b")]],
    ["and hangs up", (_, response) => void response.writeHead(200, { connection: "close" }).end("page")],
    ["of no length and hangs up", (_, { socket }) => void socket?.end("HTTP/1.0 200 OK\r\n\r\npage")],
    ["with 4,000 bytes of headers", (_, response) => void response.setHeader("a", "b".repeat(4_000)).end("page")],
    ["without a body", (_, response) => void response.writeHead(204).end()],
  ])("may answer %s", async (_, site) => {
    for (const { result, served } of await both(() => site, { ...ofPaths("/"), concurrency: 1, untilP95Ms: 300 }))
      expect(result).toMatchObject({ verdict: "under-bound", trouble: "", requests: served.asked.length });
  });

  test("may send hints ahead of an answer, which are none", async () => {
    const hinting: RequestListener = (_, response) => {
      response.writeEarlyHints({ link: "</a.css>; rel=preload" });
      response.writeHead(404).end();
    };
    for (const { result } of await both(() => hinting, { ...ofPaths("/"), concurrency: 1 }))
      expect(result).toMatchObject({ verdict: "no-paths", trouble: "/ answered 404", requests: 1 });
  });

  test("may hang up on whom it has not heard of for a while: that costs no request", async () => {
    const hasty = (): RequestListener => {
      let answers = 0;
      return ({ socket }, response) => {
        const isUp = ++answers > 3;
        response.writeHead(isUp ? 200 : 503).end();
        if (!isUp) setTimeout(() => socket.destroy(), 5);
      };
    };
    for (const { result, served } of await both(hasty, { ...ofPaths("/"), concurrency: 1 }, { pauseMs: 100 })) {
      expect(result).toMatchObject({ verdict: "under-bound", trouble: "/ answered 503", requests: 13 });
      expect(served.asked).toHaveLength(13);
    }
  });
});

describe("what is wrong is bounded, and named alike", () => {
  test("paths that do not exist are asked once and no more; the others warm", async () => {
    const site: RequestListener = ({ url }, response) => void response.writeHead(url === "/" ? 200 : 404).end();
    for (const warmed of await both(() => site, { ...ofPaths("/", "/gone"), concurrency: 1 })) {
      expect(warmed.result).toMatchObject({ verdict: "under-bound", trouble: "/gone answered 404", requests: 11 });
      expect(askedOf(warmed, "/gone")).toBe(1);
    }
  });

  test("where no path exists there is nothing to wait for", async () => {
    for (const { result } of await both(answering(404), { ...ofPaths("/gone", "/too"), concurrency: 1 }))
      expect(result).toEqual({
        ...{ verdict: "no-paths", requests: 2, firstP95Ms: "none", lastP95Ms: "none", hitRatio: "none" },
        ...{ durationMs: expect.any(Number), trouble: "/gone answered 404" },
      });
  });

  test("an instance that answers 500 is given its time, and not hammered", async () => {
    for (const { result, served } of await both(
      answering(500),
      { ...ofPaths("/"), timeoutMs: 500, concurrency: 1 },
      { pauseMs: 50 },
    )) {
      expect(result).toMatchObject({ verdict: "time-up", trouble: "/ answered 500", lastP95Ms: "none" });
      expect(served.asked.length).toBeGreaterThan(5);
      expect(served.asked.length).toBeLessThanOrEqual(11);
    }
  });

  test("answers that never come have their time", async () => {
    for (const { result, served } of await both(() => () => {}, { ...ofPaths("/"), timeoutMs: 500 })) {
      expect(result).toMatchObject({ verdict: "time-up", trouble: "/ gave no answer in time", requests: 1 });
      expect(served.asked).toHaveLength(4);
      onTime(result, 500);
    }
  });

  test("an answer has less time than the whole, and one that is too late is not taken for the next", async () => {
    const sockets = new Set<Socket>();
    const silent: RequestListener = ({ socket }) => void sockets.add(socket);
    const warm = { ...ofPaths("/"), timeoutMs: 500, concurrency: 1 };
    const [lambda, own] = await both(() => silent, warm, { answerMs: 100 });
    for (const { result } of [lambda, own]) {
      expect(result).toMatchObject({ verdict: "time-up", trouble: "/ gave no answer in time" });
      expect(result.requests).toBeGreaterThan(2);
      expect(result.requests).toBeLessThan(8);
      onTime(result, 500);
    }
    expect(sockets.size).toBe(lambda.served.asked.length + own.served.asked.length);
  });

  /** Says `head`, then a byte every hundredth of a second. */
  const dripping =
    (head: string | Uint8Array) =>
    (socket: Socket): void => {
      socket.on("error", () => {}).write(head);
      const drip = setInterval(() => socket.write("1"), 10);
      socket.on("close", () => clearInterval(drip));
    };
  const shortAnswers = { ...ofPaths("/"), timeoutMs: 450, concurrency: 1 };
  test.each([
    ["a body", "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", "/ did not end its answer in time"],
    [
      "a body in pieces",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5000\r\n",
      "/ did not end its answer in time",
    ],
    ["a header", "HTTP/1.1 200 OK\r\na: b", "/ gave no answer in time"],
    ["a status", "HTTP/1.1 200 O", "/ gave no answer in time"],
  ])("%s that drips has as much time as any answer", async (_, head, trouble) => {
    for (const { result } of await both(
      () =>
        ({ socket }) =>
          dripping(head)(socket),
      shortAnswers,
      { answerMs: 200 },
    )) {
      expect(result).toMatchObject({ verdict: "time-up", trouble, requests: expect.any(Number) });
      expect(result.requests).toBeGreaterThanOrEqual(2);
      expect(result.requests).toBeLessThanOrEqual(4);
      onTime(result, 450);
    }
  });

  test("a handshake that drips has as much time as any answer", async () => {
    const results = warmers.map(async (warmer) => {
      // The head of a record of 16 kB.
      const server = createPlainServer(dripping(Buffer.from([22, 3, 3, 64, 0])));
      const job = jobFor(await listening(server), shortAnswers);
      return warmer({ ...job, target: { ...job.target, protocol: "https" } }, { answerMs: 200 });
    });
    for (const result of await Promise.all(results)) {
      expect(result).toMatchObject({ verdict: "time-up", trouble: "/ gave no answer in time" });
      expect(result.requests).toBeGreaterThanOrEqual(2);
      onTime(result, 450);
    }
  });

  test("a redirect that comes slowly takes of the time of the same answer", async () => {
    const slow: RequestListener = async (_, response) => {
      await wait(150);
      response.writeHead(302, { location: "/" }).end();
    };
    for (const { result } of await both(() => slow, shortAnswers, { answerMs: 250 }))
      expect(result).toMatchObject({ verdict: "time-up", trouble: "/ gave no answer in time" });
  });

  const endless =
    (head: string, piece: string, sent: { bytes: number }) =>
    (): RequestListener =>
    (_, { socket }) => {
      socket?.write(head);
      const more = (): void => {
        sent.bytes += piece.length;
        if (socket?.writable && socket.write(piece)) setImmediate(more);
      };
      socket?.on("drain", more).on("error", () => {});
      more();
    };
  test.each([
    ["a body", "HTTP/1.1 200 OK\r\n\r\n", "x".repeat(65_536), "no-paths", "/ answered with a body that is too long"],
    [
      "a head",
      "HTTP/1.1 200 OK\r\n",
      `a: ${"b".repeat(1_000)}\r\n`,
      "time-up",
      expect.stringMatching(/^\/ broke off \(/),
    ],
    ["a line", "HTTP/1.1 200 OK\r\na: ", "b".repeat(1_000), "time-up", expect.stringMatching(/^\/ broke off \(/)],
    [
      "a wait",
      "",
      "HTTP/1.1 100 Continue\r\n\r\n".repeat(50),
      "time-up",
      expect.stringMatching(/^\/ (broke off|gave)/),
    ],
  ])("%s without end is left off", async (_, head, piece, verdict, trouble) => {
    const sent = { bytes: 0 };
    const warm = { ...ofPaths("/"), timeoutMs: 400, concurrency: 1 };
    const own = await both(endless(head, piece, sent), warm, { bodyBytesMax: 1_000_000, answerMs: 250 });
    for (const { result } of own) expect(result).toMatchObject({ verdict, trouble });
    expect(sent.bytes).toBeLessThan(100_000_000);
  });

  test.each(strayRedirects)("a redirect to %s is not followed", async (_, location, trouble) => {
    const site: RequestListener = ({ headers: { host = "" } }, response) =>
      void response.writeHead(302, { location: location(host) }).end();
    for (const { result, served } of await both(() => site, { ...ofPaths("/"), concurrency: 1 })) {
      expect(result).toMatchObject({ verdict: "no-paths", trouble, requests: 1 });
      expect(served.asked).toHaveLength(trouble.includes("more than") ? 4 : 1);
    }
  });

  test("an answer that breaks off, and one that is no HTTP, are no good", async () => {
    const site: RequestListener = ({ url, socket }, response) => {
      if (url === "/odd") socket.end("no HTTP at all\r\n\r\n");
      else if (url === "/none") socket.destroy();
      else if (url === "/pieces") response.writeHead(200).write("x", () => socket.destroy());
      else response.writeHead(200, { "content-length": 100 }).write("x", () => socket.destroy());
    };
    const troubles = {
      "/cut": "/cut broke off its answer (ECONNRESET)",
      "/pieces": "/pieces broke off its answer (ECONNRESET)",
      "/none": "/none broke off (ECONNRESET)",
      "/odd": expect.stringMatching(/^\/odd broke off \(/),
    };
    const ends = Object.entries(troubles).map(async ([path, trouble]) => {
      for (const { result } of await both(() => site, { ...ofPaths(path), timeoutMs: 300 }))
        expect(result).toMatchObject({ verdict: "time-up", trouble });
    });
    await Promise.all(ends);
  });

  test("an instance that speaks no TLS where it should is no good", async () => {
    for (const warmer of warmers) {
      const server = createServer(page);
      const job = jobFor(await listening(server), { ...ofPaths("/"), timeoutMs: 200 });
      const result = await warmer({ ...job, target: { ...job.target, protocol: "https" } }, {});
      expect(result).toMatchObject({ verdict: "time-up", trouble: "/ broke off (EPROTO)" });
    }
  });

  test("an answer with more headers than anybody needs is no good", async () => {
    const wordy: RequestListener = (_, response) => {
      for (let index = 0; index < 90; index++) response.setHeader(`a-${index}`, "b".repeat(1_000));
      response.end();
    };
    for (const { result } of await both(() => wordy, { ...ofPaths("/"), timeoutMs: 300 }))
      expect(result).toMatchObject({ verdict: "time-up", trouble: expect.stringMatching(/^\/ broke off \([A-Z]/) });
  });

  test("so many requests and no more", async () => {
    const slower = (): RequestListener => {
      let ms = 30;
      return async (_, response) => {
        ms += 3;
        await wait(ms);
        response.end();
      };
    };
    const warm = { ...ofPaths("/"), untilP95Ms: 1, concurrency: 1 };
    for (const { result, served } of await both(slower, warm, { requestsMax: 12 })) {
      expect(result).toMatchObject({ verdict: "requests-spent", requests: 12 });
      expect(served.asked).toHaveLength(12);
    }
  });
});

describe("the script", () => {
  test("asks nobody but this port, whatever proxy its surroundings name", async () => {
    const [site, proxy] = [await serving(page), await serving(page)];
    const named = `http://127.0.0.1:${proxy.port}`;
    const environment = { http_proxy: named, HTTP_PROXY: named, https_proxy: named, ALL_PROXY: named };
    const { exitCode, stdout } = await run(scriptFor(jobFor(site.port, ofPaths("/"))), environment);
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { verdict: "under-bound" }]);
    expect(proxy.asked).toEqual([]);
  });

  test("says what it found, as one line, while others still ask", async () => {
    let hanging = 0;
    const { port } = await serving(({ url }, response) => {
      if (url === "/" || ++hanging > 1) response.end();
    });
    const startedAt = performance.now();
    const job = jobFor(port, { ...ofPaths("/", "/hangs"), timeoutMs: 60_000, concurrency: 2, untilP95Ms: 300 });
    expect(await warmUpOnInstance(job)).toMatchObject({ verdict: "under-bound", requests: 10 });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  test("takes a socket that met itself for none: nobody listens there", async () => {
    const { port, close } = await serve(page);
    await close();
    const job = jobFor(port, { ...ofPaths("/"), timeoutMs: 300, concurrency: 1 });
    const from = "sock = socket.socket()";
    const { stdout } = await run(scriptFor(job, {}, { [from]: `${from}; sock.bind((ADDRESS, PORT))` }));
    expect(JSON.parse(stdout)).toMatchObject({ trouble: "/ found nobody listening (ECONNREFUSED)" });
  });

  test("counts nothing that comes after the verdict", async () => {
    const { port } = await serving(() => {});
    const says = "    with run.lock:\n        verdict = ";
    const job = jobFor(port, { ...ofPaths("/"), timeoutMs: 200, concurrency: 4 });
    const { stdout } = await run(scriptFor(job, {}, { [says]: `    time.sleep(0.3)\n${says}` }));
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "time-up", requests: 1 });
  });

  const asks = "exchange = link.exchange(";
  test("ends in its time, whatever hangs", async () => {
    const { port } = await serving(page);
    const startedAt = performance.now();
    const { stdout } = await run(
      scriptFor(jobFor(port, { timeoutMs: 200 }), {}, { [asks]: `time.sleep(60); ${asks}` }),
    );
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "time-up", requests: 0, trouble: "" });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  test.each<[string, number, Readonly<Record<string, string>>]>([
    ["one that asks", 80, { [asks]: `raise KeyError(1); ${asks}` }],
    ["the one that waits", 80, { "    run.over.wait((": "    run.under.wait((" }],
    ["a port that is none", 99_999, {}],
  ])("says nothing where %s is at fault, and fails", async (_, port, changes) => {
    const ended = await run(scriptFor(jobFor(port, {}), {}, changes));
    expect(ended).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("Traceback") });
  });
});

function onTime({ durationMs }: WarmResult, timeoutMs: number): void {
  expect(durationMs).toBeGreaterThanOrEqual(timeoutMs - 10);
  expect(durationMs).toBeLessThan(timeoutMs + 1_000);
}

/** Until the test is over. */
async function listening(server: Server, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  open.push({ close });
  return (server.address() as AddressInfo).port;
}
