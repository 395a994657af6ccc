export * from "./embedded.ts";
export * from "./facts.ts";
export {
  type LoggedRow,
  type Newest,
  newest,
  putOutcomes,
  putRow,
  rowKeptMs,
  rowOf,
  rowsBackwards,
  type Table,
} from "./table.ts";
export { ensureTable } from "./tableSetup.ts";
