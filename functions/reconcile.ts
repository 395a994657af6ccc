// Called by CloudFormation when a deploy has changed the policies, and once a day by the clock against drift: alarms, claims
// on target groups and the count of instances of nobody, as the policies have them (docs/decisions/0011).
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import {
  dismantle,
  lambdaClients,
  patientClients,
  putDeployed,
  type Reconciliation,
  reconcile,
  type Table,
} from "../shared/aws/index.ts";
import type { Versioned } from "../shared/control/index.ts";
import { type DurationMs, secondMs } from "../shared/core/index.ts";
import { answer, answeringMs, type ResourceRequest, requestOf, type Verdict } from "./customResource.ts";
import { beforeTimeout } from "./deadline.ts";
import { environment } from "./environment.ts";
import { log, namesRequest } from "./log.ts";
import { readBuilt } from "./policies.ts";
import { countsOf, sentenceOf } from "./reconciled.ts";

const { tableName, stage, folder } = environment();
const table: Table = { client: lambdaClients.dynamodb, name: tableName, stage };
const built = carried();
const policies = built.map(({ policy }) => policy);

/** Long enough for a call that is under way to come back, with its retries, before the answer is due. */
const lastCallMs: DurationMs = 30 * secondMs;

/** The build gives this function all policies, however many there are. */
function carried(): readonly Versioned[] {
  const read = readBuilt(folder);
  if ("kind" in read) throw new Error("reconcile was built without the policies");
  return read;
}

async function handle(event: unknown, context: Context): Promise<void> {
  const request = requestOf(event);
  const left = request === "none" ? await againstDrift(event, context) : await forResource(request, context);
  // Lambda calls again, twice, what has thrown. What stands already costs the next run no put.
  if (left.length > 0)
    throw new Error(`${left.length} fleets are left to the next run: ${left.slice(0, 10).join(", ")}`);
}

async function againstDrift(event: unknown, context: Context): Promise<readonly string[]> {
  if (Object(event).kind !== "drift") throw new Error(`unknown event: ${JSON.stringify(event)?.slice(0, 200)}`);
  return (await reconcileAll(context)).left;
}

/** Whatever happens, CloudFormation has its answer in time. */
async function forResource(request: ResourceRequest, context: Context): Promise<readonly string[]> {
  const { verdict, left } = await beforeTimeout(context, ended(request, context), answeringMs).catch(failed);
  await answer(request, `tidegate/${stage}`, verdict);
  return left;
}

interface Ended {
  readonly verdict: Verdict;
  readonly left: readonly string[];
}

async function ended(request: ResourceRequest, context: Context): Promise<Ended> {
  if (request.kind === "delete") return { verdict: { status: "SUCCESS", reason: await dismantleAll() }, left: [] };
  const result = await reconcileAll(context);
  // What another Tidegate has, the operator alone can settle. Any other failure passes, or is one fleet's: rolling back
  // would take the new version from all the others.
  const status = result.failed.some(({ kind }) => kind === "claimed") ? "FAILED" : "SUCCESS";
  return { verdict: { status, reason: sentenceOf(result) }, left: result.left };
}

function failed(error: Error): Ended {
  log.error("not reconciled", { error });
  return { verdict: { status: "FAILED", reason: `${error.name}: ${error.message}` }, left: [] };
}

async function reconcileAll(context: Context): Promise<Reconciliation> {
  await putDeployed(table, built);
  const until = Date.now() + context.getRemainingTimeInMillis() - answeringMs - lastCallMs;
  const result = await reconcile({ clients: patientClients, table, policies, now: Date.now, until });
  for (const fleet of result.failed) log.warn("fleet not reconciled", { ...fleet });
  log.info("reconciled", countsOf(result));
  return result;
}

async function dismantleAll(): Promise<string> {
  const { deleted, unreleased } = await dismantle({ clients: patientClients, table, policies });
  log.info("dismantled", { deleted: deleted.length, unreleased });
  return [`alarms: ${deleted.length} deleted`, ...unreleased].join("; ");
}

export const handler = middy(handle).use(namesRequest());
