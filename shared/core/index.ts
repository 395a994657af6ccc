export * from "./assert.ts";
export * from "./result.ts";
export * from "./units.ts";
