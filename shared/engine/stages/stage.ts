// A stage is given the number so far and answers with a step: the number it leaves, and why.
import type { Policy } from "../../policy/index.ts";
import type { RulesMemory } from "../sizingMemory.ts";
import type { LeadTime, Proposal, Snapshot, Step } from "../types.ts";

export interface StageContext {
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  readonly lead: LeadTime;
  readonly proposals: readonly Proposal[];
  /** The target until now. */
  readonly current: number;
  readonly remembered: RulesMemory;
}
export type Stage = (from: number, context: StageContext) => Step;
