// Starting a warm-up. A face of its own, so that Lambda's client is carried by the one function that calls another.
export { createWarmCalls, type WarmCalls, type WarmFailure, type WarmTarget } from "./calls.ts";
export { lambda } from "./lambda.ts";
