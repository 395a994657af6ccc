// What `show stat` says of a backend's servers, as slots. Columns are found by their names: versions add some.
// https://docs.haproxy.org/2.6/management.html#9.1
import { error, ok, type Result } from "../core/index.ts";
import type { TargetState } from "../engine/index.ts";
import type { Address, Slot } from "./types.ts";

/** Type 4 is servers only; -1 is all of them. */
export const statOf = (backend: string): string => `show stat ${backend} 4 -1`;

/** Error: HAProxy knows no such backend, or said something else than a table. */
export function slotsFrom(text: string, backend: string): Result<readonly Slot[], string> {
  const [head = "", ...lines] = text.split("\n").filter((line) => line !== "");
  if (!head.startsWith("# ")) return error(`HAProxy answered no table: ${text.trim().slice(0, 200)}`);
  const columns = head.slice(2).split(",");
  const missing = needed.filter((name) => !columns.includes(name));
  if (missing.length > 0) return error(`HAProxy's table lacks ${missing.join(", ")}`);
  const slots = lines.map((line) => slotOf(rowOf(columns, line)));
  return slots.length > 0 ? ok(slots) : error(`HAProxy has no servers in a backend "${backend}"`);
}

/** `addr` is shown to whoever speaks at `level operator` or above. */
const needed = ["svname", "status", "scur", "qcur", "stot", "wretr", "wredis", "check_status", "addr", "srv_icur"];

type Row = (column: string) => string;

function rowOf(columns: readonly string[], line: string): Row {
  const cells = cellsOf(line);
  return (column) => cells[columns.indexOf(column)] ?? "";
}

/** HAProxy quotes what holds a comma: "Detected 3 consecutive errors, last one was: …" of a server that is taken out between checks. */
const cellsOf = (line: string): readonly string[] => line.match(/(?<=^|,)("(?:[^"]|"")*"|[^,]*)/g) ?? [];

const countOf = (row: Row, column: string): number => Number(row(column)) || 0;
const answers = ["hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other"];

const slotOf = (row: Row): Slot => ({
  name: row("svname"),
  address: addressOf(row("addr")),
  state: stateOf(row),
  inFlightCount: countOf(row, "scur"),
  idleCount: countOf(row, "srv_icur"),
  queuedCount: countOf(row, "qcur"),
  requestsTotal: countOf(row, "stot"),
  answersTotal: answers.reduce((sum, column) => sum + countOf(row, column), 0),
  retriesTotal: countOf(row, "wretr"),
  redispatchesTotal: countOf(row, "wredis"),
});

/** IPv6 addresses come in brackets. */
function addressOf(text: string): Address {
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) || 0 };
}

/**
 * `UP`, `UP 1/2` (failing, still up), `DOWN`, `DOWN 1/2` (recovering), `NOLB`, `DRAIN`, `MAINT`, `MAINT (via …)`, `no check`.
 * Down without a check that failed is a target that nobody has seen well yet.
 */
function stateOf(row: Row): TargetState {
  const [status, checkStatus] = [row("status"), row("check_status").replace("* ", "")];
  if (status.startsWith("MAINT")) return { kind: "unregistered" };
  if (status.startsWith("DRAIN") || status.startsWith("NOLB"))
    return { kind: "draining", inFlightCount: countOf(row, "scur") + countOf(row, "qcur") };
  if (status.startsWith("UP") || status === "no check") return { kind: "healthy" };
  return passing.test(checkStatus) ? { kind: "initial" } : { kind: "unhealthy", because: checkStatus };
}
const passing = /^$|^(INI|UNK|SOCKOK|.+OK)$/;
