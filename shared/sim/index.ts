export * from "./cloud/index.ts";
export { documentedTargetTracking, targetTracking, type TargetTrackingSettings } from "./peers/targetTracking.ts";
export * from "./plant.ts";
export * from "./simulate.ts";
export * from "./trace/generate.ts";
export * from "./trace/trace.ts";
export { createSimWorld, fleetTag, type SimWorldOptions } from "./world.ts";
