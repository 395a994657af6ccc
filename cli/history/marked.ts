// Marks in words.
import type { MarkedSpan } from "../../shared/control/index.ts";
import type { EpochMs } from "../../shared/core/index.ts";

export const minute = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")}Z`;

export const spanned = ({ from, to }: Pick<MarkedSpan, "from" | "to">): string => `${minute(from)} to ${minute(to)}`;

/** All there can be. */
export const everything = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
