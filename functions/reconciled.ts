// What a reconciliation has done, in a line of the log and in a sentence for whoever deploys.
import type { Reconciliation } from "../shared/aws/index.ts";

export function countsOf({ put, unchanged, deleted, failed, left, orphans }: Reconciliation) {
  return {
    put: put.length,
    unchanged: unchanged.length,
    deleted: deleted.length,
    failed: failed.length,
    left: left.length,
    orphans: orphans.kind === "ok" ? orphans.value : orphans.error,
  };
}

/** Failures first: an answer to CloudFormation is cut at its end. */
export function sentenceOf({ put, unchanged, deleted, failed, left, orphans }: Reconciliation): string {
  const failures = failed.map(({ fleet, because }) => `${fleet}: ${because}`);
  const toCome = left.length === 0 ? [] : [`${left.length} fleets left to the next run`];
  const counts = `alarms: ${put.length} put, ${unchanged.length} unchanged, ${deleted.length} deleted`;
  return [...failures, ...toCome, counts, ...orphanSentences(orphans)].join("; ");
}

function orphanSentences(orphans: Reconciliation["orphans"]): readonly string[] {
  if (orphans.kind === "error") return [`instances without a policy were not counted: ${orphans.error}`];
  return orphans.value.map(({ fleet, count }) => `instances of ${fleet}, which has no policy: ${count}`);
}
