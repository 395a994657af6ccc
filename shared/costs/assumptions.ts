// What cannot be counted here and is assumed instead: how long AWS takes to answer, and what a look takes of a processor.
import { type DurationMs, secondMs } from "../core/index.ts";

/** Answers inside one region, as they usually take; the slowest decide what a Lambda's time costs. */
const latenciesMs: Readonly<Record<string, DurationMs>> = {
  DynamoDB: 6,
  CloudWatch: 60,
  ElasticLoadBalancingV2: 80,
  EC2: 120,
  SQS: 10,
};
/** CreateFleet answers when it has launched. */
const slowMs: Readonly<Record<string, DurationMs>> = { CreateFleet: 2_500, TerminateInstances: 400 };

export const latencyMs = (service: string, command: string): DurationMs =>
  slowMs[command] ?? latenciesMs[service] ?? 50;

/** A refusal for coming too fast comes fast. */
export const refusedMs: DurationMs = 20;

/** A look's own work, at the share of a processor that 1,024 MB have. */
export const lookCpuMs: DurationMs = 12;
export const evaluateMemoryMb = 1_024;
export const dispatchMemoryMb = 512;
/** One of dispatch, with a thousand fleets to queue. */
export const dispatchMs: DurationMs = 400;

/** A forecast's own work, likewise: two weeks of minutes read and a model made of them, 190 ms of a whole processor. */
export const refreshCpuMs: DurationMs = 330;
/** How long CloudWatch takes for a full page of points, and how far the clock spreads the pages of a batch. */
export const historyMs: DurationMs = 1_500;
export const forecastMemoryMb = 1_024;
/** Made every four hours, and asked after every hour: one of dispatch's kind sends, one reads what stands. */
export const refreshesPerHour = 1 / 4;

/** As serverless/warmer and serverless/haproxy have it. */
export const warmMemoryMb = 512;
export const warmingMemoryMb = 512;
export const haproxyMemoryMb = 256;
/** How many wishes, or ends, `warming` takes at once: `maximumConcurrency`. Each is counted as though it were a batch of its own. */
export const warmingsAtOnce = 2;
/** Its own work on one, at the share of a processor that 512 MB have. */
export const warmingCpuMs: DurationMs = 20;
/** The line of `warm`, and those of `warming` on begin and end. */
export const loggedBytesPerWarmUp = 900;
/**
 * A run of `haproxy`, and what each fleet that it asks adds, at the share of a processor that 256 MB have: 1.5 ms of a whole one to ask a
 * HAProxy of 124 slots and to read its answer.
 */
export const haproxyRunMs: DurationMs = 10;
export const haproxyFleetMs: DurationMs = 10;
/** The line with a fleet's minute. */
export const loggedBytesPerMinute = 420;

/** The line that a look writes, and the three that Lambda adds to each invocation. */
export const loggedBytesPerLook = 520;
export const loggedBytesPerInvocation = 400;

/** As serverless.yml has it. */
export const batchSizeMax = 10;
/** How long a poller gathers a batch: `maximumBatchingWindow` of serverless.yml. */
export const batchingMs: DurationMs = secondMs;

/** From an alarm's change of state to its look: EventBridge, dispatch, the queue. */
export const wakeMs: DurationMs = secondMs;
/** Pollers that the event source keeps while little comes. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
export const pollersAtRest = 5;
/** What each of them asks for when nothing comes: one long poll of twenty seconds after the other. */
export const pollsPerMinute = 3;
