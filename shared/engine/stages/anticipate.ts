// Refuses a shrink that arithmetic says would be undone: what a schedule or a peak needs back before it has paid for itself,
// and what would push a per-instance reading over the threshold that buys again.
import { minuteMs } from "../../core/index.ts";
import { propose } from "../rules/index.ts";
import { servingCountAt, settled } from "../signals.ts";
import type { Point, Reason, Step } from "../types.ts";
import type { Stage, StageContext } from "./stage.ts";

interface Refusal {
  readonly count: number;
  readonly reason: Reason;
}

export const anticipate: Stage = (from, context) => {
  const step = (to: number, reason: Reason): Step => ({ stage: "anticipate", from, to, reason });
  if (from >= context.current) return step(from, { kind: "nothing-ahead" });
  const refusals = [...neededAgain(from, context), ...wouldBreach(from, context)];
  const strongest = refusals.reduce<Refusal | undefined>(
    (best, next) => (best && best.count >= next.count ? best : next),
    undefined,
  );
  if (!strongest || strongest.count <= from) return step(from, { kind: "nothing-ahead" });
  return step(Math.min(context.current, strongest.count), strongest.reason);
};

/**
 * An instance let go now and wanted again within one drain and one boot was not worth letting go: keeping it costs no more
 * than paying for both. Schedules and peaks are asked what they will want then.
 */
function neededAgain(from: number, { policy, snapshot, lead }: StageContext): readonly Refusal[] {
  const delayMs = snapshot.instances.kind === "seen" ? snapshot.instances.deregistrationDelayMs : 0;
  const bridgeMs = lead.p95Ms + Math.max(policy.drain.timeoutMs, delayMs) + minuteMs;
  const at = snapshot.now + bridgeMs;
  const announced = { ...policy, rules: policy.rules.filter(({ kind }) => kind === "schedule") };
  if (announced.rules.length + snapshot.peaks.length === 0) return [];
  return propose({ policy: announced, snapshot: { ...snapshot, now: at }, lead }).flatMap((proposal) =>
    proposal.kind === "wants" && proposal.count > from
      ? [
          {
            count: proposal.count,
            reason: { kind: "needed-again", rule: proposal.rule, count: proposal.count, at, bridgeMs },
          },
        ]
      : [],
  );
}

/**
 * Spread over fewer instances, would the reading pass the lowest threshold of a step rule? CPU and the requests of each target
 * spread like that; of the operator's own metrics nobody knows.
 */
function wouldBreach(from: number, { policy, snapshot }: StageContext): readonly Refusal[] {
  return policy.rules.flatMap((rule): readonly Refusal[] => {
    if (rule.kind !== "step" || !spreads(rule.metric) || rule.above.length === 0) return [];
    const reading = settled(snapshot, rule.metric);
    if (reading.kind === "unread") return [];
    const { at, value } = reading.points.at(-1) as Point;
    const servingCount = servingCountAt(snapshot, at);
    const limit = Math.min(...rule.above.map(({ over }) => over));
    if (servingCount === "unknown") return [];
    const spread = (value * servingCount) / Math.max(1, from);
    if (spread <= limit) return [];
    const count = Math.ceil((value * servingCount) / limit - 1e-9);
    return [{ count, reason: breach(rule.name, rule.metric, { spread, limit }) }];
  });
}

type Spreading = "cpu" | "requests-per-target";
const spreads = (metric: string): metric is Spreading => metric === "cpu" || metric === "requests-per-target";

const breach = (rule: string, metric: Spreading, { spread, limit }: { spread: number; limit: number }): Reason =>
  metric === "cpu"
    ? { kind: "would-breach", rule, ratio: spread, limitRatio: limit }
    : { kind: "would-pass", rule, metric, value: spread, limit };
