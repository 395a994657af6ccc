// An instance: a real HTTP server with a few workers and a cache that is cold at its start. Started with `fork`; it says over IPC
// when it runs, and ends with whoever started it.
import { createServer } from "node:http";

const { id, bootMs, workerCount, keyCount, coldMs, warmMs } = JSON.parse(process.argv[2] ?? "{}");

/** Spread evenly between two bounds by a number that counts: no dice, and no two keys alike. */
const between = ([shortest, longest], count) => shortest + (longest - shortest) * ((count * 0.6180339887) % 1);

const cached = new Set();
const waiting = [];
let [busyCount, servedCount] = [0, 0];

/** What a worker is busy with: reading a key for the first time, or out of its cache. */
function workFor(key) {
  if (cached.has(key)) return between(warmMs, servedCount);
  cached.add(key);
  return between(coldMs, key + 1);
}

function serve(key, response) {
  busyCount += 1;
  servedCount += 1;
  setTimeout(() => {
    busyCount -= 1;
    response.setHeader("x-instance", id);
    response.end("ok\n");
    const next = waiting.shift();
    if (next) serve(next.key, next.response);
  }, workFor(key));
}

const server = createServer((request, response) => {
  if (request.url === "/healthz") return response.end("well\n");
  const key = Number(/^\/key\/(\d+)$/.exec(request.url ?? "")?.[1]);
  if (!(key < keyCount)) {
    response.statusCode = 404;
    return response.end();
  }
  if (busyCount < workerCount) serve(key, response);
  else waiting.push({ key, response });
});

// Longer than the load balancer keeps its idle connections: a server that hangs up first cuts the request that is on its way.
server.keepAliveTimeout = 65_000;

process.on("disconnect", () => process.exit());
// Ctrl-C goes to everybody at the terminal: here it is the parent's to say when it is over.
process.on("SIGINT", () => {});

setTimeout(() => server.listen(0, "127.0.0.1", () => process.send?.({ port: server.address().port })), bootMs);
