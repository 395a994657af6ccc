// The operator's YAML → a Policy, or all of its mistakes, each with its line and column.
import { error, ok, type Result } from "../core/index.ts";
import { open } from "./document.ts";
import type { Issue } from "./issue.ts";
import { type Fault, positionOf, rootOf, type Source, valueAt } from "./place.ts";
import { policy } from "./settings.ts";
import type { Shape } from "./shape.ts";
import type { Policy } from "./types.ts";

/** Never throws. `file` only names the text in the issues, which come in the order of the text. */
export const parsePolicy = (text: string, file: string): Result<Policy, readonly Issue[]> =>
  parseAs(policy, text, file);

/** The same of a file of another shape. */
export function parseAs<T>(shape: Shape<T>, text: string, file: string): Result<T, readonly Issue[]> {
  const { source, faults, readableTo } = open(text);
  const reading = shape.read(rootOf(source));
  if (faults.length === 0 && reading.kind === "ok") return ok(reading.value);
  const misread = reading.kind === "error" ? reading.error.filter(({ offset }) => offset < readableTo) : [];
  return error(inOrder([...faults, ...misread]).map((fault) => issueOf(fault, source, file)));
}

const inOrder = (faults: readonly Fault[]): readonly Fault[] => faults.toSorted((a, b) => a.offset - b.offset);

function issueOf({ offset, path, message }: Fault, source: Source, file: string): Issue {
  return { file, ...positionOf(offset, source), path, message };
}

/** A mistake that only the caller can see, such as a fleet that another file has too; at a key of the top level. */
export function issueAt({
  text,
  file,
  key,
  message,
}: {
  text: string;
  file: string;
  key: string;
  message: string;
}): Issue {
  const { source } = open(text);
  const root = rootOf(source);
  const { offset } = valueAt(root, key) ?? root;
  return issueOf({ offset, path: key, message }, source, file);
}
