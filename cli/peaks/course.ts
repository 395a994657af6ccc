// What became of a peak, minute by minute, from the log's rows: load, capacity and cost beside what was planned.

import type { LoggedRow } from "../../shared/aws/log/index.ts";
import { endsAt, loadsIn, type Span, startsAt } from "../../shared/control/index.ts";
import { type EpochMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import { type Instance, type Proposal, plannedPeak, targetOf, usdPerHour } from "../../shared/engine/index.ts";
import type { Peak, Policy, Prices } from "../../shared/policy/index.ts";

export interface CourseMinute {
  readonly at: EpochMs;
  readonly planned: number;
  readonly actual: number | "unknown";
  readonly target: number;
  readonly serving: number | "unknown";
  readonly usdPerHour: number | "unknown";
  /** The rule whose wish won, and whether the peak itself was let go by then. */
  readonly by: string;
  readonly peak: Proposal["kind"] | "none";
}

/** A course is told from so long before its ramp to so long after its release. */
export const aroundMs = hourMs;

export const spanOf = (peak: Peak): Span => ({ from: startsAt(peak) - aroundMs, to: endsAt(peak) + aroundMs });

/** The demand before it as the decisions froze it; unknown where it never began in this log. */
export function baselineIn(rows: readonly LoggedRow[], { name }: Peak): number | "unknown" {
  for (const { row } of rows) {
    const { sizing } = row.decision.memory;
    const found = sizing.kind === "rules" ? sizing.peakBaselines.find((one) => one.name === name) : undefined;
    if (found) return found.perMinute;
  }
  return "unknown";
}

interface Given {
  readonly policy: Policy;
  readonly peak: Peak;
  readonly rows: readonly LoggedRow[];
  readonly baseline: number;
  readonly prices: Prices;
}

/** One entry for each minute from the first row on; a row stands until the next one. */
export function courseOf({ policy, peak, rows, baseline, prices }: Given): readonly CourseMinute[] {
  const { from, to } = spanOf(peak);
  const loads = loadsIn(rows, { from, to });
  const first = rows[0]?.row.at ?? to;
  const last = Math.min(to, rows.at(-1)?.row.at ?? from);
  const count = Math.max(0, Math.ceil((last - Math.max(from, first)) / minuteMs));
  let next = 0;
  return Array.from({ length: count }, (_, index) => {
    const at = Math.ceil(Math.max(from, first) / minuteMs) * minuteMs + index * minuteMs;
    while (next + 1 < rows.length && (rows[next + 1] as LoggedRow).row.at <= at) next++;
    const { row } = rows[next] as LoggedRow;
    return {
      at,
      planned: plannedPeak(peak, { from: at, to: at }, baseline).perMinute,
      actual: loads.get(at) ?? "unknown",
      ...standingIn(row, policy, prices),
      ...winnerIn(row, peak),
    };
  });
}

type Row = LoggedRow["row"];

function standingIn({ snapshot: { instances: view }, decision }: Row, policy: Policy, prices: Prices) {
  const target = targetOf(decision.steps);
  const { usual } = prices;
  if (view.kind === "missing") return { target, serving: "unknown", usdPerHour: "unknown" } as const;
  if (view.kind === "resting") {
    const count = view.serving.length;
    return { target, serving: count, usdPerHour: usual === "unknown" ? usual : usdPerHour(policy, count, usual) };
  }
  const serving = view.instances.filter(({ state, target: { kind } }) => state === "running" && kind === "healthy");
  const paid = view.instances.map((instance) => priceIn(instance, prices));
  const known = paid.filter((price) => price !== "unknown");
  return {
    target,
    serving: serving.length + view.foreignCount,
    usdPerHour: known.length < paid.length ? ("unknown" as const) : known.reduce((sum, one) => sum + one, 0),
  };
}

/** As it was bought; of its own type where that has a price. */
function priceIn({ instanceType, purchase }: Instance, { priceOf }: Prices): number | "unknown" {
  const price = priceOf(instanceType);
  if (price === "unknown") return price;
  return purchase === "spot" ? price.spotUsd : price.onDemandUsd;
}

function winnerIn({ decision: { steps, proposals } }: Row, { name }: Peak): Pick<CourseMinute, "by" | "peak"> {
  const reason = steps[0]?.reason;
  return {
    by: reason?.kind === "largest-wish" ? reason.rule : "-",
    peak: proposals.find(({ rule }) => rule === `peak ${name}`)?.kind ?? "none",
  };
}
