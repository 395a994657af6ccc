// A tick in one line of the log, which the dashboard and the alarms on Tidegate itself count. What it was made from stands in
// the table.
import { type Tick, wantedBy } from "../shared/control/index.ts";
import { minuteMs } from "../shared/core/index.ts";
import { type Decision, type Reason, targetOf } from "../shared/engine/index.ts";

export type Summary = Readonly<Record<string, string | number>>;

export function summaryOf(fleet: string, ticked: Tick): Summary {
  if (ticked.kind === "waiting") return { fleet, kind: ticked.kind, until: new Date(ticked.until).toISOString() };
  const { generation, at, decision, snapshot } = ticked.row;
  const { steps, actions, lookAgain, memory } = decision;
  const sight = snapshot.instances;
  return {
    fleet,
    kind: ticked.kind,
    generation,
    from: steps[0]?.from ?? targetOf(steps),
    to: targetOf(steps),
    wanted: wantedBy(decision),
    standing: standingOf(decision),
    ...troubleOf(decision),
    sight: sight.kind,
    ...(sight.kind === "missing" ? { because: sight.because } : {}),
    mismatchMinutes: memory.unmet.kind === "none" ? 0 : Math.round((at - memory.unmet.at) / minuteMs),
    actions: actions.length,
    lookAgain: lookAgain.because,
  };
}

/** What somebody has to be told of: bought again and again in vain, or most of the fleet unhealthy. */
function troubleOf({ proposals }: Decision): Summary {
  const kinds = new Set(proposals.map((one) => (one.kind === "stands-aside" ? one.reason.kind : "blind")));
  if (kinds.has("breaker")) return { trouble: "breaker" };
  return kinds.has("outage") ? { trouble: "outage" } : {};
}

/** Where the decision can do no more, though more is wanted; or what keeps it. */
function standingOf({ steps }: Decision): "at-max" | "limited" | "free" {
  const kinds = new Set<Reason["kind"]>(steps.map(({ reason }) => reason.kind));
  if (kinds.has("capped") || kinds.has("over-budget")) return "at-max";
  return kinds.has("velocity") || kinds.has("overridden") || kinds.has("braked") ? "limited" : "free";
}
