// A tick in one line of the log. What it was made from stands in the table.
import type { Tick } from "../shared/control/index.ts";
import { targetOf } from "../shared/engine/index.ts";

export type Summary = Readonly<Record<string, string | number>>;

export function summaryOf(fleet: string, ticked: Tick): Summary {
  if (ticked.kind === "waiting") return { fleet, kind: ticked.kind, until: new Date(ticked.until).toISOString() };
  const { generation, decision } = ticked.row;
  const { steps, actions, lookAgain } = decision;
  return {
    fleet,
    kind: ticked.kind,
    generation,
    from: steps[0]?.from ?? targetOf(steps),
    to: targetOf(steps),
    actions: actions.length,
    lookAgain: lookAgain.because,
  };
}
