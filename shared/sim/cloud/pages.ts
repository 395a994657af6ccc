// Paging as AWS does it: a limit, and a token that only the service understands.
import { AwsError } from "./errors.ts";

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined on the last page, as in the SDK's outputs. */
  readonly nextToken: string | undefined;
}

export function pageOf<Item>(all: readonly Item[], limit: number, token: string | undefined): Page<Item> {
  const from = offsetOf(token);
  const to = from + limit;
  return { items: all.slice(from, to), nextToken: to < all.length ? tokenOf(to) : undefined };
}

export const tokenOf = (offset: number): string => `from-${offset}`;

export function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const offset = /^from-(\d+)$/.exec(token)?.[1];
  if (offset === undefined) throw new AwsError("InvalidNextToken", `The token '${token}' is not valid.`);
  return Number(offset);
}
