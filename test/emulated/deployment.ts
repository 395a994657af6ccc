// `sls` as an operator runs it, against an emulator, and what a stack is made of.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  type StackResourceSummary,
} from "@aws-sdk/client-cloudformation";
import { DescribeLogGroupsCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { type Account, environmentFor, given } from "./account.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** A deploy that waits for a custom resource that never answers would wait for an hour. */
const slsMs = 100_000;

/** What `sls` printed; throws it when it fails. */
export async function sls(account: Account, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...environmentFor(account), SLS_NOTIFICATIONS_MODE: "off" };
  const asked = run(process.execPath, [join(root, "node_modules/.bin/sls"), ...args], {
    cwd: root,
    env,
    timeout: slsMs,
  });
  return await asked.then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stdout, stderr, message }) => {
      throw new Error(`sls ${args.join(" ")}: ${stdout}${stderr}${message}`);
    },
  );
}

export interface Stack {
  readonly id: string;
  readonly status: string;
  readonly resources: readonly StackResourceSummary[];
}

export async function stackNamed({ stacks }: Account, StackName: string): Promise<Stack> {
  const { Stacks: found = [] } = await stacks.send(new DescribeStacksCommand({ StackName }));
  const resources: StackResourceSummary[] = [];
  for (let NextToken: string | undefined, page = 0; page === 0 || NextToken; page++) {
    const answer = await stacks.send(new ListStackResourcesCommand({ StackName, ...(NextToken ? { NextToken } : {}) }));
    resources.push(...(answer.StackResourceSummaries ?? []));
    NextToken = answer.NextToken;
  }
  const [stack] = found;
  return { id: given(stack?.StackId), status: given(stack?.StackStatus), resources };
}

/** The last word on each resource of a stack, by its logical name; also of a stack that is gone. */
export async function lastStatusOf({ stacks }: Account, id: string): Promise<ReadonlyMap<string, string>> {
  const last = new Map<string, string>();
  const { StackEvents: events = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName: id }));
  for (const { LogicalResourceId: name = "", ResourceStatus: status = "" } of events)
    if (!last.has(name)) last.set(name, status);
  return last;
}

const linesMax = 20;

/** The newest lines in which the Lambdas of a stack complain. */
export async function complaintsOf({ logs }: Account, stackName: string): Promise<readonly string[]> {
  const asked = { logGroupNamePrefix: `/aws/lambda/${stackName}-` };
  const { logGroups: groups = [] } = await logs.send(new DescribeLogGroupsCommand(asked));
  const lines: string[] = [];
  for (const { logGroupName } of groups) {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    const said = events.map(({ message = "" }) => `${logGroupName}: ${message.trim()}`);
    lines.push(...said.filter((line) => /error|denied|not authorized|cannot find/i.test(line)).slice(-linesMax));
  }
  return lines;
}
