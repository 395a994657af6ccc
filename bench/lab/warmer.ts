// The gate in its simplest form: every key of a new instance is asked for, round after round, until a round's p95 is under the bound.
import { Agent, get } from "node:http";
import { performance } from "node:perf_hooks";
import type { DurationMs } from "../../shared/core/index.ts";
import type { Address } from "../../shared/haproxy/index.ts";
import { type Histogram, percentile, recorded } from "./histogram.ts";

export interface WarmGiven {
  readonly paths: readonly string[];
  readonly untilP95Ms: DurationMs;
  readonly timeoutMs: DurationMs;
}
export interface Warmed {
  readonly verdict: "warm" | "timed-out" | "unreachable";
  readonly requestCount: number;
  readonly firstP95Ms: DurationMs;
  readonly lastP95Ms: DurationMs;
  readonly tookMs: DurationMs;
}
/** Whatever warms an instance before it takes traffic. Never rejects: a failure is a verdict. */
export type Warmer = (address: Address, given: WarmGiven) => Promise<Warmed>;

/** As many as an instance has workers: warming is not to be a load of its own. */
const concurrency = 2;
/** One good round may be luck; and a process that has answered three times as much runs compiled code. */
const goodRounds = 3;

export const warmByRounds: Warmer = async (address, { paths, untilP95Ms, timeoutMs }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const startedAt = performance.now();
  const tookMs = (): number => performance.now() - startedAt;
  const rounds: number[] = [];
  const report = (verdict: Warmed["verdict"]): Warmed => ({
    verdict,
    requestCount: rounds.length * paths.length,
    firstP95Ms: rounds[0] ?? 0,
    lastP95Ms: rounds.at(-1) ?? 0,
    tookMs: tookMs(),
  });
  try {
    while (tookMs() < timeoutMs) {
      rounds.push(await round(agent, address, paths));
      const last = rounds.slice(-goodRounds);
      if (last.length === goodRounds && last.every((p95Ms) => p95Ms <= untilP95Ms)) return report("warm");
    }
    return report("timed-out");
  } catch {
    return report("unreachable");
  } finally {
    agent.destroy();
  }
};

async function round(agent: Agent, address: Address, paths: readonly string[]): Promise<number> {
  const latencies: Record<number, number> = {};
  const left = [...paths];
  const worker = async (): Promise<void> => {
    for (let path = left.shift(); path !== undefined; path = left.shift())
      recorded(latencies, await latencyOf(agent, address, path));
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return p95Of(latencies);
}

function p95Of(latencies: Histogram): number {
  const p95 = percentile(latencies, 0.95);
  return p95.kind === "ms" ? p95.ms : 0;
}

/** An answer that does not come in this time is none. */
const answerMaxMs = 5_000;

const latencyOf = (agent: Agent, { host, port }: Address, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sentAt = performance.now();
    const request = get({ agent, host, port, path, timeout: answerMaxMs }, (response) => {
      response.resume();
      response.once("error", reject);
      response.once("end", () =>
        response.statusCode === 200
          ? resolve(performance.now() - sentAt)
          : reject(new Error(`${path} answered ${response.statusCode}`)),
      );
    });
    request.once("timeout", () => request.destroy(new Error(`${path} took more than ${answerMaxMs} ms`)));
    request.once("error", reject);
  });
