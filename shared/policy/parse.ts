// The operator's YAML → a Policy, or all of its mistakes, each with its line and column.
import { error, ok, type Result } from "../core/index.ts";
import { open } from "./document.ts";
import type { Issue } from "./issue.ts";
import { type Fault, rootOf, type Source, valueAt } from "./place.ts";
import { policy } from "./settings.ts";
import type { Policy } from "./types.ts";

/** Never throws. `file` only names the text in the issues, which come in the order of the text. */
export function parsePolicy(text: string, file: string): Result<Policy, readonly Issue[]> {
  const { source, faults } = open(text);
  const reading = policy.read(rootOf(source));
  if (faults.length === 0 && reading.kind === "ok") return ok(reading.value);
  const misread = reading.kind === "error" ? reading.error : [];
  return error(inOrder([...faults, ...beforeTheTear(misread, faults)]).map((fault) => issueOf(fault, source, file)));
}

/** Behind a syntax error the tree is a guess, and complaints about it would be noise. */
function beforeTheTear(misread: readonly Fault[], syntax: readonly Fault[]): readonly Fault[] {
  const tear = Math.min(...syntax.map(({ offset }) => offset));
  return misread.filter(({ offset }) => offset < tear);
}

const inOrder = (faults: readonly Fault[]): readonly Fault[] => faults.toSorted((a, b) => a.offset - b.offset);

function issueOf({ offset, path, message }: Fault, { lines }: Source, file: string): Issue {
  const { line, col } = lines.linePos(offset);
  return { file, line, column: col, path, message };
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
