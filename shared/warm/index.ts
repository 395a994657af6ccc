export { count, hottest, requestedIn, type Tally } from "./accessLog.ts";
export { refusalOf } from "./address.ts";
export { answerMsFor, type Limits, parseJob, type Target, usualLimits, type WarmJob, type Ways } from "./job.ts";
export { warmUp } from "./warmUp.ts";
