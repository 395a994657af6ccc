// Speaks to HAProxy from within its VPC, for `evaluate`, which is outside: each order is carried out at every node and answered at once. By
// the clock it counts, once a minute, and writes what it has counted as metrics into its log, from where CloudWatch takes them: so it
// calls no API of AWS, and needs no way to one (docs/decisions/0020).
import middy from "@middy/core";
import { type Answer, carryOut, openRuntime, parseOrder, parsePlace, type RuntimeAt } from "../shared/haproxy/index.ts";
import { stageName } from "./environment.ts";
import { type Counted, countMinute } from "./haproxyMinute.ts";
import { log, namesRequest } from "./log.ts";
import { writeMetrics } from "./metricLine.ts";

const runtimeAt: RuntimeAt = ({ host, port }) => openRuntime({ kind: "tcp", host, port });

async function handle(event: unknown): Promise<Answer | "counted"> {
  if (Object(event).kind === "minute") return await count(Object(event).fleets);
  const order = parseOrder(event);
  if (order.kind === "error") throw new Error(order.error);
  const answer = await carryOut(order.value, runtimeAt);
  if (answer.kind === "error") log.warn("HAProxy refused", { backend: order.value.backend, because: answer.because });
  return answer;
}

/** What this process has read of each fleet's sums last. */
const before = new Map<string, Counted>();

/** Side by side: one fleet's HAProxy that does not answer is not waited for by the others. */
async function count(fleets: unknown): Promise<"counted"> {
  if (!Array.isArray(fleets)) throw new Error("the clock names the fleets to count");
  await Promise.all(fleets.map(countFleet));
  return "counted";
}

async function countFleet(said: unknown): Promise<void> {
  const { fleet } = Object(said);
  const place = parsePlace(said);
  if (place.kind === "error" || typeof fleet !== "string") throw new Error(`no fleet: ${JSON.stringify(said)}`);
  const counted = await countMinute(place.value, { runtimeAt, before: before.get(fleet) ?? "none", now: Date.now });
  if (counted.kind === "error") return log.warn("HAProxy not counted", { fleet, because: counted.error });
  before.set(fleet, counted.value.reading);
  const { minute } = counted.value;
  if (minute === "none") return log.info("HAProxy counted first", { fleet });
  writeMetrics({ at: minute.at, dimensions: { Stage: stageName(), Fleet: fleet }, metrics: minute.metrics });
}

export const handler = middy(handle).use(namesRequest());
