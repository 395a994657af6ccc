// What stands between the World's clients and an emulator.
import type { CloudWatchClient, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-cloudwatch";
import type { HandlerExecutionContext, InitializeMiddleware } from "@smithy/types";
import type { Account } from "./account.ts";

type Middleware = InitializeMiddleware<ServiceInputTypes, ServiceOutputTypes>;

/** Dates go out later by `byMs` than they are, and come back as much earlier. */
export function shiftTime(client: CloudWatchClient, byMs: number): void {
  const translate: Middleware = (next) => async (args) => {
    const answer = await next({ ...args, input: shifted(args.input, byMs) as ServiceInputTypes });
    return { ...answer, output: shifted(answer.output, -byMs) as ServiceOutputTypes };
  };
  client.middlewareStack.add(translate, { step: "initialize", name: "translateTime" });
}

function shifted(value: unknown, byMs: number): unknown {
  if (value instanceof Date) return new Date(value.getTime() + byMs);
  if (Array.isArray(value)) return value.map((one) => shifted(one, byMs));
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shifted(one, byMs)]));
}

/** The commands that take a target or an instance away, oldest first. */
export function noteCalls({ ec2, loadBalancer }: Account, calls: string[]): void {
  const noted =
    <Args, Answer>(next: (args: Args) => Promise<Answer>, { commandName = "" }: HandlerExecutionContext) =>
    (args: Args): Promise<Answer> => {
      const name = commandName.replace(/Command$/, "");
      if (["DeregisterTargets", "StartInstances", "StopInstances", "TerminateInstances"].includes(name))
        calls.push(name);
      return next(args);
    };
  ec2.middlewareStack.add(noted, { step: "initialize", name: "noteCalls" });
  loadBalancer.middlewareStack.add(noted, { step: "initialize", name: "noteCalls" });
}
