// Answers that come in pages, up to a limit that the caller names.
import { assert } from "../../../core/index.ts";

export interface Page<T> {
  readonly found: readonly T[];
  /** Where the next page begins; none or "" after the last. */
  readonly next: string | undefined;
}

/** Throws BrokenInvariant when there are more pages than `pagesMax`. */
export async function allPages<T>(
  pagesMax: number,
  ask: (from: string | undefined) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let next: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const answer = await ask(next);
    all.push(...answer.found);
    next = answer.next;
    if (!next) return all;
  }
  assert(false, `an answer fits ${pagesMax} pages`);
}
