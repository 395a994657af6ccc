// The rows of a table's log, for whoever reads the past out of them.
import type { MarkedSpan, Rows, Span } from "../../control/index.ts";
import { marksOf } from "./forecasts.ts";
import { newest, rowOf, rowsBackwards, type Table } from "./table.ts";

export interface LogRows extends Rows {
  /** Those that reach into the span. */
  marks(fleet: string, span: Span): Promise<readonly MarkedSpan[]>;
}

export const logRows = (table: Table): LogRows => ({
  newest: (fleet) => newest(table, fleet),
  rowOf: (fleet, generation) => rowOf(table, fleet, generation),
  rowsBackwards: (fleet, from) => rowsBackwards(table, fleet, { from: from ?? "newest" }),
  marks: (fleet, span) => marksOf(table, fleet, span),
});
