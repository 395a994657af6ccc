// A policy's version is a hash of what it says, not of how it is written: comments, order and defaults spelt out or
// left out make no difference.
import { createHash } from "node:crypto";
import type { Policy } from "./types.ts";

/** `sha256:` and 64 hexadecimal digits. */
export const policyVersion = (policy: Policy): string =>
  `sha256:${createHash("sha256").update(JSON.stringify(policy, withSortedKeys)).digest("hex")}`;

const withSortedKeys = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
