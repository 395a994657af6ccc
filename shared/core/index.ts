export * from "./assert.ts";
export type { Finding } from "./finding.ts";
export type { Prefetched, PrefetchState } from "./prefetched.ts";
export * from "./result.ts";
export * from "./units.ts";
