// One read of AWS as a value: what was found, or why it could not be. A read that is refused stops its own check only.
import { error, ok, type Result } from "../../core/index.ts";
import { type Failure, failureOf } from "../outcomes.ts";

export type Unread =
  /** AWS knows no such thing. `code` is its word for it. */
  | { readonly kind: "missing"; readonly code: string }
  /** The caller may not; `action` is what it lacks. */
  | { readonly kind: "denied"; readonly action: string }
  /** AWS does not accept the credentials: whatever else is asked with them will be refused, too. */
  | { readonly kind: "stranger"; readonly because: string }
  /** No answer at all. */
  | { readonly kind: "unreachable"; readonly because: string }
  | { readonly kind: "failed"; readonly because: string };
export type Reading<T> = Result<T, Unread>;

/** Something that may be named, and then is or is not there. */
export type Named<T> =
  | { readonly kind: "none" }
  | { readonly kind: "one"; readonly name: string; readonly read: Reading<T> };

/** `action` is the IAM action that `send` takes. */
export async function ask<T>(action: string, send: () => Promise<T>): Promise<Reading<T>> {
  try {
    return ok(await send());
  } catch (thrown) {
    return error(unreadOf(action, failureOf(thrown)));
  }
}

/** The second read takes what the first one found. */
export const andThen = async <A, B>(
  first: Reading<A>,
  second: (found: A) => Promise<Reading<B>>,
): Promise<Reading<B>> => (first.kind === "ok" ? await second(first.value) : first);

const permissionCodes = ["AccessDenied", "AccessDeniedException", "OperationNotPermitted", "UnauthorizedOperation"];
const missing = /NotFound|NoSuch|NonExistent|DoesNotExist|InvalidAMIID\.Unavailable|Malformed/;

/** Only the first line of what AWS says: the SDK appends hints for its own users. */
function unreadOf(action: string, failure: Failure): Unread {
  const because = failure.because.split("\n", 1).join("");
  if (failure.kind === "unanswered") return { kind: "unreachable", because };
  const { kind, code } = failure;
  if (kind === "denied" && permissionCodes.includes(code)) return { kind: "denied", action };
  if (kind === "denied") return { kind: "stranger", because };
  return missing.test(code) ? { kind: "missing", code } : { kind: "failed", because };
}
