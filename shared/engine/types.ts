// The nouns of a decision. All of it is plain JSON: what is stored is what was decided upon, and replays to the byte.
export type * from "./types/action.ts";
export type * from "./types/decision.ts";
export type * from "./types/memory.ts";
export type * from "./types/reason.ts";
export type * from "./types/sizing.ts";
export type * from "./types/snapshot.ts";
