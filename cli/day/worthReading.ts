// Of a day's decisions the few that say most: the announced peak's first, the largest moves, what was held back, what went wrong.
import { type Reason, type Step, targetOf } from "../../shared/engine/index.ts";
import type { Look } from "./play.ts";

export interface Worth {
  readonly look: Look;
  readonly why: string;
}

type Pick = readonly [why: string, pick: (looks: readonly Look[]) => Look | undefined];

const picks: readonly Pick[] = [
  ["refused: an invariant would have broken", (looks) => looks.find(({ row }) => row.decision.kind === "refused")],
  ["recovered what a dead evaluator left", (looks) => looks.find(({ row }) => row.decision.kind === "recovering")],
  ["an action did not succeed", (looks) => looks.find(({ outcomes }) => outcomes.some(({ kind }) => kind !== "done"))],
  ["the announced peak takes the lead", (looks) => looks.find(startsPeak)],
  ["the largest step out", (looks) => most(looks, (steps) => targetOf(steps) - fromOf(steps))],
  ["the largest step in", (looks) => most(looks, (steps) => fromOf(steps) - targetOf(steps))],
  ["a wish held back by the velocity limit", (looks) => looks.find(({ row }) => holds(row.decision.steps, "velocity"))],
  [
    "a shrink refused: it would be needed again",
    (looks) => looks.find(({ row }) => holds(row.decision.steps, "needed-again")),
  ],
  [
    "a shrink kept waiting for the window",
    (looks) => looks.find(({ row }) => holds(row.decision.steps, "recent-wish")),
  ],
];

/** At most `count`, each decision once, in order of time. */
export function worthReading(looks: readonly Look[], count: number): readonly Worth[] {
  const chosen = new Map<string, Worth>();
  for (const [why, pick] of picks) {
    const look = pick(looks);
    if (look && !chosen.has(look.row.id) && chosen.size < count) chosen.set(look.row.id, { look, why });
  }
  return [...chosen.values()].sort((a, b) => a.look.row.at - b.look.row.at);
}

const fromOf = (steps: readonly Step[]): number => steps[0]?.from ?? 0;

const holds = (steps: readonly Step[], kind: Reason["kind"]): boolean =>
  steps.some(({ reason }) => reason.kind === kind);

const startsPeak = ({ row: { decision } }: Look): boolean => {
  const reason = decision.steps[0]?.reason;
  return (
    reason?.kind === "largest-wish" &&
    decision.proposals.some(
      (one) => one.rule === reason.rule && one.kind === "wants" && one.reason.kind === "peak-active",
    )
  );
};

/** The one whose steps moved furthest; none when nothing moved. */
function most(looks: readonly Look[], move: (steps: readonly Step[]) => number): Look | undefined {
  const furthest = looks.reduce<Look | undefined>(
    (best, next) => (best && move(best.row.decision.steps) >= move(next.row.decision.steps) ? best : next),
    undefined,
  );
  return furthest && move(furthest.row.decision.steps) > 0 ? furthest : undefined;
}
