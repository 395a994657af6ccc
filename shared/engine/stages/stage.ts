// A stage is given the number so far and answers with a step: the number it leaves, and why.
import type { Policy } from "../../policy/index.ts";
import type { LeadTime, Proposal, RulesMemory, Snapshot, Step } from "../types.ts";

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

/** The target when the rule went blind: a fallback that grew on its own effect would run to the maximum. */
export const blindBaseOf = (rule: string, { remembered, current }: StageContext): number =>
  remembered.blindBases.find((base) => base.rule === rule)?.count ?? current;
