export { count, hottest, requestedIn, type Tally } from "./accessLog.ts";
export { refusalOf } from "./address.ts";
export type { Address } from "./fetching.ts";
export { answerMsFor, type Limits, parseJob, type Target, usualLimits, type WarmJob, type Ways } from "./job.ts";
export { parametersFor } from "./onInstance.ts";
export { type PrefetchWays, prefetch, prefetchWays } from "./prefetch.ts";
export { publicRefusalOf } from "./publicAddress.ts";
export { warmUp } from "./warmUp.ts";
