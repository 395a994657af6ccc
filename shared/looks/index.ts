export { heartbeatLooks } from "./heartbeat.ts";
export * from "./look.ts";
export { type Looking, lookAt } from "./lookAt.ts";
export { nextLook } from "./nextLook.ts";
export { parseRefresh, refreshMessages, refreshSpreadSeconds } from "./refreshMessage.ts";
