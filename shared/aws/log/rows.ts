// The rows of a table's log, for whoever reads the past out of them.
import type { Rows } from "../../control/index.ts";
import { newest, rowOf, rowsBackwards, type Table } from "./table.ts";

export const logRows = (table: Table): Rows => ({
  newest: (fleet) => newest(table, fleet),
  rowOf: (fleet, generation) => rowOf(table, fleet, generation),
  rowsBackwards: (fleet, from) => rowsBackwards(table, fleet, { from: from ?? "newest" }),
});
