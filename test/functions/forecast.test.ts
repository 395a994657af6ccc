// The exported handler over real SDK clients, a real table and the imagined cloud's two weeks of traffic.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { SQSBatchResponse } from "aws-lambda";
import {
  type Answer,
  answerWith,
  getAhead,
  marksOf,
  putForecast,
  putMark,
  putPeak,
  standingOf,
} from "../../shared/aws/index.ts";
import { findTargetGroup } from "../../shared/aws/loadBalancer.ts";
import { putGroup } from "../../shared/aws/log/facts.ts";
import { historyMs } from "../../shared/control/index.ts";
import { dayMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { answeredClients, awsError } from "../support/cloudClients.ts";
import { givenForecastRule, givenPeak } from "../support/given.ts";
import { awsRequestId, batchOf, contextOf, type Lambda, openLambda, recorded, spyOnLog } from "./lambda.ts";

const rule = givenForecastRule({ timeZone: "Europe/Paris" });
const forecasting = ["shop", "blog", "marked", "announced", "denied", "young", "strange", "twin-a", "twin-b", "twin-c"];
const plain = ["plain"];

let lambda: Lambda;
let cloud: Cloud;
let answer: Answer;
let handler: (event: unknown) => Promise<SQSBatchResponse | "asked">;
const asked: { readonly MetricDataQueries: readonly unknown[]; readonly StartTime: Date; readonly EndTime: Date }[] =
  [];
const sent: { readonly MessageBody: string; readonly DelaySeconds: number }[] = [];

/** By day twice as much as by night, on average ten thousand a minute. */
const load = (at: number): number => Math.round(10_000 - 5_000 * Math.cos((2 * Math.PI * (at % dayMs)) / dayMs));

beforeAll(async () => {
  const policies = [
    ...forecasting.map((fleet) => cloudPolicy({ fleet, rules: [rule] })),
    ...plain.map((fleet) => cloudPolicy({ fleet })),
  ];
  lambda = await openLambda(policies);
  const { metrics } = await import("../../shared/aws/patientClients.ts");
  const { sqs } = await import("../../shared/aws/lambdaClients.ts");
  const forecast = await import("../../functions/forecast.ts");
  answerWith(metrics, "CloudWatch", (...call) => answer(...call));
  answerWith(sqs, "SQS", (_service, _command, input) => {
    sent.push(...(input as { readonly Entries: typeof sent }).Entries);
    return { Successful: [], Failed: [] };
  });
  handler = (event) => forecast.handler(event, contextOf());
  cloud = givenCloud({ startAt: Date.now(), traffic: { load, filled: () => false } });
  const { loadBalancer } = answeredClients((...call) => cloud.answer(...call));
  const group = await findTargetGroup(loadBalancer, "shop-web");
  for (const fleet of forecasting.filter((name) => name !== "strange"))
    await putGroup(lambda.table, fleet, { spelled: "shop-web", readAt: Date.now(), group });
});
afterAll(() => lambda.close());

const log = spyOnLog();
beforeEach(() => {
  answer = (service, command, input) => {
    asked.push(input as (typeof asked)[number]);
    return cloud.answer(service, command, input);
  };
  asked.length = 0;
  sent.length = 0;
  log.clear();
});

const messages = (...fleets: readonly string[]) => batchOf(...fleets.map((fleet) => JSON.stringify({ fleet })));
const standing = async (fleet: string) => (await standingOf(lambda.table, fleet)).forecast;
const modelOf = async (fleet: string) => {
  const forecast = await standing(fleet);
  if (forecast === "none" || forecast.model.kind === "abstains") throw new Error(`${fleet} has no forecast`);
  return forecast.model;
};
const none: SQSBatchResponse = { batchItemFailures: [] };

describe("the clock", () => {
  test("queues the fleets that forecast and no other, spread out always alike", async () => {
    expect(await handler(recorded("forecasts"))).toBe("asked");
    expect(sent.map(({ MessageBody }) => JSON.parse(MessageBody).fleet)).toEqual([...forecasting].sort());
    expect(sent.every(({ DelaySeconds }) => DelaySeconds >= 0 && DelaySeconds < 900)).toBe(true);
  });

  test("says that it came, with the age that the alarm on stale forecasts hears, under the request's id", async () => {
    await handler(recorded("forecasts"));
    const line = { message: "forecasts asked for", fleets: forecasting.length, ageMinutes: 0, requestId: awsRequestId };
    expect(log.linesOf("INFO")).toMatchObject([line]);
  });

  test("is the only one that asks", async () => {
    await expect(handler(recorded("heartbeat"))).rejects.toThrow('unknown event: {"kind":"heartbeat"}');
  });
});

describe("a fleet from the queue", () => {
  test("gets a forecast of two weeks of minutes where looks find it, and the next two days beside", async () => {
    expect(await handler(messages("shop"))).toEqual(none);
    const model = await modelOf("shop");
    expect(model.knownDays).toBeGreaterThan(13.9);
    expect(model.windows.length).toBeGreaterThan(3);
    const ahead = await getAhead(lambda.table, "shop");
    expect(ahead).toMatchObject({ at: expect.any(Number), forecast: { kind: "made", version: 1 } });
    expect(log.linesOf("INFO")).toMatchObject([
      { message: "forecast stands", fleet: "shop", isDue: true },
      { message: "forecast made", fleet: "shop", kind: "made", standing: "sound", twoDays: "made" },
    ]);
  });

  test("is asked for whole minutes: the newest two are still being counted", async () => {
    await handler(messages("blog"));
    const [call] = asked;
    const now = Date.now();
    expect((call?.EndTime.getTime() ?? 0) % minuteMs).toBe(0);
    expect(now - (call?.EndTime.getTime() ?? 0)).toBeGreaterThanOrEqual(minuteMs);
    expect(now - (call?.StartTime.getTime() ?? 0)).toBeLessThan(historyMs + 2 * minuteMs);
  });

  test("whose forecast is not due yet costs one read of the table and no call to CloudWatch", async () => {
    const before = await modelOf("shop");
    expect(await handler(messages("shop"))).toEqual(none);
    expect(await modelOf("shop")).toEqual(before);
    expect(asked).toEqual([]);
    expect(log.linesOf("INFO")).toMatchObject([{ message: "forecast stands", ageMinutes: 0, isDue: false }]);
  });

  test("whose forecast is four hours old is told its age, and gets a new one", async () => {
    const forecast = await standing("shop");
    if (forecast === "none" || forecast.model.kind === "abstains") throw new Error("made above");
    const madeAt = forecast.model.madeAt - 4 * hourMs;
    await putForecast(lambda.table, "shop", { ...forecast, model: { ...forecast.model, madeAt } });
    await handler(messages("shop"));
    expect(log.linesOf("INFO")).toMatchObject([{ ageMinutes: 240, isDue: true }, { message: "forecast made" }]);
    expect((await modelOf("shop")).madeAt).toBeGreaterThan(madeAt + 3 * hourMs);
  });

  test("is not taught by what was marked", async () => {
    const now = Date.now();
    const mark = { id: "m", from: now - 3 * dayMs, to: now - dayMs, because: "the payment was down", by: "ann" };
    await putMark(lambda.table, "marked", mark);
    expect(await marksOf(lambda.table, "marked", { from: now - dayMs, to: now })).toEqual([]);
    await handler(messages("marked"));
    expect((await modelOf("marked")).knownDays).toBeCloseTo(12, 1);
    expect(await getAhead(lambda.table, "marked")).toMatchObject({ forecast: { knownDays: expect.closeTo(12, 1) } });
  });

  test("is not taught by a peak beside its policy, long over", async () => {
    const peak = givenPeak({ atMs: Date.now() - 3 * dayMs, rampMs: hourMs, holdMs: dayMs, releaseMs: 11 * hourMs });
    await putPeak(lambda.table, "announced", { peak, by: "ann", addedAt: Date.now() });
    await handler(messages("announced"));
    expect((await modelOf("announced")).knownDays).toBeCloseTo(12.5, 1);
    expect(await getAhead(lambda.table, "announced")).toMatchObject({
      forecast: { knownDays: expect.closeTo(12.5, 1) },
    });
  });

  test("without a rule that forecasts is passed over", async () => {
    expect(await handler(messages("plain"))).toEqual(none);
    expect([await standing("plain"), asked]).toEqual(["none", []]);
  });

  test("two share a call, which their minutes fill", async () => {
    expect(await handler(messages("twin-a", "twin-b", "twin-c"))).toEqual(none);
    expect(asked.map(({ MetricDataQueries }) => MetricDataQueries.length).sort()).toEqual([2, 4]);
  });
});

describe("one that fails", () => {
  test("fails alone, and keeps what stands", async () => {
    await handler(messages("denied"));
    const forecast = await standing("denied");
    if (forecast === "none" || forecast.model.kind === "abstains") throw new Error("made above");
    const old = { ...forecast, model: { ...forecast.model, madeAt: forecast.model.madeAt - 6 * hourMs } };
    await putForecast(lambda.table, "denied", old);
    log.clear();
    answer = () => {
      throw awsError("AccessDenied", 403);
    };
    expect(await handler(messages("denied", "blog"))).toEqual({ batchItemFailures: [{ itemIdentifier: "message-1" }] });
    expect(await standing("denied")).toEqual(old);
    expect(log.linesOf("ERROR")).toMatchObject([{ message: "forecast failed", error: { name: "AccessDenied" } }]);
    expect(log.linesOf("INFO")).toContainEqual(expect.objectContaining({ fleet: "denied", ageMinutes: 360 }));
  });

  test.each([
    ["whose target group nobody has found", '{"fleet":"strange"}', "nobody has found target group shop-web"],
    ["that nobody has", '{"fleet":"gone"}', "no policy was deployed for fleet gone"],
    ["that is none", "forecast!", "this message names no fleet: forecast!"],
  ])("%s says so", async (_, body, why) => {
    expect(await handler(batchOf(body))).toEqual({ batchItemFailures: [{ itemIdentifier: "message-1" }] });
    expect(log.linesOf("ERROR")).toMatchObject([{ body, error: { message: expect.stringContaining(why) } }]);
  });

  test("of two that were read together is not the other's", async () => {
    answer = (service, command, input) => {
      const { MetricDataQueries: queries } = input as { readonly MetricDataQueries: readonly object[] };
      if (queries.length > 2) throw awsError("ValidationError");
      return cloud.answer(service, command, input);
    };
    const before = await modelOf("twin-a");
    for (const fleet of ["twin-a", "twin-b"]) {
      const forecast = await standing(fleet);
      if (forecast === "none" || forecast.model.kind === "abstains") throw new Error("made above");
      await putForecast(lambda.table, fleet, { ...forecast, model: { ...forecast.model, madeAt: 0 } });
    }
    expect(await handler(messages("twin-a", "twin-b"))).toEqual(none);
    expect((await modelOf("twin-a")).madeAt).toBeGreaterThanOrEqual(before.madeAt);
  });
});

test("a site of an hour has no forecast yet, and the looks are told so", async () => {
  const young = Date.now() - hourMs;
  const site = givenCloud({ startAt: Date.now(), traffic: { load, filled: (at) => at < young } });
  answer = (...call) => site.answer(...call);
  expect(await handler(messages("young"))).toEqual(none);
  expect(await standing("young")).toMatchObject({ model: { kind: "abstains" } });
  expect(await getAhead(lambda.table, "young")).toMatchObject({ forecast: { kind: "abstains" } });
  expect(log.linesOf("INFO").at(-1)).toMatchObject({ kind: "abstains", twoDays: "abstains" });
});
