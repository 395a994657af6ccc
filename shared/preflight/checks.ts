// What stands in the way of a peak, as far as the policy alone tells: functions of the plan.
import { overlapping, startsAt } from "../control/index.ts";
import { type EpochMs, type Finding, minuteMs } from "../core/index.ts";
import { usdPerHour } from "../engine/index.ts";
import type { Peak, Policy } from "../policy/index.ts";
import type { Plan } from "./plan.ts";
import type { Usual } from "./usual.ts";
import { minute } from "./words.ts";

export interface Numbers {
  readonly policy: Policy;
  readonly peak: Peak;
  readonly plan: Plan;
}
export interface Planned extends Numbers {
  readonly others: readonly Peak[];
  readonly now: EpochMs;
}

const fine = (check: string, found: string): Finding => ({ level: "ok", check, found });
const warning = (check: string, found: string, toDo: string): Finding => ({ level: "warning", check, found, toDo });
const problem = (check: string, found: string, toDo: string): Finding => ({ level: "problem", check, found, toDo });

export const checkPlan = (planned: Planned): readonly Finding[] => [
  ...checkExpected(planned.peak, planned.plan.usual),
  checkTime(planned),
  checkMaximum(planned),
  checkBudget(planned),
  checkClimb(planned),
  ...checkOverlaps(planned),
];

/** What the policy allows against what the plan wants. Where no budget limits it, its price stands in nobody's way. */
export const checkAllowed = (numbers: Numbers): readonly Finding[] => [
  ...checkExpected(numbers.peak, numbers.plan.usual),
  checkMaximum(numbers),
  ...(numbers.policy.limits.budget.kind === "none" ? [] : [checkBudget(numbers)]),
  checkClimb(numbers),
];

/** A factor is of the usual, and never below it. */
export function checkExpected({ expect }: Peak, usual: Usual): readonly Finding[] {
  if (usual.kind === "unknown" || (expect.kind !== "absolute" && expect.kind !== "figures")) return [];
  const most = expect.kind === "absolute" ? expect.perMinute : Math.max(...expect.perMinute);
  if (most >= usual.perMinute) return [];
  const found = `it expects ${rounded(most)} requests/min at most; usual are ${rounded(usual.perMinute)}, from ${usual.from}`;
  const mayBeFactor = expect.kind === "absolute" && most > 1 && most <= factorMax;
  return [warning("expectation", found, mayBeFactor ? `did you mean ${most}x?` : "expect more, or leave it out")];
}

/** The largest that a policy takes. */
const factorMax = 100;

const rounded = (perMinute: number): number => Number(perMinute.toFixed(perMinute < 100 ? 1 : 0));

function checkTime({ peak, plan, now }: Planned): Finding {
  const orderedAt = startsAt(peak) - plan.leadMs - minuteMs;
  const leadMinutes = Math.ceil(plan.leadMs / minuteMs);
  if (now <= orderedAt)
    return fine(
      "time",
      `the first instance is asked for at ${minute(orderedAt)}, a lead time of ${leadMinutes} min ahead`,
    );
  const found = `its first instances would have been asked for at ${minute(orderedAt)}: it begins late`;
  return warning("time", found, "raise the fleet by hand until it has caught up: tidegate override");
}

function checkMaximum({ policy: { bounds }, plan: { height } }: Numbers): Finding {
  const found = `${height} instances at its height; \`bounds.max\` is ${bounds.max}`;
  if (height <= bounds.max) return fine("maximum", found);
  return problem("maximum", found, `raise \`bounds.max\` to ${height} and deploy`);
}

function checkBudget({ policy, plan }: Numbers): Finding {
  const { price, pricedBy } = plan;
  if (price === "unknown")
    return warning(
      "budget",
      "no price of the fleet's instance types is known",
      "give it under `limits.budget.prices`, or in a file: --prices",
    );
  const usd = usdPerHour(policy, plan.height, price);
  const total = plan.usd === "unknown" ? "" : `, ${plan.usd.toFixed(2)} USD in all`;
  const found = `${usd} USD/h at its height${total} (prices: ${pricedBy})`;
  const { budget } = policy.limits;
  if (budget.kind === "none") return fine("budget", `${found}; no budget limits it`);
  const { softUsd, hardUsd } = budget;
  if (hardUsd !== "none" && usd > hardUsd)
    return problem(
      "budget",
      `${found}, over the hard limit of ${hardUsd}`,
      `raise \`limits.budget.hard\` to ${Math.ceil(usd)} USD/h`,
    );
  if (softUsd !== "none" && usd > softUsd)
    return warning("budget", `${found}, over the soft limit of ${softUsd}`, "see that whoever pays knows");
  return fine("budget", `${found}, within the budget`);
}

/** Growth compounds from window to window. */
function checkClimb({ policy, peak, plan }: Numbers): Finding {
  const { ratio, windowMs } = policy.limits.scaleOut;
  const from = Math.max(1, policy.bounds.min, plan.minutes[0]?.wanted ?? 1);
  const to = Math.min(plan.height, plan.most);
  const windows = to <= from ? 0 : Math.ceil(Math.log(to / from) / Math.log(1 + ratio) - 1e-9);
  const takesMs = windows * windowMs;
  const found = `from ${from} to ${to} takes ${Math.round(takesMs / minuteMs)} min at \`limits.scaleOut\`; the ramp is ${Math.round(peak.rampMs / minuteMs)} min`;
  if (takesMs <= Math.max(peak.rampMs, windowMs)) return fine("climb", found);
  return problem("climb", found, "raise `limits.scaleOut`, or give it a longer ramp");
}

const checkOverlaps = ({ peak, others }: Planned): readonly Finding[] =>
  overlapping(peak, others).map(({ name }) =>
    warning(
      "overlap",
      `overlaps ${name}: at each moment the larger of the two counts`,
      "see that this is what is meant",
    ),
  );
