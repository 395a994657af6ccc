export type { Clients, Warmer } from "./act.ts";
export { type Answer, answerWith } from "./answered.ts";
export { answeredClients } from "./clients.ts";
export { awsRefusal, openDeployed } from "./deployed.ts";
export * from "./embedded.ts";
export * from "./facts.ts";
export * as lambdaClients from "./lambdaClients.ts";
export type { AbortIn } from "./lease.ts";
export { type Message, type Queue, sendMessage, sendMessages } from "./queue.ts";
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
export { actionTag, fleetTag } from "./tokens.ts";
export { type AwsWorldOptions, createAwsWorld } from "./world.ts";
