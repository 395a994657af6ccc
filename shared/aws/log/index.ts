// The log: DynamoDB and nothing else of AWS. A face of its own, so that reading the log does not load the clients of EC2.
export { awsRefusal, openDeployed } from "./deployed.ts";
export * from "./embedded.ts";
export * from "./facts.ts";
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
