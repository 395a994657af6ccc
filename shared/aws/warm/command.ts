// A command that an instance runs itself: sent, and asked after.
import {
  type CommandInvocationStatus,
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  InvocationDoesNotExist,
  SendCommandCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";

export interface Sent {
  /** A document's name, of which the newest version runs. */
  readonly document: string;
  readonly instance: string;
  /** For whoever reads SSM's list of commands. */
  readonly comment: string;
  readonly parameters: Readonly<Record<string, readonly [string]>>;
}
export type Commanded =
  | { readonly kind: "under-way" }
  | { readonly kind: "printed"; readonly output: string }
  | { readonly kind: "broken"; readonly because: string };

/** An agent that has not taken a command by then is not there. The least that SSM allows. */
const deliverySeconds = 30;

/** The command's id. */
export async function send(ssm: SSMClient, { document, instance, comment, parameters }: Sent): Promise<string> {
  const { Command } = await ssm.send(
    new SendCommandCommand({
      DocumentName: document,
      DocumentVersion: "$LATEST",
      InstanceIds: [instance],
      Comment: comment.slice(0, commentMax),
      TimeoutSeconds: deliverySeconds,
      Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [...value]])),
    }),
  );
  return Command?.CommandId ?? "";
}
const commentMax = 100;

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html */
const underWay: ReadonlySet<CommandInvocationStatus | undefined> = new Set([
  ...(["Pending", "InProgress", "Delayed", "Cancelling"] as const),
]);

export async function askAfter(
  ssm: SSMClient,
  { command, instance }: { readonly command: string; readonly instance: string },
): Promise<Commanded> {
  const asked = new GetCommandInvocationCommand({ CommandId: command, InstanceId: instance });
  const found = await ssm.send(asked).catch(noneYet);
  const { Status, StatusDetails = Status, StandardOutputContent = "", StandardErrorContent = "" } = found;
  if (underWay.has(Status)) return { kind: "under-way" };
  if (Status === "Success") return { kind: "printed", output: StandardOutputContent };
  return { kind: "broken", because: lastWordsOf(StandardErrorContent) || String(StatusDetails) };
}

/** The agent adds a line of its own, which says less than the one before it. */
function lastWordsOf(complaints: string): string {
  const lines = complaints.trim().split("\n");
  return (lines.filter((line) => !line.startsWith("failed to run commands")).at(-1) ?? "").slice(0, 200);
}

/** So it is for a moment after it was sent. */
function noneYet(thrown: unknown): Partial<GetCommandInvocationCommandOutput> {
  if (thrown instanceof InvocationDoesNotExist) return { Status: "Pending" };
  throw thrown;
}
