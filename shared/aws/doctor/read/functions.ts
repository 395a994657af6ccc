// Functions of Lambda: whether they are there, in which network, and where the operator's own send how a warm-up went.
import {
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { ok } from "../../../core/index.ts";
import type { Policy } from "../../../policy/index.ts";
import type { FleetFacts, Hook, LambdaFunction } from "../facts.ts";
import { andThen, ask, type Reading } from "../reading.ts";

/** `FunctionName` may be an ARN, with an alias or a version. */
export const readFunction = (lambda: LambdaClient, FunctionName: string): Promise<Reading<LambdaFunction>> =>
  ask("lambda:GetFunctionConfiguration", async () => {
    const { VpcConfig: vpc } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (!vpc?.VpcId) return { vpc: { kind: "none" } };
    return { vpc: { kind: "one", id: vpc.VpcId, securityGroups: vpc.SecurityGroupIds ?? [] } };
  });

export async function readHook(lambda: LambdaClient, { warm }: Policy): Promise<FleetFacts["hook"]> {
  if (warm.kind !== "hook") return { kind: "none" };
  const name = warm.functionArn;
  const read = await andThen(await readFunction(lambda, name), async () =>
    ok({ asynchronously: await readAsynchronously(lambda, name) }),
  );
  return { kind: "one", name, read };
}

/** What Lambda does where nothing is configured. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const usualRetryCount = 2;

async function readAsynchronously(lambda: LambdaClient, FunctionName: string): Promise<Hook["asynchronously"]> {
  const read = await ask("lambda:GetFunctionEventInvokeConfig", async () => {
    const found = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }));
    const { OnSuccess, OnFailure } = found.DestinationConfig ?? {};
    return {
      retryCount: found.MaximumRetryAttempts ?? usualRetryCount,
      onSuccess: OnSuccess?.Destination ?? "",
      onFailure: OnFailure?.Destination ?? "",
    };
  });
  if (read.kind === "ok" || read.error.kind !== "missing") return read;
  return ok({ retryCount: usualRetryCount, onSuccess: "", onFailure: "" });
}
