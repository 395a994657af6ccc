// What taking back from draining saves, on a load that dips for less than a drain takes: `npm run bench:take-back`.
import { pathToFileURL } from "node:url";
import { dayMs, minuteMs } from "../shared/core/index.ts";
import { sizeByRules } from "../shared/engine/index.ts";
import { type Policy, parsePolicy, policyVersion } from "../shared/policy/index.ts";
import { defaultPlant, type Plant, type Score, score, simulate, type Trace } from "../shared/sim/index.ts";

export interface Dips {
  readonly everyMinutes: number;
  readonly dipMinutes: number;
  readonly drainSeconds: number;
  readonly days: number;
}

const usual: Dips = { everyMinutes: 40, dipMinutes: 3, drainSeconds: 300, days: 2 };
const startAt = Date.UTC(2027, 2, 1);

/** Half of the load is gone for some minutes, again and again. */
function dipping({ everyMinutes, dipMinutes, days }: Dips): Trace {
  const length = (days * dayMs) / minuteMs;
  const loads = Float64Array.from({ length }, (_, minute) => (minute % everyMinutes < dipMinutes ? 9_000 : 18_000));
  return { name: "dips", startAt, loads, filled: new Uint8Array(length) };
}

/** Shrinks as soon as it may: what a fleet without a window or a forecast does. */
const written = (takeBack: boolean, { drainSeconds }: Dips): string => `fleet: shop
targetGroup: shop
launch: { template: shop }
bounds: { min: 2, max: 60 }
capacity: { perInstance: 1000 requests/min }
rules: [{ target: { metric: requests } }]
stabilization: { scaleIn: 0s }
drain: { timeout: ${drainSeconds}s, takeBack: ${takeBack} }
`;

function policyOf(text: string): Policy {
  const parsed = parsePolicy(text, "take-back");
  if (parsed.kind === "error") throw new Error(parsed.error.map(({ message }) => message).join("; "));
  return parsed.value;
}

export interface Counted {
  readonly launched: number;
  readonly takenBack: number;
  readonly score: Score;
}

/** One run, and what its decisions did. */
export async function countDips(takeBack: "allowed" | "never", dips = usual): Promise<Counted> {
  const policy = policyOf(written(takeBack === "allowed", dips));
  const { drainSeconds, days } = dips;
  const plant: Plant = { ...defaultPlant, drainSeconds, capacityPerMinute: 1_000, min: 2, max: 60 };
  let [launched, takenBack] = [0, 0];
  const input = {
    ...{ policy, policyVersion: policyVersion(policy), size: sizeByRules, trace: dipping(dips), plant, seed: 1 },
    scored: { from: startAt + dayMs, to: startAt + days * dayMs },
    onMinute: () => {},
  };
  const run = await simulate(
    {
      ...input,
      onRow: ({ decision, at }) => {
        if (at < input.scored.from) return;
        for (const action of decision.actions) {
          if (action.kind === "launch") launched += action.onDemandCount + action.spotCount;
          if (action.kind === "take-back") takenBack += 1;
        }
      },
    },
    takeBack,
  );
  return { launched, takenBack, score: score({ plant, ...run }) };
}

async function main(): Promise<void> {
  const { everyMinutes, dipMinutes, drainSeconds } = usual;
  console.log(
    `A load halves for ${dipMinutes} minutes every ${everyMinutes}; a drain takes ${drainSeconds} s. One day:`,
  );
  for (const takeBack of ["never", "allowed"] as const) {
    const counted = await countDips(takeBack);
    const { badRequestsPct, costX } = counted.score;
    console.log(
      `take back ${takeBack.padEnd(7)}  launched ${String(counted.launched).padStart(4)}  taken back ${String(counted.takenBack).padStart(4)}  bad ${badRequestsPct.toFixed(2)} %  cost × ${costX.toFixed(3)}`,
    );
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
