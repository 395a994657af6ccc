// What a played day came to, for the one who watched it: a picture, the score beside a peer's, what to read, what to type.
import { minuteMs } from "../../shared/core/index.ts";
import { type Sizer, summaryOf } from "../../shared/engine/index.ts";
import { controllers, neededFor, score, simulate } from "../../shared/sim/index.ts";
import { chart, chartWidth } from "../chart.ts";
import { scoreTable } from "../scoreTable.ts";
import type { Day } from "./day.ts";
import type { Played } from "./play.ts";
import { worthReading } from "./worthReading.ts";

const worthCount = 6;

export async function summary(day: Day, played: Played): Promise<string> {
  const { plant } = day;
  const needs = played.minutes.map(({ t, load, serving }) => ({ at: t, needed: neededFor(load, plant), serving }));
  return [
    chart(needs, { width: chartWidth(), height: 15 }),
    "",
    scoreTable([
      { name: "tidegate", score: score({ plant, ...played }) },
      { name: "AWS target tracking", score: await peerScore(day) },
    ]),
    "A clairvoyant who knows the whole day is 1.000.",
    "",
    "Worth reading:",
    ...worthReading(played.looks, worthCount).flatMap(({ look: { row, outcomes }, why }) => {
      const { from, to, by, acted } = summaryOf(row.decision, row.snapshot, outcomes);
      const at = new Date(row.at).toISOString().slice(11, 16);
      return [`  ${at}  ${row.id.padEnd(10)} ${from} → ${to}  ${why}`, `         by ${by}; ${acted}`];
    }),
  ].join("\n");
}

/** AWS target tracking on the same traffic and plant, through the same loop, as documented: it warms nothing. */
async function peerScore({ policy, policyVersion, trace, plant, seed }: Day) {
  const size = controllers["target-tracking"] as Sizer;
  const scored = { from: trace.startAt, to: trace.startAt + trace.loads.length * minuteMs };
  const unwarmed = { ...policy, warm: { kind: "none" } as const };
  const run = await simulate({
    policy: unwarmed,
    policyVersion,
    size,
    trace,
    plant,
    seed,
    scored,
    onMinute: () => {},
    onRow: () => {},
  });
  return score({ plant, ...run });
}

export const whatNext = (id: string): string => `Next:
  npx tidegate explain ${id} --local        one decision in sentences
  npx tidegate decisions shop --local --since 30m  the log, one line a decision
  npx tidegate replay ${id} --local         decide again from what was stored
  npx tidegate fleets --local                      what stands now
  npx tidegate forecast shop --local               what the next hours may bring
  npx tidegate simulate --policy policies/shop.yml --trace YOUR.csv --plant policy`;
