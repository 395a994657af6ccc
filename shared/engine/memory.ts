// Memory is facts, not intentions: what the newest row's outcomes and this look's instances taught.
import { minuteMs } from "../core/index.ts";
import { patienceMaxMs } from "./leadTime.ts";
import { shortSubnetsAfter } from "./places.ts";
import { staleReadMs } from "./reads.ts";
import { apart, reserveAfter } from "./reserve.ts";
import { diedYoung, failedBy, failedOf, provenBy, refusedLaunches, servedBy } from "./templates.ts";
import type { Action, Instance, LaunchingInstance, MeasuredLaunch, Memory, Outcome, Snapshot } from "./types.ts";

export const initialMemory: Memory = {
  target: { kind: "none" },
  sizing: { kind: "none" },
  launching: [],
  draining: [],
  unhealthy: [],
  unmet: { kind: "none" },
  launches: [],
  capacity: { kind: "none" },
  templates: { failures: [], proven: "" },
  shortSubnets: [],
};

/** A launch that EC2 still does not show after this is given up: its reads are eventually consistent, not slow. */
export const unseenDeadlineMs = 5 * minuteMs;
/** Enough for a p95 that one slow boot does not own, and small in a row. */
const launchesKept = 40;

/** Memory brought up to this look. `target` and `sizing` are left for the sizing to write. */
export function learn(snapshot: Snapshot): Memory {
  const { reserve: _, ...heard } = hear(snapshot);
  const told = { ...heard, shortSubnets: shortSubnetsAfter(snapshot), ...reserveAfter(snapshot) };
  const { fleet } = apart(snapshot, told);
  if (fleet.kind !== "seen") return told;
  const seen = new Map(fleet.instances.map((instance) => [instance.id, instance]));
  const draining = stillDraining(told, seen, snapshot.now);
  const followed = followLaunches(told, { seen, draining, now: snapshot.now });
  const templates = provenBy(followed.templates, fleet.instances, snapshot.now);
  return { ...told, draining, ...followed, templates, unhealthy: stillUnhealthy(told, seen, snapshot.now) };
}

/** What the newest row's actions did, by their outcomes. */
function hear(snapshot: Snapshot): Memory {
  const { memory, previous } = snapshot;
  if (previous.kind === "none" || previous.actions.length === 0) return memory;
  const did = new Map(previous.outcomes.map((outcome) => [outcome.action, instancesOf(outcome)]));
  const of = (kind: Action["kind"]) =>
    previous.actions.filter((action) => action.kind === kind).flatMap((action) => did.get(action.id) ?? []);
  const takenBack = new Set(of("take-back"));
  const warmed = new Set(of("warm"));
  const registered = new Set(of("register"));
  const terminated = new Set(of("terminate"));
  const refused = new Set(refusedWarms(previous.actions, previous.outcomes));
  const ended = previous.actions.filter((action) => action.kind === "terminate" && terminated.has(action.instance));
  const at = previous.at;
  const launched = previous.actions.flatMap((action) => {
    if (action.kind !== "launch" || action.for === "reserve") return [];
    const { templateVersion } = action;
    return (did.get(action.id) ?? []).map((id) => ({ id, requestedAt: at, templateVersion, marks: [] }));
  });
  const returning = [...takenBack].map((id) => comesBack(id, at, "taken-back"));
  const restarted = of("start").map((id) => comesBack(id, at, "restarted"));
  const launching = distinct([...memory.launching, ...launched, ...returning, ...restarted]);
  const drained = of("drain").map((id) => ({ id, since: at }));
  return {
    ...memory,
    launching: launching.flatMap((entry) => {
      if (terminated.has(entry.id)) return [];
      if (refused.has(entry.id)) return mark(entry, "warm-refused", at);
      if (registered.has(entry.id)) return mark(entry, "registered", at);
      return warmed.has(entry.id) ? mark(entry, "warm-started", at) : entry;
    }),
    draining: distinct([...memory.draining, ...drained]).filter(({ id }) => !takenBack.has(id)),
    launches: withNewest(memory.launches, givenUp(memory, ended, at)),
    templates: failedBy(memory, [...failedOf(memory, ended), ...refusedLaunches(previous), ...diedYoung(snapshot)], at),
  };
}

/** The same list when there is nothing new: what was reckoned from it still holds. */
const withNewest = (known: Memory["launches"], newest: Memory["launches"]): Memory["launches"] =>
  newest.length === 0 ? known : [...known, ...newest].slice(-launchesKept);

/** A launch not waited for any longer took at least so long. One that is far older was met, not launched. */
function givenUp({ launching, launches }: Memory, actions: readonly Action[], at: number): readonly MeasuredLaunch[] {
  const ids = new Set(
    actions.flatMap((action) =>
      action.kind === "terminate" && action.because === "never-healthy" ? [action.instance] : [],
    ),
  );
  return launching
    .filter((entry) => ids.has(entry.id) && isLaunch(entry) && !isOutdone(entry, launches))
    .map((entry) => measure(entry, at))
    .filter(({ servingMs }) => servingMs <= 2 * patienceMaxMs);
}

/** Others that were launched with it, or later, have come to serve: it is a bad host, and no measure of how long a boot may take. */
const isOutdone = ({ requestedAt }: LaunchingInstance, launches: Memory["launches"]): boolean =>
  launches.some(({ at, servingMs }) => at - servingMs >= requestedAt);

/** A warm-up that cannot be had is not asked for again; a throttled one is. */
function refusedWarms(actions: readonly Action[], outcomes: readonly Outcome[]): readonly string[] {
  const refused = new Set(
    outcomes.filter(({ kind }) => kind === "denied" || kind === "failed").map(({ action }) => action),
  );
  return actions.flatMap((action) => (action.kind === "warm" && refused.has(action.id) ? [action.instance] : []));
}

const instancesOf = (outcome: Outcome): readonly string[] => ("instances" in outcome ? outcome.instances : []);

const distinct = <T extends { readonly id: string }>(entries: readonly T[]): readonly T[] =>
  [...new Map(entries.toReversed().map((entry) => [entry.id, entry])).values()].reverse();

type Seen = ReadonlyMap<string, Instance>;

/**
 * A drain ends when the instance is gone, or when somebody else has put it back. A foreign drain is adopted; one that was just
 * taken back and is still shown draining is not foreign but a stale read.
 */
function stillDraining(memory: Memory, seen: Seen, now: number): Memory["draining"] {
  const ours = memory.draining.filter(({ id, since }) => {
    const instance = seen.get(id);
    if (!instance || instance.state === "shutting-down") return false;
    const serving = instance.target.kind === "healthy" || instance.target.kind === "initial";
    return !serving || now - since < staleReadMs;
  });
  const returning = memory.launching.filter(({ marks }) =>
    marks.some(({ kind, at }) => kind === "taken-back" && now - at < staleReadMs),
  );
  const known = new Set([...ours, ...returning].map(({ id }) => id));
  const foreign = [...seen.values()].filter(({ id, target }) => target.kind === "draining" && !known.has(id));
  return [...ours, ...foreign.map(({ id }) => ({ id, since: now }))];
}

/** One that drains because it was sick is remembered as such: it is not to be taken back. */
function stillUnhealthy(memory: Memory, seen: Seen, now: number): Memory["unhealthy"] {
  const since = new Map(memory.unhealthy.map((entry) => [entry.id, entry.since]));
  return [...seen.values()]
    .filter(({ id, target }) => target.kind === "unhealthy" || (target.kind === "draining" && since.has(id)))
    .map(({ id }) => ({ id, since: since.get(id) ?? now }));
}

interface Look {
  readonly seen: Seen;
  readonly draining: Memory["draining"];
  readonly now: number;
}

/** Launches end as measured, when they serve; or they are dropped, when they are gone or never came. */
function followLaunches(
  memory: Memory,
  { seen, draining, now }: Look,
): Pick<Memory, "launching" | "launches" | "templates"> {
  const leaving = new Set(draining.map(({ id }) => id));
  const launching: LaunchingInstance[] = [];
  const launches: MeasuredLaunch[] = [];
  const gone: LaunchingInstance[] = [];
  let templates = memory.templates;
  for (const entry of [...memory.launching, ...adopted(memory, { seen, draining, now })]) {
    const instance = seen.get(entry.id);
    if (leaving.has(entry.id)) continue;
    if (isGone(entry, instance, now)) {
      if (isLaunch(entry)) gone.push(entry);
      continue;
    }
    const marked = instance ? advance(entry, instance, now) : entry;
    if (instance?.target.kind !== "healthy") {
      launching.push(marked);
      continue;
    }
    if (isLaunch(marked)) launches.push(measure(marked, now));
    templates = servedBy(templates, instance.templateVersion);
  }
  templates = failedBy({ ...memory, templates }, gone, now);
  return { launching, launches: withNewest(memory.launches, launches), templates };
}

/** Instances with our tag that serve nothing and that no outcome told of: a hand-made launch, a log begun anew, a drain undone. */
function adopted(memory: Memory, { seen, draining, now }: Look): readonly LaunchingInstance[] {
  const known = new Set([...memory.launching, ...draining].map(({ id }) => id));
  const left = new Set(memory.draining.map(({ id }) => id));
  return [...seen.values()]
    .filter(({ state }) => state === "pending" || state === "running")
    .filter(({ id, target }) => !known.has(id) && (target.kind === "unregistered" || target.kind === "initial"))
    .map(({ id, launchedAt, templateVersion }) =>
      left.has(id) ? comesBack(id, now, "taken-back") : { id, requestedAt: launchedAt, templateVersion, marks: [] },
    );
}

/** On its way once more, as any launch, but none to measure. */
const comesBack = (id: string, at: number, how: "taken-back" | "restarted"): LaunchingInstance => ({
  id,
  requestedAt: at,
  templateVersion: "",
  marks: [
    { kind: "seen", at },
    { kind: how, at },
  ],
});

const isLaunch = (entry: LaunchingInstance): boolean => !hasMark(entry, "taken-back") && !hasMark(entry, "restarted");

/** A fresh one that was seen and now is not may be hidden by a stale read; one that has served before cannot. */
function isGone(entry: LaunchingInstance, instance: Instance | undefined, now: number): boolean {
  if (instance) return instance.state !== "pending" && instance.state !== "running";
  const seen = entry.marks.find(({ kind }) => kind === "seen");
  if (!seen) return now - entry.requestedAt >= unseenDeadlineMs;
  return hasMark(entry, "taken-back") || now - seen.at >= staleReadMs;
}

function advance(entry: LaunchingInstance, instance: Instance, now: number): LaunchingInstance {
  let marked = mark(entry, "seen", now);
  if (instance.state === "running") marked = mark(marked, "running", now);
  if (instance.warm.kind === "started") marked = mark(marked, "warm-started", instance.warm.at);
  if (instance.warm.kind === "done" || instance.warm.kind === "failed")
    marked = mark(marked, "warmed", instance.warm.at);
  return marked;
}

type MarkKind = LaunchingInstance["marks"][number]["kind"];

/** Whether the instance has come that far. */
export const hasMark = (entry: LaunchingInstance, kind: MarkKind): boolean =>
  entry.marks.some((mark) => mark.kind === kind);

const mark = (entry: LaunchingInstance, kind: MarkKind, at: number): LaunchingInstance =>
  hasMark(entry, kind) ? entry : { ...entry, marks: [...entry.marks, { kind, at }] };

function measure(entry: LaunchingInstance, now: number): MeasuredLaunch {
  const { marks, requestedAt } = entry;
  const at = (sought: MarkKind) => marks.find(({ kind }) => kind === sought)?.at;
  const warmedAt = at("warmed");
  const warmed = warmedAt === undefined ? {} : { warmedMs: warmedAt - requestedAt };
  return { at: now, runningMs: (at("running") ?? now) - requestedAt, ...warmed, servingMs: now - requestedAt };
}
