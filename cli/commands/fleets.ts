// `fleets`: what stands now, from the newest row of each fleet.
import { Command } from "commander";
import type { Brakes, Orphans } from "../../shared/aws/log/index.ts";
import type { Row } from "../../shared/control/index.ts";
import { type Phase, stage, targetOf, whyOf } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { type Log, type LogOptions, withLog, withLogOptions } from "../log.ts";
import { type Column, print, say, tableOf } from "../output.ts";

interface Options extends LogOptions {
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate fleets
  $ tidegate fleets --json | jq '.[] | select(.serving < .target)'
  $ tidegate fleets --local

The counts are those that the newest decision saw, before it acted; "unknown" where it saw none. Instances of a fleet whose
policy was removed or renamed are told below the table, and as "orphans" in the JSON.`;

export const fleetsCommand = (): Command =>
  withLogOptions(
    new Command("fleets")
      .description("list what stands now: target, serving, warming, booting, draining, and why")
      .option("--json", "print an array with one object a fleet"),
  )
    .addHelpText("after", examples)
    .action(fleets);

async function fleets(options: Options): Promise<void> {
  await withLog(options, async (log) => {
    const [standing, orphans, brakes] = await Promise.all([standingFleets(log), log.orphans(), log.brakes()]);
    for (const line of stopped(brakes)) say(line);
    if (options.json) return print([JSON.stringify(withOrphans(standing, orphans), null, 2)]);
    print(standing.length === 0 ? ["no fleets yet"] : tableOf(columns, standing));
    print(orphanLines(orphans));
  });
}

/** Whoever wonders why nothing shrinks is to read it here. */
const stopped = (brakes: Brakes): readonly string[] =>
  [...brakes].map(
    ([name, { since, by, reason }]) =>
      `${name === "*" ? "every fleet" : name} is stopped from terminating since ${new Date(since).toISOString()} by ${by}: ${reason}`,
  );

/** Each entry says how many instances its fleet left behind when its policy went; a fleet without a row has an entry for that. */
function withOrphans(standing: readonly Standing[], orphans: Orphans | "none"): readonly object[] {
  const left = new Map(orphans === "none" ? [] : orphans.fleets.map(({ fleet, count }) => [fleet, count]));
  const entries = standing.map((one) => ({ ...one, orphans: left.get(one.fleet) ?? 0 }));
  for (const { fleet } of entries) left.delete(fleet);
  return [...entries, ...[...left].map(([fleet, count]) => ({ fleet, orphans: count }))];
}

function orphanLines(orphans: Orphans | "none"): readonly string[] {
  if (orphans === "none" || orphans.fleets.length === 0) return [];
  const lines = orphans.fleets.map(
    ({ fleet, count }) =>
      `${count} instance${count === 1 ? "" : "s"} of ${fleet}, which has no policy: deploy one for fleet ${fleet} to adopt ` +
      "what is left of it, or terminate it by hand",
  );
  return ["", ...lines, `(counted ${minute(orphans.at)}; Tidegate leaves them alone)`];
}

const minute = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")}Z`;

type Count = number | "unknown";

interface Counts {
  readonly serving: Count;
  /** Running and not serving yet: warming, or registering with the load balancer. */
  readonly warming: Count;
  /** Launched, shown by EC2 or not yet. */
  readonly booting: Count;
  readonly draining: Count;
  readonly unhealthy: Count;
}

interface Standing extends Counts {
  readonly fleet: string;
  readonly target: number;
  readonly generation: number;
  readonly id: string;
  readonly at: string;
  readonly kind: Row["decision"]["kind"];
  readonly why: string;
}

/** Fleets whose rows are read at the same time. */
const readAtOnce = 20;

async function standingFleets(log: Log): Promise<readonly Standing[]> {
  const names = await log.fleets();
  const found: Standing[] = [];
  for (let from = 0; from < names.length; from += readAtOnce) {
    const standing = names.slice(from, from + readAtOnce).map((name) => standingFleet(log, name));
    found.push(...(await Promise.all(standing)).flat());
  }
  return found;
}

/** None for a fleet that is entered in the list and has not committed yet. */
async function standingFleet(log: Log, fleet: string): Promise<readonly Standing[]> {
  const newest = await log.newest(fleet);
  if (newest.kind === "none") return [];
  const { generation, id, at, snapshot, decision, policyVersion } = newest.row;
  const policy = await log.policyOf(fleet, policyVersion);
  return [
    {
      fleet,
      target: targetOf(decision.steps),
      ...countsOf(policy, newest.row),
      generation,
      id,
      at: new Date(at).toISOString(),
      kind: decision.kind,
      why: whyOf({ policy, snapshot, decision }),
    },
  ];
}

/** The decision's memory is what its phases were told from. */
function countsOf(policy: Policy | "none", { snapshot, decision }: Row): Counts {
  const view = snapshot.instances;
  if (view.kind === "resting") return { ...nobody, serving: view.serving.length };
  if (policy === "none" || view.kind === "missing") return unknownCounts;
  const { staged, unseenCount } = stage(policy, snapshot, decision.memory);
  const inPhase = (...phases: readonly Phase[]): number => staged.filter(({ phase }) => phases.includes(phase)).length;
  return {
    serving: inPhase("serving"),
    warming: inPhase("cold", "warming", "ready", "registering", "returning"),
    booting: inPhase("booting") + unseenCount,
    draining: inPhase("draining", "drained"),
    unhealthy: inPhase("unhealthy", "never-healthy", "warm-failed"),
  };
}

const nobody = { warming: 0, booting: 0, draining: 0, unhealthy: 0 };

const unknownCounts: Counts = {
  serving: "unknown",
  warming: "unknown",
  booting: "unknown",
  draining: "unknown",
  unhealthy: "unknown",
};

const shown = (count: Count): string => (count === "unknown" ? "?" : `${count}`);

const columns: readonly Column<Standing>[] = [
  { head: "FLEET", text: ({ fleet }) => fleet, wrapsTo: "never" },
  { head: "TARGET", text: ({ target }) => `${target}`, wrapsTo: "never" },
  { head: "SERVING", text: ({ serving }) => shown(serving), wrapsTo: "never" },
  { head: "WARMING", text: ({ warming }) => shown(warming), wrapsTo: "never" },
  { head: "BOOTING", text: ({ booting }) => shown(booting), wrapsTo: "never" },
  { head: "DRAINING", text: ({ draining }) => shown(draining), wrapsTo: "never" },
  { head: "UNHEALTHY", text: ({ unhealthy }) => shown(unhealthy), wrapsTo: "never" },
  { head: "ID", text: ({ id }) => id, wrapsTo: "never" },
  { head: "AT", text: ({ at }) => `${at.slice(0, 19).replace("T", " ")}Z`, wrapsTo: 10 },
  { head: "WHY", text: ({ why }) => why, wrapsTo: 16 },
];
