// Woken by the clock or by an event: which fleets are to be looked at, and off with their looks to the queue.
import middy from "@middy/core";
import {
  alarmPrefix,
  lambdaClients,
  putNotice,
  type Queue,
  sendMessages,
  standingAlarms,
  type Table,
} from "../shared/aws/index.ts";
import {
  type DelayedLook,
  heartbeatLooks,
  type Look,
  lookOf,
  messageOf,
  watchCountMax,
} from "../shared/looks/index.ts";
import { environment } from "./environment.ts";
import { log, namesRequest } from "./log.ts";
import { openPolicies } from "./policies.ts";
import { createRoster } from "./roster.ts";
import { fleetOfAlarm, type Wake, wakeOf } from "./wake.ts";

const { tableName, stage, queueUrl, folder } = environment();
const table: Table = { client: lambdaClients.dynamodb, name: tableName, stage };
const queue: Queue = { client: lambdaClients.sqs, url: queueUrl };
const policies = openPolicies(folder, table);
const roster = createRoster(table, Date.now);

async function dispatch(event: unknown): Promise<void> {
  const wake = wakeOf(event);
  const looks = await looksFor(wake);
  await sendMessages(queue, looks.map(messageOf));
  if (looks.length > 0) log.info("dispatched", { wake, looks: looks.length });
  else log.debug("not ours", { wake });
}

async function looksFor(wake: Wake): Promise<readonly DelayedLook[]> {
  switch (wake.kind) {
    case "heartbeat":
      return await heartbeat();
    case "alarm":
      return await ownFleet(fleetOfAlarm(wake.alarm, stage), { watchCount: watchCountMax });
    case "instance":
      return await ofInstance(wake);
    case "calm-again":
      return [];
  }
}

async function heartbeat(): Promise<readonly DelayedLook[]> {
  const [fleets, alarms] = await Promise.all([policies.fleets(), alarmsStanding()]);
  return heartbeatLooks(fleets, new Set(alarms.map((alarm) => fleetOfAlarm(alarm, stage))));
}

/** What EC2 announces is written down before anybody looks. */
async function ofInstance({
  instance,
  announces,
}: Extract<Wake, { kind: "instance" }>): Promise<readonly DelayedLook[]> {
  const fleet = await roster.fleetOf(instance);
  const looks = await ownFleet(fleet, { sight: "whole" });
  if (looks.length > 0 && announces !== "nothing")
    await putNotice(table, fleet, { instance, kind: announces, at: Date.now() });
  return looks;
}

/** No heartbeat is missed because CloudWatch cannot say. */
async function alarmsStanding(): Promise<readonly string[]> {
  try {
    return await standingAlarms(lambdaClients.metrics, alarmPrefix(stage));
  } catch (error) {
    log.warn("alarms not read", { error });
    return [];
  }
}

/** Nothing for a fleet without a policy: its alarm or its instance has outlived it. */
async function ownFleet(fleet: string | "none", asked: Partial<Look>): Promise<readonly DelayedLook[]> {
  if (fleet === "none" || !(await policies.fleets()).includes(fleet)) return [];
  return [{ look: lookOf(fleet, asked), delaySeconds: 0 }];
}

export const handler = middy(dispatch).use(namesRequest());
