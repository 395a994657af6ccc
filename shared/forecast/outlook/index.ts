// The coming minutes: a model out of two weeks of one-minute history, and what it says once the last minutes are known.
export { skillBefore } from "./before.ts";
export { outlookModelOf } from "./fit.ts";
export { outlookAt, type Readings } from "./read.ts";
export { type LiveSkill, noSkill, skillSince } from "./skill.ts";
export { outlookLevels } from "./tails.ts";
export type * from "./types.ts";
export { lagMinutes } from "./windows.ts";
