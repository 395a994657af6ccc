export type { Clients, Warmer } from "./act.ts";
export { type Answer, answerWith } from "./answered.ts";
export { answeredClients } from "./clients.ts";
export * as lambdaClients from "./lambdaClients.ts";
export type { AbortIn } from "./lease.ts";
export * from "./log/index.ts";
export { type Message, type Queue, sendMessage, sendMessages } from "./queue.ts";
export { standingAlarms } from "./standingAlarms.ts";
export { type AwsWorldOptions, createAwsWorld } from "./world.ts";
