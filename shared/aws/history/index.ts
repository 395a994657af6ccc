// A fleet's past, and forecasts made of it. A face of its own: whoever pulls a history need not load the clients of EC2.
export { type AwsAlmanacOptions, createAwsAlmanac } from "./almanac.ts";
export { findGroup, openPullClients, type PullClients, pull } from "./pull.ts";
