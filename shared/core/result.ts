// Expected failures are values. A broken invariant is not: see assert.

export type Result<T, E> = { readonly kind: "ok"; readonly value: T } | { readonly kind: "error"; readonly error: E };

export const ok = <T>(value: T): Result<T, never> => ({ kind: "ok", value });
export const error = <E>(error: E): Result<never, E> => ({ kind: "error", error });
