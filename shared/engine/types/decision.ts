// What comes out: everything that is committed.
import type { EpochMs } from "../../core/index.ts";
import type { Action } from "./action.ts";
import type { Memory } from "./memory.ts";
import type { Proposal, Step } from "./sizing.ts";

export interface DecisionBody {
  readonly proposals: readonly Proposal[];
  readonly steps: readonly Step[];
  readonly actions: readonly Action[];
  readonly memory: Memory;
  readonly lookAgain: {
    readonly at: EpochMs;
    readonly because: "moving" | "wish-waiting" | "schedule-ahead" | "peak-ahead" | "forecast-ahead" | "heartbeat";
  };
}
export type Decision =
  | (DecisionBody & { readonly kind: "decided" })
  /** The newest row's unfinished actions, unchanged, before anything new. */
  | (DecisionBody & { readonly kind: "recovering"; readonly generation: number })
  /** `check` found a broken invariant: no actions, memory unchanged. */
  | (DecisionBody & { readonly kind: "refused"; readonly violations: readonly string[] });
