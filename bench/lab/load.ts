// The load's process: requests at the rate it is told, a tally at the end of each compressed minute. Ends with the lab.
import { performance } from "node:perf_hooks";
import { type Clients, openClients } from "./clients.ts";
import { createAges, createTallying, type Tallying } from "./tally.ts";
import type { LoadGiven, ToLab, ToLoad } from "./traffic.ts";

/** How often requests are released: a few at a time. */
const stepMs = 2;
/** After a pause of the machine the load does not come all at once. */
const carriedMaxMs = 50;
/** The last answers are waited for as long as a request may take. */
const patienceMs = 12_000;

const tell = (message: ToLab): void => void process.send?.(message);

function pace(clients: Clients, perSecond: () => number): NodeJS.Timeout {
  let [before, owed] = [performance.now(), 0];
  return setInterval(() => {
    const now = performance.now();
    owed += (Math.min(now - before, carriedMaxMs) * perSecond()) / 1_000;
    before = now;
    const whole = Math.floor(owed);
    // What no connection was free for is not sent later: the next step has its own.
    clients.release(whole);
    owed -= whole;
  }, stepMs);
}

async function end(clients: Clients, tallying: Tallying): Promise<void> {
  const until = performance.now() + patienceMs;
  while (clients.settle() > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  const unansweredCount = clients.settle();
  tell({ kind: "ended", tally: tallying.next(-1), unansweredCount });
  clients.stop();
}

async function run({ url, connectionCount, paths, ages }: LoadGiven): Promise<void> {
  const tallying = createTallying();
  let perSecond = 0;
  const clients = await openClients({ url, connectionCount, paths, tallying, ageOf: createAges(ages) });
  const pacing = pace(clients, () => perSecond);
  process.on("message", (message: ToLoad) => {
    if (message.kind === "minute") {
      perSecond = message.perSecond;
      tell({ kind: "tally", tally: tallying.next(message.minute) });
      return;
    }
    clearInterval(pacing);
    void end(clients, tallying).then(() => setTimeout(() => process.exit(), 300));
  });
  tell({ kind: "ready" });
}

process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {});
await run(JSON.parse(process.argv[2] ?? "{}") as LoadGiven);
