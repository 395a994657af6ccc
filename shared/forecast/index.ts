// The forecast's whole public face: history in, quantiles out. Pure; nothing in here waits, reads a clock or rolls dice.
export { type CompactForecast, fromCompact, type PackedNumbers, toCompact } from "./compact.ts";
export { forecastOf } from "./forecast.ts";
export * from "./outlook/index.ts";
export { type LoadAt, loadAt, loadsAt } from "./read.ts";
export { tableLevels } from "./spread.ts";
export type * from "./types.ts";
