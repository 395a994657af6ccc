// The imagined AWS. It imports no SDK: whoever has one composes it with `answer`.
export { createCloud, usualCloud } from "./cloud.ts";
export { AwsError } from "./errors.ts";
export { calmFaults, type Faults } from "./faults.ts";
export type * from "./types.ts";
