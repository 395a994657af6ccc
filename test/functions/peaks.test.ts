// What the forecast function does for peaks: the exported handler over real SDK clients and a real table, an account's recorded
// answers behind them, and then the decision that is made of what it left.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { SQSBatchResponse } from "aws-lambda";
import { answerWith, endPeak, prefetchesOf, putPeak, standingOf } from "../../shared/aws/index.ts";
import { putGroup } from "../../shared/aws/log/facts.ts";
import { snapshotOf } from "../../shared/control/index.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "../../shared/core/index.ts";
import { decideOrRefuse, explainDecision, sizeByRules, summaryOf } from "../../shared/engine/index.ts";
import type { Peak, Policy } from "../../shared/policy/index.ts";
import { type Answers, answers, refusal } from "../aws/doctor/recorded.ts";
import { fillLog } from "../cli/givenLog.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { givenPeak, noon } from "../support/given.ts";
import { batchOf, contextOf, type Lambda, openLambda, recorded, spyOnLog } from "./lambda.ts";

const now = Math.floor(Date.now() / hourMs) * hourMs;
/** 30,000 a minute want 60 instances, 120 vCPUs. */
const sale = givenPeak({
  name: "sale",
  atMs: now + 2 * dayMs,
  expect: { kind: "absolute", perMinute: 30_000 },
  holdMs: hourMs,
});
const likeDay = (agoMs: number): Peak =>
  givenPeak({ name: "again", atMs: now + 30 * dayMs, holdMs: hourMs, expect: { kind: "like", fromMs: now - agoMs } });
const launch = { ...cloudPolicy().launch, subnets: ["subnet-a", "subnet-b"], instanceTypes: ["m7g.large"] };
const policyOf = (fleet: string, ...peaks: readonly Peak[]): Policy =>
  cloudPolicy({ fleet, peaks, launch, bounds: { min: 1, max: 100 } });
const policies = [
  policyOf("sale", sale),
  policyOf("minutes", likeDay(3 * dayMs)),
  policyOf("fives", likeDay(20 * dayMs)),
  policyOf("hours", likeDay(364 * dayMs)),
  policyOf("forgotten", likeDay(500 * dayMs)),
  policyOf(
    "logged",
    givenPeak({ name: "again", atMs: now + 30 * dayMs, holdMs: 4 * minuteMs, expect: { kind: "like", fromMs: noon } }),
  ),
  policyOf("plain"),
];

let lambda: Lambda;
let handler: (event: unknown) => Promise<SQSBatchResponse | "asked">;
let account: Answers;
interface Sent {
  readonly MessageBody: string;
}
const sent: Sent[] = [];
const asked: string[] = [];

/** A thousand a minute, and twice that in the second half of each hour. */
function metricData({ MetricDataQueries: queries, StartTime, EndTime }: Query): object {
  asked.push("GetMetricData");
  return {
    MetricDataResults: queries.map(({ Id, MetricStat: { Period, Metric } }) => {
      const stepMs = Period * secondMs;
      const count = Math.floor((EndTime.getTime() - StartTime.getTime()) / stepMs);
      const Timestamps = Array.from({ length: count }, (_, index) => new Date(StartTime.getTime() + index * stepMs));
      const sumAt = (at: Date): number =>
        Array.from({ length: stepMs / minuteMs }, (_, minute) =>
          (at.getUTCMinutes() + minute) % 60 < 30 ? 1_000 : 2_000,
        ).reduce((sum, one) => sum + one, 0);
      const Values = Timestamps.map((at) => (Metric.MetricName === "RequestCount" ? sumAt(at) : 2));
      return { Id, StatusCode: "Complete", Timestamps, Values };
    }),
  };
}
interface Query {
  readonly MetricDataQueries: readonly {
    readonly Id: string;
    readonly MetricStat: { readonly Period: number; readonly Metric: { readonly MetricName: string } };
  }[];
  readonly StartTime: Date;
  readonly EndTime: Date;
}

beforeAll(async () => {
  lambda = await openLambda(policies);
  const { metrics, ec2 } = await import("../../shared/aws/patientClients.ts");
  const { patientQuotas } = await import("../../shared/aws/doctor/index.ts");
  const { sqs } = await import("../../shared/aws/lambdaClients.ts");
  const forecast = await import("../../functions/forecast.ts");
  const fromAccount = (_service: string, command: string, input: unknown): object => {
    asked.push(command);
    return account[command]?.(input as never) ?? {};
  };
  answerWith(metrics, "CloudWatch", (_service, _command, input) => metricData(input as Query));
  answerWith(ec2, "EC2", fromAccount);
  answerWith(patientQuotas, "ServiceQuotas", fromAccount);
  answerWith(sqs, "SQS", (_service, _command, input) => {
    const { Entries: entries, ...one } = input as Sent & { readonly Entries?: readonly Sent[] };
    sent.push(...(entries ?? [one]));
    return { Successful: [], Failed: [] };
  });
  handler = (event) => forecast.handler(event, contextOf());
  const loadBalancer = { kind: "application", dimension: "app/web/1" } as const;
  const group = {
    arn: "arn:group",
    name: "shop-web",
    dimension: "targetgroup/shop-web/1",
    loadBalancer,
    deregistrationDelayMs: 0,
  };
  for (const { fleet, targetGroup } of policies)
    await putGroup(lambda.table, fleet, { spelled: String(targetGroup), readAt: now, group: group as never });
});
afterAll(() => lambda.close());

const log = spyOnLog();
beforeEach(() => {
  account = answers;
  sent.length = 0;
  asked.length = 0;
  log.clear();
});

const look = async (fleet: string): Promise<void> =>
  expect(await handler(batchOf(JSON.stringify({ fleet })))).toEqual({ batchItemFailures: [] });
const quota = (value: number): Answers => ({ ...answers, GetServiceQuota: () => ({ Quota: { Value: value } }) });

/** As the next look would see it, and decide. */
async function decided(fleet: string, at = Date.now()) {
  const policy = policies.find((one) => one.fleet === fleet) as Policy;
  const standing = await standingOf(lambda.table, fleet);
  const instances = { kind: "missing", how: "failed", because: "not asked" } as const;
  const snapshot = snapshotOf(policy, { ...standing, now: at, instances, metrics: {}, brakes: [] });
  const decision = decideOrRefuse(policy, snapshot, sizeByRules);
  const explained = explainDecision({ id: "x@1", policy, snapshot, decision, outcomes: [] });
  const warnings = explained.filter((line) => /pre-flight/.test(line));
  return { warnings, snapshot, summary: summaryOf(decision, snapshot, []) };
}

test("the clock asks for fleets with peaks, the policy's or added, though no rule of theirs forecasts", async () => {
  await handler(recorded("forecasts"));
  const fleets = () => sent.splice(0).map(({ MessageBody }) => JSON.parse(MessageBody).fleet);
  const own = ["fives", "forgotten", "hours", "logged", "minutes", "sale"];
  expect(fleets()).toEqual(own);
  for (const fleet of ["plain", "gone"]) await putPeak(lambda.table, fleet, { peak: sale, by: "ann", addedAt: now });
  await handler(recorded("forecasts"));
  expect(fleets()).toEqual([...own.slice(0, -1), "plain", "sale"]);
  await endPeak(lambda.table, "plain", "sale");
  await handler(recorded("forecasts"));
  expect(fleets()).toEqual(own);
});

test.each([
  ["minutes", [1_000, 1_000, 2_000, 2_000]],
  ["fives", [1_000, 1_000, 2_000, 2_000]],
  ["hours", [1_500, 1_500, 1_500, 1_500]],
])(
  "a day that CloudWatch has in %s is read by itself, and looks decide by it from then on",
  async (fleet, perMinute) => {
    await look(fleet);
    expect((await standingOf(lambda.table, fleet)).peaks).toMatchObject([
      { name: "again", expect: { kind: "figures", everyMs: hourMs / 4, perMinute } },
    ]);
    expect((await decided(fleet)).summary.problems).not.toContain("not read yet");
    expect(log.linesOf("INFO")).toMatchObject([{ message: "peaks looked at", fleet, ahead: 1, read: 1, unread: 0 }]);
    asked.length = 0;
    await look(fleet);
    expect(asked).toEqual([]);
  },
);

test("a day that the fleet's own log saw is read from it, whatever CloudWatch has forgotten", async () => {
  const policy = policies.find(({ fleet }) => fleet === "logged") as Policy;
  await fillLog(lambda.table, { policy, perMinute: Array.from({ length: 12 }, (_, minute) => 900 + 10 * minute) });
  await look("logged");
  expect((await standingOf(lambda.table, "logged")).peaks).toMatchObject([{ expect: { perMinute: [950] } }]);
  expect(asked).toEqual([]);
});

test("a day that nobody knows any more says so in each decision, weeks ahead", async () => {
  await look("forgotten");
  const { warnings, summary } = await decided("forgotten");
  expect(warnings).toEqual([
    expect.stringMatching(
      /pre-flight again stands aside: problem \(day\): no load is known of .* which it is to be like; to do: tidegate peaks resolve forgotten --history FILE/,
    ),
  ]);
  expect(summary.problems).toContain("peak again not read yet, pre-flight again: day");
});

test("what the account lacks for a near peak is in the next decision, and gone when it is mended", async () => {
  account = { ...quota(64), DescribeImages: () => ({ Images: [{ State: "disabled", Architecture: "arm64" }] }) };
  await look("sale");
  const { warnings, summary } = await decided("sale");
  expect(warnings).toHaveLength(2);
  expect(warnings.join("\n")).toMatch(/problem \(image\): at its height of 60: image ami-1 is disabled/);
  expect(warnings.join("\n")).toMatch(
    /warning \(quota\): at its height of 60: .* is 64 vCPUs; needed: 124 \(sale 120 \+ running elsewhere 4\)/,
  );
  expect(summary.problems).toContain("pre-flight sale: quota");
  account = quota(500);
  await look("sale");
  expect((await decided("sale")).warnings).toEqual([]);
});

test("what nobody has looked at for three hours, or is of a peak that is over, is not told any more", async () => {
  account = quota(64);
  await look("sale");
  expect((await decided("sale", Date.now() + 2 * hourMs)).warnings).toHaveLength(1);
  expect((await decided("sale", Date.now() + 3 * hourMs)).warnings).toEqual([]);
});

test("what the role may not read is a warning, not a failure", async () => {
  account = {
    ...answers,
    DescribeSubnets: () => {
      throw refusal("UnauthorizedOperation", 403);
    },
  };
  await look("sale");
  expect((await decided("sale")).warnings.join()).toContain("could not be checked: needs ec2:DescribeSubnets");
});

test("a fleet without peaks is read no metrics, and nothing is asked of the account", async () => {
  await look("plain");
  expect(asked).toEqual([]);
});

describe("a peak's pages", () => {
  const peak = givenPeak({
    ...{ name: "shown", atMs: now + 90 * minuteMs, expect: { kind: "absolute", perMinute: 100 }, holdMs: hourMs },
    // A name that leads to this machine: the deployed ways refuse it before a socket opens.
    prefetch: { urls: ["http://localhost:1/sale"], beforeMs: 10 * minuteMs },
  });
  const prefetches = () => prefetchesOf(lambda.table, "plain");
  const wish = JSON.stringify({ fleet: "plain", prefetch: "shown" });

  test("are asked for by the hour's look, for their time", async () => {
    await putPeak(lambda.table, "plain", { peak, by: "ann", addedAt: now });
    await look("plain");
    expect(log.linesOf("INFO")).toContainEqual(
      expect.objectContaining({ message: "prefetches asked for", fleet: "plain", peaks: ["shown"] }),
    );
    expect(sent).toEqual([expect.objectContaining({ MessageBody: wish })]);
    expect((await prefetches()).size).toBe(0);
  });

  test("are fetched when it has come, once, and what went wrong is in the next decision; their URLs are in none", async () => {
    const due = { ...peak, atMs: Date.now() + 35 * minuteMs };
    await putPeak(lambda.table, "plain", { peak: due, by: "ann", addedAt: now });
    expect(await handler(batchOf(wish, wish))).toEqual({ batchItemFailures: [] });
    expect([...(await prefetches()).values()]).toMatchObject([{ kind: "done", result: { urls: 1, answered: 0 } }]);
    const steps = log.linesOf("INFO").filter(({ message }) => message === "prefetch");
    expect(steps.map(({ kind }) => kind).sort()).toEqual(["done", "known"]);
    const { warnings, snapshot } = await decided("plain");
    expect(warnings).toEqual([
      expect.stringMatching(
        /pre-flight shown stands aside: warning \(prefetch\): .* 0 of 1 page answered .*; first trouble: http:\/\/localhost:1\/sale is not asked: (127\.0\.0\.1|::1) is this machine itself/,
      ),
    ]);
    expect(snapshot.peaks).toHaveLength(1);
    expect(JSON.stringify(snapshot.peaks)).not.toContain("localhost");
    await endPeak(lambda.table, "plain", "shown");
  });
});
