// What is wrong with a trace, said with its line, and not said more often than anybody reads.

export interface TraceIssue {
  /** Counted from 1, the header included. */
  readonly line: number;
  readonly message: string;
}

/** Collects issues. All are counted, the first few kept, so that a broken file of millions of rows stays cheap. */
export interface Notes {
  add(line: number, message: string): void;
  count(): number;
  list(): readonly TraceIssue[];
}

/** More than a screenful helps nobody: the first mistakes mostly explain the rest. */
const shownCountMax = 20;

export function createNotes(): Notes {
  const shown: TraceIssue[] = [];
  let firstHiddenLine = 0;
  let count = 0;
  return {
    add(line, message) {
      count += 1;
      if (count <= shownCountMax) shown.push({ line, message });
      else if (count === shownCountMax + 1) firstHiddenLine = line;
    },
    count: () => count,
    list: () =>
      count <= shownCountMax
        ? shown
        : [...shown, { line: firstHiddenLine, message: `and ${count - shownCountMax} more from here on` }],
  };
}
