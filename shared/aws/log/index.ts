// The log: DynamoDB and nothing else of AWS. A face of its own, so that reading the log does not load the clients of EC2.
export { type Braked, type Brakes, brakesOf, brakesOn, liftBrake, putBrake } from "./brakes.ts";
export { awsRefusal, openDeployed } from "./deployed.ts";
export * from "./embedded.ts";
export {
  changeRoster,
  endOverride,
  fleets,
  getPolicy,
  putFleet,
  putOverride,
  putPolicy,
  type RosterChange,
  rosterOf,
} from "./facts.ts";
export * from "./forecasts.ts";
export { answeredTable, createMemoryTable, type MemoryTable } from "./memoryTable.ts";
export { putNotice } from "./notices.ts";
export * from "./orphans.ts";
export {
  type AddedPeak,
  addedPeaks,
  type CalendarEvent,
  endPeak,
  fleetsWithPeaks,
  putPeak,
  putPreflight,
} from "./peaks.ts";
export { attendedOf, deployedAttended, deployedFleets, deployedPolicy, putDeployed } from "./policies.ts";
export { beginPrefetch, endPrefetch, type PrefetchOf, prefetchesOf } from "./prefetch.ts";
export { logRows } from "./rows.ts";
export { type Standing, standingOf } from "./standing.ts";
export {
  type LoggedRow,
  newest,
  putOutcomes,
  putRow,
  rowKeptMs,
  rowOf,
  rowsBackwards,
  type Table,
} from "./table.ts";
export { ensureTable } from "./tableSetup.ts";
export { endWarm, type ToldRow, told } from "./warmed.ts";
export { beginWarm, putWarm, undoWarm, type Warmed, type WarmOrder, warmOf } from "./warming.ts";
