// EventBridge lets nobody but AWS send events of `aws.*`, and no emulator sends those Tidegate lives on. A stand-in goes over the
// bus inside an event of our own, to the targets of whichever deployed rule matches it.
import {
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type Rule,
  TestEventPatternCommand,
} from "@aws-sdk/client-eventbridge";
import type { Account } from "./account.ts";

const source = "story";

export interface AwsEvent {
  readonly "detail-type": string;
  readonly detail: object;
}

/** Lets events like this one through, as the deployed rules would. Throws an Error unless exactly one of them matches. */
export async function relay({ events }: Account, event: AwsEvent): Promise<void> {
  const { Rules: rules = [] } = await events.send(new ListRulesCommand({}));
  const matching: Rule[] = [];
  for (const rule of rules) {
    if (!rule.EventPattern || rule.EventPattern.includes(`"${source}"`)) continue;
    const asked = new TestEventPatternCommand({ EventPattern: rule.EventPattern, Event: JSON.stringify(event) });
    if ((await events.send(asked)).Result) matching.push(rule);
  }
  if (matching.length !== 1) throw new Error(`${matching.length} rules match ${event["detail-type"]}`);
  const { Targets: targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: matching[0]?.Name }));
  const Name = `${source}-${event["detail-type"].replaceAll(" ", "-")}`;
  const EventPattern = JSON.stringify({ source: [source], "detail-type": [event["detail-type"]] });
  await events.send(new PutRuleCommand({ Name, EventPattern }));
  const Targets = targets.map(({ Id, Arn }) => ({ Id, Arn, InputPath: "$.detail" }));
  await events.send(new PutTargetsCommand({ Rule: Name, Targets }));
}

/** Puts the event on the bus, through a relay that was opened for its like. */
export async function put({ events }: Account, event: AwsEvent): Promise<void> {
  const entry = { Source: source, DetailType: event["detail-type"], Detail: JSON.stringify(event) };
  const { FailedEntryCount: failed, Entries: entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
  if (failed) throw new Error(`the bus refused ${event["detail-type"]}: ${entries?.[0]?.ErrorMessage}`);
}
