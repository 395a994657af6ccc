// What a check says: how bad it is, what it found, and what to do about it.
export type Finding =
  /** A `note` is neither fine nor wrong: something that the check cannot tell, or that a next step takes. */
  | { readonly level: "ok" | "note"; readonly check: string; readonly found: string }
  | {
      readonly level: "warning" | "problem";
      readonly check: string;
      readonly found: string;
      readonly toDo: string;
    };
