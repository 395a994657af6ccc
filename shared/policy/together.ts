// Mistakes that no file shows by itself: two policies that would fight over one fleet, or over one target group.
import type { Issue } from "./issue.ts";
import { issueAt } from "./parse.ts";
import type { Policy } from "./types.ts";

export interface PolicyFile {
  readonly file: string;
  readonly text: string;
  readonly policy: Policy;
}

/** One issue for each file that wants what an earlier one of the list has. */
export function clashesOf(files: readonly PolicyFile[]): readonly Issue[] {
  const byFleet = new Map<string, string>();
  const byGroup = new Map<string, readonly PolicyFile[]>();
  return files.flatMap((one) => {
    const { fleet, targetGroup } = one.policy;
    const sameFleet = byFleet.get(fleet);
    if (sameFleet !== undefined) return [clash(one, { key: "fleet", noun: `file for the fleet ${fleet}` }, sameFleet)];
    byFleet.set(fleet, one.file);
    const name = targetGroupName(targetGroup);
    const others = byGroup.get(name) ?? [];
    byGroup.set(name, [...others, one]);
    const rival = others.find(({ policy }) => mayBeOne(policy.targetGroup, targetGroup));
    if (!rival) return [];
    const [key, noun] = typeof targetGroup === "string" ? (["targetGroup", "target group"] as const) : backendOf;
    return [clash(one, { key, noun: `fleet for the ${noun} ${name}` }, rival.file)];
  });
}

const clash = (
  { file, text }: PolicyFile,
  { key, noun }: { readonly key: string; readonly noun: string },
  earlier: string,
): Issue => issueAt({ text, file, key, message: `expected one ${noun}, found it in ${earlier} too` });

const backendOf = ["loadBalancer", "backend"] as const;

/** Of a target group as in the policy, or of HAProxy's backend. */
export function targetGroupName(group: Policy["targetGroup"]): string {
  if (typeof group !== "string") return group.backend;
  return group.startsWith("arn:") ? (group.split("/")[1] ?? "") : group;
}

/** In one region a name is a group. Two ARNs that differ are two, and so are backends of HAProxys that are not the same. */
function mayBeOne(a: Policy["targetGroup"], b: Policy["targetGroup"]): boolean {
  if (typeof a === "string" && typeof b === "string") return a === b || !a.startsWith("arn:") || !b.startsWith("arn:");
  if (typeof a === "string" || typeof b === "string") return false;
  return a.nodes.some((node) => b.nodes.some(({ host, port }) => node.host === host && node.port === port));
}
