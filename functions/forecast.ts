// Woken by the clock once an hour: off with every fleet that forecasts, or has peaks, to a queue. From the queue: the forecast of each
// that is due, the days that its peaks are to be like, and what stands in the way of those that are near (docs/decisions/0014).
// One that fails fails alone; what stands for it stands until it is too old.
import middy from "@middy/core";
import sqsPartialBatchFailure from "@middy/sqs-partial-batch-failure";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { createAwsSurvey, patientQuotas } from "../shared/aws/doctor/index.ts";
import { createAwsAlmanac } from "../shared/aws/history/index.ts";
import {
  attendedOf,
  deployedAttended,
  fleetsWithPeaks,
  lambdaClients,
  patientClients,
  prefetchesOf,
  type Queue,
  realWaiting,
  sendMessage,
  sendMessages,
  type Table,
} from "../shared/aws/index.ts";
import { hasPrefetch, isForecast, isRefreshDue, peaksAt, readDays, refresh } from "../shared/control/index.ts";
import {
  askForPrefetches,
  type PrefetchPort,
  type PrefetchWish,
  parseRefresh,
  prefetchIn,
  prefetchPeak,
  refreshMessages,
} from "../shared/looks/index.ts";
import type { Policy } from "../shared/policy/index.ts";
import { preflight } from "../shared/preflight/index.ts";
import { prefetch, prefetchWays } from "../shared/warm/index.ts";
import { beforeTimeout } from "./deadline.ts";
import { environment } from "./environment.ts";
import { ageOf, summaryOfPeaks, summaryOfRefresh } from "./forecastSummary.ts";
import { log, namesRequest } from "./log.ts";
import { openPolicies, readBuilt } from "./policies.ts";

const { tableName, stage, queueUrl, folder } = environment();
const table: Table = { client: lambdaClients.dynamodb, name: tableName, stage };
const queue: Queue = { client: lambdaClients.sqs, url: queueUrl };
const policies = openPolicies(folder, table);
const almanac = createAwsAlmanac({ metrics: patientClients.metrics, table, now: Date.now, waiting: realWaiting(50) });

const survey = createAwsSurvey({
  ec2: patientClients.ec2,
  quotas: patientQuotas,
  table,
  now: Date.now,
  lead: almanac.lead,
});

const prefetching: PrefetchPort = {
  table,
  now: Date.now,
  fetch: (urls) => prefetch(urls, prefetchWays),
  send: (message) => sendMessage(queue, message),
};

/** The line's age is the clock's own, so that an alarm on ages hears it when the clock stops. */
async function ask(event: unknown): Promise<void> {
  if (Object(event).kind !== "forecasts") throw new Error(`unknown event: ${JSON.stringify(event)?.slice(0, 200)}`);
  const fleets = await attended();
  await sendMessages(queue, refreshMessages(fleets));
  log.info("forecasts asked for", { fleets: fleets.length, ageMinutes: 0 });
}

/** Those whose policy asks for it, and those that peaks were added to; none that is gone. */
async function attended(): Promise<readonly string[]> {
  const built = readBuilt(folder);
  const [asking, withPeaks, there] = await Promise.all([
    "kind" in built ? deployedAttended(table) : attendedOf(built),
    fleetsWithPeaks(table),
    policies.fleets(),
  ]);
  const all = new Set([...asking, ...withPeaks]);
  return there.filter((fleet) => all.has(fleet)).sort();
}

/** Side by side, and each comes to its own end. */
const keep = async ({ Records }: SQSEvent, context: Context): Promise<readonly PromiseSettledResult<void>[]> =>
  await Promise.allSettled(Records.map((record) => beforeTimeout(context, keepFrom(record))));

async function keepFrom({ body }: SQSRecord): Promise<void> {
  const wish = prefetchIn(body);
  if (wish !== "none") return await fetchFor(wish);
  const fleet = parseRefresh(body);
  const { policy } = await policies.policyOf(fleet);
  // Neither is to wait for the other, nor to fail with it.
  const ended = await Promise.allSettled([keepForecast(policy), keepPeaks(policy)]);
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}

async function keepForecast(policy: Policy): Promise<void> {
  const { fleet } = policy;
  if (!isForecast(policy)) return log.debug("no rule forecasts", { fleet });
  const [standing, startedAt] = [await almanac.previous(policy), almanac.now()];
  const isDue = isRefreshDue(standing, startedAt);
  log.info("forecast stands", { fleet, ...ageOf(standing, startedAt), isDue });
  if (!isDue) return;
  const made = await refresh(almanac, policy);
  log.info("forecast made", { fleet, ...summaryOfRefresh(made), ms: almanac.now() - startedAt });
}

async function keepPeaks(policy: Policy): Promise<void> {
  const days = await readDays(almanac, policy);
  if (days.peaks.length === 0) return;
  const { fleet } = policy;
  const { peaks } = days;
  const prefetches = peaks.some(hasPrefetch) ? await prefetchesOf(table, fleet) : new Map();
  // First: what the account refuses to tell must not keep a page from being fetched.
  const asked = await askForPrefetches(prefetching, { fleet, peaks, states: prefetches });
  if (asked.length > 0) log.info("prefetches asked for", { fleet, peaks: asked });
  const made = await preflight(survey, policy, { ...days, prefetches });
  log.info("peaks looked at", { fleet, ...summaryOfPeaks(days, made) });
}

/** What has come of it is found at once by the looks that follow. */
async function fetchFor({ fleet, peak }: PrefetchWish): Promise<void> {
  const { policy } = await policies.policyOf(fleet);
  const peaks = peaksAt(policy, await almanac.added(policy), Date.now());
  const step = await prefetchPeak(prefetching, { fleet, peak, peaks });
  log.info("prefetch", { fleet, peak, ...step });
  if (step.kind === "done") await keepPeaks(policy);
}

const failed = (error: unknown, { body }: SQSRecord): void => log.error("forecast failed", { body, error });

const asked = middy(ask).use(namesRequest());
const kept = middy(keep)
  .use(namesRequest())
  .use(sqsPartialBatchFailure({ logger: failed })) as unknown as (
  event: SQSEvent,
  context: Context,
) => Promise<SQSBatchResponse>;

export const handler = async (event: unknown, context: Context): Promise<SQSBatchResponse | "asked"> => {
  if (Array.isArray(Object(event).Records)) return await kept(event as SQSEvent, context);
  await asked(event, context);
  return "asked";
};
