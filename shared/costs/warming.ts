// What warming adds to a busy fleet: a warm-up for each launch, by functions and queues of its own, and more looks while it lasts.
import { assert } from "../core/index.ts";
import { warmingMemoryMb, warmMemoryMb } from "./assumptions.ts";
import { type Bill, billOfFleet, hoursPerMonth, lambdaUsd, logUsd, pollersUsd, totalOf } from "./bill.ts";
import type { Counted } from "./counted.ts";
import { prices } from "./prices.ts";
import { times, type Usage } from "./usage.ts";

export interface Warming {
  /** Of one fleet in an hour. */
  readonly warmUpCount: number;
  /** One warm-up, and what it costs. */
  readonly made: Usage;
  readonly each: Bill;
  /** What it adds to a busy fleet in a month. */
  readonly bill: Bill;
  /** In a month, once for all fleets that warm. */
  readonly account: Bill;
}

/** `plain` and `warming` are as many busy fleets, otherwise alike. */
export function warmingOf(plain: Counted, warming: Counted, fleetCount: number): Warming {
  const count = warming.warmUsage["warm-ups"] ?? 0;
  assert(count > 0, "whoever is busy launches");
  const made = times(warming.warmUsage, 1 / count);
  const [each, warmUpCount] = [billOfWarmUp(made), count / fleetCount];
  const looksOf = ({ usage }: Counted): number => totalOf(billOfFleet(times(usage, 1 / fleetCount), 0));
  const bill = [
    ...each.map(({ what, usd }) => ({ what, usd: usd * warmUpCount * hoursPerMonth })),
    { what: "more looks", usd: looksOf(warming) - looksOf(plain) },
  ];
  return { warmUpCount, made, each, bill, account: billOfQueues() };
}

/** By what it used. */
export function billOfWarmUp(made: Usage): Bill {
  const of = (key: string): number => made[key] ?? 0;
  const runs = of("warming invocations");
  return [
    { what: "Lambda warm", usd: lambdaUsd({ ms: of("warm ms"), runs: of("warm-ups"), memoryMb: warmMemoryMb }) },
    { what: "Lambda warming", usd: lambdaUsd({ ms: of("warming ms"), runs, memoryMb: warmingMemoryMb }) },
    { what: "messages", usd: messageCount(made) * prices.queueRequest },
    { what: "table", usd: of("read units") * prices.readUnit + of("write units") * prices.writeUnit },
    { what: "logs of 30 days", usd: logUsd(of("logged bytes")) },
  ];
}

/** Sent, and by the event source one to receive and one to delete what `warming` takes. */
export const messageCount = (made: Usage): number =>
  (made["SQS SendMessage"] ?? 0) + 2 * (made["warming invocations"] ?? 0);

/** In serverless/warmer: wishes and ends, and the alarm on what failed. */
export const warmQueueCount = 2;
export const warmAlarmCount = 1;

const billOfQueues = (): Bill => [
  { what: "the pollers of its queues", usd: pollersUsd(warmQueueCount) },
  { what: "its alarm", usd: warmAlarmCount * prices.alarmMonth },
];
