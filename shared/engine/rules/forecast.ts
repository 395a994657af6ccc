// Capacity for what the coming minutes may bring. Bought is for the minutes in which an order of now will serve; let go is only what
// neither the minutes until then nor the next half hour need; and the load that is there is met whatever was forecast.
import type { Ratio } from "../../core/index.ts";
import type { ForecastRule } from "../../policy/index.ts";
import { currentTarget } from "../current.ts";
import { levelOf, logitOf, serviceAfter } from "../service.ts";
import { highest, partial, settled } from "../signals.ts";
import type { ForecastView, ForecastWindow, Point, Proposal, Reason } from "../types.ts";
import { blind, instancesFilledBy, type RuleContext, standsAside, wants } from "./rule.ts";

type Seen = Extract<ForecastView, { kind: "seen" }>;

export function forecast(rule: ForecastRule, context: RuleContext): Proposal {
  const reading = highest(context.snapshot, rule.metric);
  if (reading.kind === "unread") return blind(context, rule.name, { metric: rule.metric, because: reading.because });
  const view = context.snapshot.forecast;
  const because = unusable(view);
  if (view.kind === "none" || because !== "usable") {
    const { count, reason } = unforecast(context, because);
    return rule.mode === "shadow" ? aside(rule, count, reason) : wants(rule.name, count, reason);
  }
  const { count, reason } = forecastWish(rule, context, { view, load: reading.point });
  return rule.mode === "shadow" ? aside(rule, count, reason) : wants(rule.name, count, reason);
}

const aside = ({ name }: ForecastRule, count: number, reason: Reason): Proposal =>
  standsAside(name, { kind: "forecast-shadow", count, reason });

function unusable(view: ForecastView): string {
  if (view.kind === "none") return view.because;
  return view.standing.kind === "shadow" ? view.standing.because : "usable";
}

interface Wish {
  readonly count: number;
  readonly reason: Reason;
}

/** Without a forecast: the highest minute of all that were read, and a quarter more. */
const marginRatio = 0.25;

function unforecast(context: RuleContext, because: string): Wish {
  const { snapshot, policy } = context;
  const read = settled(snapshot, "requests");
  const points = [...(read.kind === "read" ? read.points : []), ...partial(snapshot, "requests")];
  const perMinute = points.reduce((most, { value }) => Math.max(most, value), 0);
  const { perInstancePerMinute, limitRatio } = policy.capacity;
  return {
    count: instancesFilledBy(context, perMinute * (1 + marginRatio)),
    reason: { kind: "unforecast", because, perMinute, marginRatio, perInstancePerMinute, limitRatio },
  };
}

/** Loads vary within a minute and from one to the next: the one that is there is met with a little to spare. */
const spareRatio = 0.03;
/** Where so many requests may be late that lower levels do, the more of them are part of the load that is there. */
const spareFrom = 0.7;

const spareAt = (level: Ratio): Ratio => spareRatio * Math.min(1, logitOf(level) / logitOf(spareFrom));
/** An instance is kept on the chance that it is wanted again soon; beyond this chance on no smaller one. */
const keepLevelMax = 0.97;

interface Need {
  readonly by: "buy" | "keep" | "load";
  readonly perMinute: number;
  readonly from: number;
  readonly to: number;
}

function forecastWish(rule: ForecastRule, context: RuleContext, { view, load }: { view: Seen; load: Point }): Wish {
  const { snapshot, policy } = context;
  const level = rule.aim.kind === "quantile" ? rule.aim.ratio : levelOf(serviceAfter(policy, snapshot));
  const now: Need = { by: "load", perMinute: load.value * (1 + spareAt(level)), from: load.at, to: snapshot.now };
  const bought = largest([now, ...needs(view, "buy", { by: "buy", level })]);
  const kept = largest([bought, ...keptNeeds(view, level)]);
  const count = Math.max(
    instancesFilledBy(context, bought.perMinute),
    Math.min(currentTarget(policy, snapshot), instancesFilledBy(context, kept.perMinute)),
  );
  const counts = count > instancesFilledBy(context, bought.perMinute) ? kept : bought;
  const { perInstancePerMinute, limitRatio } = policy.capacity;
  return {
    count,
    reason: {
      kind: "forecast",
      ...counts,
      level,
      perInstancePerMinute,
      limitRatio,
    },
  };
}

const keptNeeds = (view: Seen, level: Ratio): readonly Need[] => [
  ...needs(view, "serve", { by: "keep", level }),
  ...needs(view, "keep", { by: "keep", level: Math.min(level, keepLevelMax) }),
  ...needs(view, "half-hour", { by: "keep", level: Math.min(level, 0.5) }),
];

const largest = (needs: readonly Need[]): Need =>
  needs.reduce((most, need) => (need.perMinute > most.perMinute ? need : most));

const needs = (
  view: Seen,
  role: ForecastWindow["role"],
  { by, level }: { by: Need["by"]; level: Ratio },
): readonly Need[] =>
  view.windows
    .filter((window) => window.role === role)
    .map((window) => ({ by, perMinute: loadAt(view, window, level), from: window.from, to: window.to }));

/** Between two levels in proportion to their logits, where tails are nearly straight. */
function loadAt({ levels }: Seen, { loads }: ForecastWindow, level: Ratio): number {
  const above = levels.findIndex((one) => one >= level);
  if (above <= 0) return loads[above === 0 ? 0 : loads.length - 1] ?? 0;
  const [low, high] = [levels[above - 1] as number, levels[above] as number];
  const share = (logitOf(level) - logitOf(low)) / (logitOf(high) - logitOf(low));
  return (loads[above - 1] ?? 0) + share * ((loads[above] ?? 0) - (loads[above - 1] ?? 0));
}

/** Whether the next minutes may ask for more than `count` instances: then they are not to be slept through. */
export function mayOutgrow(context: RuleContext, count: number): boolean {
  const { policy, snapshot } = context;
  const view = snapshot.forecast;
  const rule = policy.rules.find((one): one is ForecastRule => one.kind === "forecast" && one.mode === "active");
  if (!rule || view.kind === "none" || unusable(view) !== "usable") return false;
  const level = rule.aim.kind === "quantile" ? rule.aim.ratio : levelOf(serviceAfter(policy, snapshot));
  return view.windows.some((window) => instancesFilledBy(context, loadAt(view, window, level)) > count);
}
