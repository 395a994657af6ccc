// What is learned of the versions of a launch template: which launches came to nothing, and which version has served.
import type { Action, LaunchingInstance, Memory, Snapshot } from "./types.ts";

type Failed = Pick<LaunchingInstance, "templateVersion" | "requestedAt">;

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

/** Launches: enough to know how often in a row, and small in a row of the log. */
const failuresKept = 12;

/** What one launch brought fails as one, when the last of it does. */
export function failedBy({ templates }: Memory, failed: readonly Failed[], at: number): Memory["templates"] {
  const known = failed.filter(({ templateVersion }) => templateVersion !== "");
  if (known.length === 0) return templates;
  const newest = known.map(({ templateVersion, requestedAt }) => ({ templateVersion, requestedAt, at }));
  const failures = new Map([...templates.failures, ...newest].map((one) => [launchOf(one), one]));
  return { ...templates, failures: [...failures.values()].slice(-failuresKept) };
}

const launchOf = ({ templateVersion, requestedAt }: Failed): string => `${templateVersion} ${requestedAt}`;

/** A version of which one serves has not failed. */
export const servedBy = ({ failures, proven }: Memory["templates"], templateVersion: string): Memory["templates"] =>
  templateVersion === ""
    ? { failures, proven }
    : { failures: failures.filter((one) => one.templateVersion !== templateVersion), proven: templateVersion };
