// Starting a warm-up. A face of its own, so that Lambda's client and SSM's are carried by the one function that needs them.
export { createWarmCalls, type WarmCalls, type WarmFailure, type WarmTarget } from "./calls.ts";
export type { Commanded } from "./command.ts";
export { lambda } from "./lambda.ts";
export { ssm } from "./ssm.ts";
