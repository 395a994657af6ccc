// How a number comes about: proposals, then steps.
import type { MissingChoice } from "../../policy/index.ts";
import type { SizingMemory } from "./memory.ts";
import type { Reason } from "./reason.ts";

/** How many, and why. The target is the last step's `to` and stands nowhere else. */
export interface Sizing {
  readonly proposals: readonly Proposal[];
  readonly steps: readonly Step[];
  readonly memory: SizingMemory;
}

export type Proposal =
  | { readonly kind: "wants"; readonly rule: string; readonly count: number; readonly reason: Reason }
  | { readonly kind: "stands-aside"; readonly rule: string; readonly reason: Reason }
  | {
      readonly kind: "blind";
      readonly rule: string;
      readonly metric: string;
      readonly because: string;
      readonly choice: MissingChoice;
    };

export type StageName =
  | "combine"
  | "stabilise"
  | "limit"
  | "anticipate"
  | "bound"
  | "budget"
  | "override"
  | "brake"
  | "recover"
  | "refuse"
  | "scale-out"
  | "scale-in";

/** A stage moved the number from `from` to `to`, or left it, because. */
export interface Step {
  readonly stage: StageName;
  readonly from: number;
  readonly to: number;
  readonly reason: Reason;
}
