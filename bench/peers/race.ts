// One contestant on one track at one boot: its grid on the time before what is scored, the setting that was best there, and
// then what is scored, seed by seed, as documented and as tuned.
import { minuteMs, secondMs } from "../../shared/core/index.ts";
import { defaultPolicy, type Policy, policyVersion } from "../../shared/policy/index.ts";
import {
  type MinuteRow,
  neededX,
  type Plant,
  parsePlant,
  type Setting,
  type Simulation,
  score,
  simulate,
} from "../../shared/sim/index.ts";
import { contestantOf } from "./contestants.ts";
import type { Entry, Hindsight, Runs, Task, Track } from "./types.ts";

export async function race(track: Track, task: Task): Promise<Entry> {
  const { documented, grid } = contestantOf(task.controller);
  const heat = { track, plant: plantOf(track.plant, task), task };
  const tried: Tried[] = [];
  for (const setting of grid) tried.push(await tryOut(heat, setting));
  const asDocumented = await runsOf(heat, documented, "none");
  const best = bestOf(tried, ({ historyX }) => historyX);
  return {
    id: task.split.id,
    bootSeconds: task.bootSeconds,
    start: task.start,
    controller: task.controller,
    neededX: needed(heat),
    documented: asDocumented,
    tuned:
      best.kind === "none"
        ? { kind: "none" }
        : { kind: "tuned", runs: await runsOf(heat, best.of.setting, best.of.scored) },
    hindsight: hindsightOf(tried),
  };
}

interface Heat {
  readonly track: Track;
  readonly plant: Plant;
  readonly task: Task;
}

/** Another boot, the plant's own shape of it; and the cold plant's cold start. */
function plantOf(plant: Plant, { bootSeconds, start }: Pick<Task, "bootSeconds" | "start">): Plant {
  const parsed = parsePlant({ boot: { nominalSeconds: bootSeconds } });
  if (parsed.kind === "error") throw new Error(parsed.error.join("; "));
  const { boot } = parsed.value;
  return start === "even" ? { ...plant, boot } : { ...plant, boot, cold: coldStart };
}

const coldStart: Plant["cold"] = { seconds: 180, ratio: 0.4 };

/** A grid's setting, run with the first seed. */
interface Tried {
  readonly setting: Setting;
  /** Charged cost on the time before what is scored. */
  readonly historyX: number;
  /** The same run on what is scored, if it went so far. */
  readonly scored: Scored | "none";
}
/** What is kept of a run: its minutes are many, and eight runs of a grid are held at once. */
interface Scored {
  readonly score: Runs["scores"][number];
  readonly serving: Uint16Array;
}

async function tryOut(heat: Heat, setting: Setting): Promise<Tried> {
  const { split } = heat.track;
  const isWhole = heat.task.depth === "with-hindsight";
  const run = await runOf(heat, { setting, seed: heat.task.seeds[0] ?? 1, to: isWhole ? split.to : split.from });
  const history = run.minutes.map((row, index) => ({ ...row, scored: isHistory(heat, row, index) }));
  return {
    setting,
    historyX: score({ plant: heat.plant, minutes: history, instances: run.instances }).chargedCostX,
    scored: isWhole ? scoredOf(heat, run) : "none",
  };
}

const scoredOf = (heat: Heat, run: Simulation): Scored => ({
  score: score({ plant: heat.plant, ...run }),
  serving: pictured(heat, run),
});

function pictured({ task, track }: Heat, { minutes }: Simulation): Uint16Array {
  if (task.depth === "bare") return new Uint16Array();
  return Uint16Array.from(
    minutes.filter(({ t }) => t >= track.split.from),
    ({ serving }) => serving,
  );
}

const isHistory = ({ track: { split, trace } }: Heat, { t }: MinuteRow, index: number): boolean =>
  t < split.from && trace.filled[index] !== 1;

interface RunGiven {
  readonly setting: Setting;
  readonly seed: number;
  readonly to: number;
}

const runOf = ({ track, plant, task }: Heat, { setting, seed, to }: RunGiven): Promise<Simulation> =>
  simulate({
    ...policies[task.start === "warmed" ? "warming" : "shipped"],
    size: setting.size,
    trace: track.trace,
    plant,
    seed,
    scored: { from: track.split.from, to },
    onMinute: () => {},
    onRow: () => {},
  });

const versioned = (policy: Policy) => ({ policy, policyVersion: policyVersion(policy) });
/** The imagined cloud warms in its own time: how it is asked says no more than that it is. */
const warm: Policy["warm"] = {
  ...{ kind: "http", by: "function", from: { kind: "paths", paths: ["/"] }, untilP95Ms: secondMs },
  ...{ untilCount: 20, concurrency: 4 },
  ...{ method: "GET", headers: {}, cacheHeader: "none", timeoutMs: 2 * minuteMs, onFailure: "serve" },
};
const policies = {
  shipped: versioned(defaultPolicy()),
  warming: versioned({ ...defaultPolicy(), warm }),
};

/** Every seed on what is scored; the first may have been run already. */
async function runsOf(heat: Heat, setting: Setting, first: Scored | "none"): Promise<Runs> {
  const scored: Scored[] = first === "none" ? [] : [first];
  for (const seed of heat.task.seeds.slice(scored.length))
    scored.push(scoredOf(heat, await runOf(heat, { setting, seed, to: heat.track.split.to })));
  return {
    label: setting.label,
    scores: scored.map((one) => one.score),
    serving: scored[0]?.serving ?? new Uint16Array(),
  };
}

/** Of the minutes, not of who ran: any run's rows would do. */
function needed({ track: { trace, split }, plant }: Heat): number {
  const rows = Array.from(trace.loads, (load, index): MinuteRow => {
    const t = trace.startAt + index * minuteMs;
    return { t, load, scored: t >= split.from && trace.filled[index] !== 1, ...nobody };
  });
  return neededX(rows, plant);
}
const nobody = { target: 0, serving: 0, cold: 0, booting: 0, warming: 0, draining: 0 };

export type Best<T> = { readonly kind: "none" } | { readonly kind: "best"; readonly of: T };

/** The lowest; of equals the first, so that a grid's order decides and not chance. */
export const bestOf = <T>(all: readonly T[], costOf: (one: T) => number): Best<T> =>
  all.reduce<Best<T>>(
    (best, one) => (best.kind === "none" || costOf(one) < costOf(best.of) ? { kind: "best", of: one } : best),
    { kind: "none" },
  );

function hindsightOf(tried: readonly Tried[]): Hindsight {
  const ran = tried.flatMap(({ setting, scored }) =>
    scored === "none" ? [] : [{ label: setting.label, chargedCostX: scored.score.chargedCostX }],
  );
  const best = bestOf(ran, (one) => one.chargedCostX);
  return best.kind === "none" ? best : { kind: "best", ...best.of };
}
