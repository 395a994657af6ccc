export { refusalOf } from "./address.ts";
export { type Limits, type Target, usualLimits, type WarmJob, type Ways } from "./job.ts";
export { warmUp } from "./warmUp.ts";
