// What a check says: how bad it is, what it found, and what to do about it.
export type Finding =
  | { readonly level: "ok"; readonly check: string; readonly found: string }
  | {
      readonly level: "warning" | "problem";
      readonly check: string;
      readonly found: string;
      readonly toDo: string;
    };
