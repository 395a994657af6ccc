// How checks say what they found.
import type { Finding } from "../../core/index.ts";
import type { Reading, Unread } from "./reading.ts";

export type { Finding };

/** Makes the findings of one check. */
export function about(check: string) {
  const fine = (found: string): Finding => ({ level: "ok", check, found });
  const note = (found: string): Finding => ({ level: "note", check, found });
  const warning = (found: string, toDo: string): Finding => ({ level: "warning", check, found, toDo });
  const problem = (found: string, toDo: string): Finding => ({ level: "problem", check, found, toDo });
  const unread = (what: string, why: Unread): Finding =>
    warning(`${what} could not be checked: ${reasonOf(why)}`, remedyOf(why));
  /** Judges what was read; says so where it could not be. */
  const judged = <T>(what: string, reading: Reading<T>, judge: (found: T) => readonly Finding[]) =>
    reading.kind === "ok" ? judge(reading.value) : [unread(what, reading.error)];
  return { fine, note, warning, problem, unread, judged };
}

function reasonOf(why: Unread): string {
  switch (why.kind) {
    case "denied":
      return `needs ${why.action}`;
    case "missing":
      return `AWS answers ${why.code}`;
    case "stranger":
    case "unreachable":
    case "failed":
      return why.because;
  }
}

const remedyOf = (why: Unread): string =>
  why.kind === "denied" ? `allow ${why.action} to whoever runs doctor` : "run doctor again, or look for yourself";

/** `a, b and c` */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

/** `1 instance`, `2 instances` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
