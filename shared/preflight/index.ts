export { checkExpected, checkPlan } from "./checks.ts";
export { checkBalancerOf, checkLoadBalancer, usualKilobytes } from "./loadBalancer.ts";
export { type Plan, type PlanMinute, planOf } from "./plan.ts";
export { checkPrefetch } from "./prefetch.ts";
export { asHighAs, preflight, type Survey, unknownDemand, unreadDay } from "./preflight.ts";
export { type Past, type Usual, usualOf } from "./usual.ts";
export { minute } from "./words.ts";
