// The smallest policy there is, one key a line, and ways to change a line of it.
import { formatIssue, type Policy, parsePolicy } from "../../shared/policy/index.ts";

export type Change = Readonly<Record<string, string | null>>;

const smallest: Change = {
  fleet: "shop",
  targetGroup: "shop-web",
  launch: "{ template: shop-web }",
  bounds: "{ min: 3, max: 60 }",
  capacity: "{ perInstance: 1200 requests/min }",
};

/** Keys of the smallest policy keep their lines, 1 to 5; others follow from line 6. Null leaves a key out. */
export const textWith = (change: Change): string =>
  Object.entries({ ...smallest, ...change })
    .flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}\n`]))
    .join("");

export function policyOf(text: string): Policy {
  const parsed = parsePolicy(text, "p.yml");
  if (parsed.kind === "error") throw new Error(parsed.error.map(formatIssue).join("\n"));
  return parsed.value;
}

export const policyWith = (change: Change): Policy => policyOf(textWith(change));

/** As `validate` prints them. */
export function issuesOf(text: string): readonly string[] {
  const parsed = parsePolicy(text, "p.yml");
  return parsed.kind === "error" ? parsed.error.map(formatIssue) : [];
}

export const issuesWith = (change: Change): readonly string[] => issuesOf(textWith(change));
