export { createHaproxy, type Haproxy, type Slots, targetStateOf } from "./balancer.ts";
export { configOf, type HaproxyGiven } from "./config.ts";
export { haproxyNamespace } from "./namespace.ts";
export { type Target, targetsAmong } from "./nodes.ts";
export { type Rates, ratesBetween } from "./rates.ts";
export {
  type Answer,
  carryOut,
  type Order,
  type Place,
  parseOrder,
  parsePlace,
  type RuntimeAt,
  slotsAt,
} from "./remote.ts";
export { openRuntime, type Runtime, type RuntimeAddress } from "./runtime.ts";
export { slotsFrom } from "./slots.ts";
export { type Address, cutTotalOf, isAt, type Slot } from "./types.ts";
