// What is learned of the versions of a launch template: which launches came to nothing, and which version has served.
import { type DurationMs, type EpochMs, minuteMs } from "../core/index.ts";
import { oldestFirst } from "./age.ts";
import type { Action, Instance, LaunchingInstance, Memory, Snapshot } from "./types.ts";

type Failed = Pick<LaunchingInstance, "templateVersion" | "requestedAt"> & { readonly served?: true };

/** Who serves for so long has shown that its version can; who turns unhealthy before has not. */
const provenAfterMs: DurationMs = 30 * minuteMs;

/** What was let go because it never came to serve. */
export function failedOf({ launching }: Memory, actions: readonly Action[]): readonly Failed[] {
  const ids = new Set(
    actions.flatMap((action) =>
      action.kind === "terminate" && (action.because === "never-healthy" || action.because === "warm-failed")
        ? [action.instance]
        : [],
    ),
  );
  return launching.filter((entry) => ids.has(entry.id) && !entry.marks.some(({ kind }) => kind === "taken-back"));
}

/** EC2 would not launch it at all. Want of capacity is no fault of the template. */
export function refusedLaunches({
  actions,
  outcomes,
  at,
}: Extract<Snapshot["previous"], { kind: "row" }>): readonly Failed[] {
  const failed = new Set(outcomes.filter(({ kind }) => kind === "failed").map(({ action }) => action));
  return actions.flatMap((action) =>
    action.kind === "launch" && failed.has(action.id)
      ? [{ templateVersion: action.templateVersion, requestedAt: at }]
      : [],
  );
}

/**
 * What served for a while, turned unhealthy and was drained for it, while no older one is unwell: what all suffer from is no fault of what
 * was launched last. Launches are told apart by the minute.
 */
export function diedYoung({ memory, previous, instances, now }: Snapshot): readonly Failed[] {
  if (previous.kind === "none" || instances.kind !== "seen") return [];
  const done = new Set(previous.outcomes.filter(({ kind }) => kind === "done").map(({ action }) => action));
  const drained = new Set(
    previous.actions.flatMap((action) =>
      action.kind === "drain" && action.because === "unhealthy" && done.has(action.id) ? [action.instance] : [],
    ),
  );
  const unwell = new Set(memory.unhealthy.map(({ id }) => id));
  const sick = instances.instances.filter(({ id }) => unwell.has(id) || drained.has(id));
  if (drained.size === 0 || sick.some((one) => isOld(one, now))) return [];
  return sick
    .filter(({ id }) => drained.has(id))
    .map(({ templateVersion, launchedAt }) => ({
      templateVersion,
      requestedAt: Math.floor(launchedAt / minuteMs) * minuteMs,
      served: true,
    }));
}

export const isOld = ({ launchedAt }: Instance, now: EpochMs): boolean => now - launchedAt >= provenAfterMs;

/** By those that have served for long: nothing that was launched before them counts against their version any more. */
export function provenBy(
  { failures, proven }: Memory["templates"],
  instances: readonly Instance[],
  now: EpochMs,
): Memory["templates"] {
  if (failures.length === 0) return { failures, proven };
  const good = instances.filter(
    (one) => one.templateVersion !== "" && one.target.kind === "healthy" && isOld(one, now),
  );
  const isPast = ({ templateVersion, requestedAt }: Failed): boolean =>
    good.some((one) => one.templateVersion === templateVersion && one.launchedAt > requestedAt);
  const left = failures.filter((one) => !isPast(one));
  const [oldest] = good.toSorted(oldestFirst);
  return { failures: left, proven: isDoubted(left, proven) ? (oldest?.templateVersion ?? proven) : proven };
}

/** What came to serve and died has proven nothing. */
const isDoubted = (failures: readonly Failed[], proven: string): boolean =>
  proven === "" || failures.some(({ templateVersion, served }) => templateVersion === proven && served);

/** Launches: enough to know how often in a row, and small in a row of the log. */
const failuresKept = 12;

/** What one launch brought fails as one, when the last of it does. */
export function failedBy({ templates }: Memory, failed: readonly Failed[], at: number): Memory["templates"] {
  const known = failed.filter(({ templateVersion }) => templateVersion !== "");
  if (known.length === 0) return templates;
  const newest = known.map(({ templateVersion, requestedAt, served }) => ({
    ...{ templateVersion, requestedAt, at },
    ...(served ? { served } : {}),
  }));
  const failures = new Map([...templates.failures, ...newest].map((one) => [launchOf(one), one]));
  return { ...templates, failures: [...failures.values()].slice(-failuresKept) };
}

const launchOf = ({ templateVersion, requestedAt }: Failed): string => `${templateVersion} ${requestedAt}`;

/** A version of which one comes to serve has not failed to; whether what serves lives, only time shows. */
export function servedBy({ failures, proven }: Memory["templates"], templateVersion: string): Memory["templates"] {
  if (templateVersion === "") return { failures, proven };
  const left = failures.filter((one) => one.templateVersion !== templateVersion || one.served);
  return { failures: left, proven: isDoubted(left, templateVersion) ? proven : templateVersion };
}
