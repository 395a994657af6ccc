export { checkPlan } from "./checks.ts";
export { checkLoadBalancer, usualKilobytes } from "./loadBalancer.ts";
export { type Plan, type PlanMinute, planOf } from "./plan.ts";
export { asHighAs, preflight, type Survey, unknownDemand, unreadDay } from "./preflight.ts";
export { type Usual, usualOf } from "./usual.ts";
export { minute } from "./words.ts";
