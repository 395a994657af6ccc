export { warmMemoryMb } from "./assumptions.ts";
export { type Bill, totalOf } from "./bill.ts";
export type { OnMinute } from "./counted.ts";
export type { Met } from "./needed.ts";
export { type CostReport, costOf, type FleetCost, type Spread } from "./report.ts";
export { callsIn, type Usage } from "./usage.ts";
export { messageCount } from "./warming.ts";
