// What a stage is given, with nothing remarkable about it.

import { minuteMs } from "../../../shared/core/index.ts";
import type { Count, Proposal, RulesMemory } from "../../../shared/engine/index.ts";
import { rememberedOf } from "../../../shared/engine/sizingMemory.ts";
import type { StageContext } from "../../../shared/engine/stages/stage.ts";
import type { MissingChoice } from "../../../shared/policy/index.ts";
import { givenPolicy, givenSnapshot, noon } from "../../support/given.ts";

export type Given = Partial<Omit<StageContext, "remembered">> & { readonly remembered?: Partial<RulesMemory> };

/** A current target of 10 and a measured lead time of three minutes. */
export const givenContext = ({ remembered, ...overrides }: Given = {}): StageContext => ({
  policy: givenPolicy(),
  snapshot: givenSnapshot(),
  lead: { p50Ms: 3 * minuteMs, p95Ms: 3 * minuteMs, launchCount: 0 },
  proposals: [],
  current: 10,
  remembered: { ...rememberedOf({ kind: "none" }), ...remembered },
  ...overrides,
});

/** `[minutes before noon, count]` */
export type Ago = readonly [number, number];
export const counts = (...entries: readonly Ago[]): readonly Count[] =>
  entries.map(([minutesAgo, count]) => ({ at: noon - minutesAgo * minuteMs, count }));

export const wish = (rule: string, count: number): Proposal => ({
  kind: "wants",
  rule,
  count,
  reason: { kind: "step-quiet", value: 0 },
});

export const blind = (rule: string, choice: MissingChoice): Proposal => ({
  kind: "blind",
  rule,
  metric: "requests",
  because: "no points",
  choice,
});

export const aside = (rule: string): Proposal => ({
  kind: "stands-aside",
  rule,
  reason: { kind: "step-quiet", value: 1 },
});

/** A step whose threshold is exceeded, or undercut. */
export const exceeded = (rule: string, count: number): Proposal => breached(rule, count, "above");
export const undercut = (rule: string, count: number): Proposal => breached(rule, count, "below");

const breached = (rule: string, count: number, side: "above" | "below"): Proposal => ({
  kind: "wants",
  rule,
  count,
  reason: {
    kind: "step-breached",
    value: 2,
    side,
    threshold: 1,
    servingCount: 10,
    change: { kind: "count", count: Math.abs(count - 10) },
  },
});
