export { createHaproxy, type Haproxy, targetStateOf } from "./balancer.ts";
export { configOf, type HaproxyGiven } from "./config.ts";
export { type Rates, ratesBetween } from "./rates.ts";
export { openRuntime, type Runtime, type RuntimeAddress } from "./runtime.ts";
export { slotsFrom } from "./slots.ts";
export { type Address, cutTotalOf, isAt, type Slot } from "./types.ts";
