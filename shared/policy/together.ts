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
    return [clash(one, { key: "targetGroup", noun: `fleet for the target group ${name}` }, rival.file)];
  });
}

const clash = (
  { file, text }: PolicyFile,
  { key, noun }: { readonly key: string; readonly noun: string },
  earlier: string,
): Issue => issueAt({ text, file, key, message: `expected one ${noun}, found it in ${earlier} too` });

/** `nameOrArn` as in the policy. */
export const targetGroupName = (nameOrArn: string): string =>
  nameOrArn.startsWith("arn:") ? (nameOrArn.split("/")[1] ?? "") : nameOrArn;

/** In one region a name is a group. Two ARNs that differ are two. */
const mayBeOne = (a: string, b: string): boolean => a === b || !a.startsWith("arn:") || !b.startsWith("arn:");
