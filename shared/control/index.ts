export { needOf, wantedBy } from "./need.ts";
export * from "./replay.ts";
export * from "./rest.ts";
export * from "./signals.ts";
export * from "./snapshot.ts";
export * from "./tags.ts";
export * from "./tick.ts";
export * from "./version.ts";
export * from "./world.ts";
