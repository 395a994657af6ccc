// A plan on the terminal: a picture of every minute, and a table of some.

import type { Policy } from "../../shared/policy/index.ts";
import { minute, type Plan, type PlanMinute } from "../../shared/preflight/index.ts";
import { chart, chartWidth } from "../chart.ts";
import { type Column, tableOf } from "../output.ts";

const height = 12;
const rowsMax = 13;

export const picture = ({ bounds }: Policy, { minutes }: Plan): readonly string[] => [
  chart(
    minutes.map(({ at, wanted, target }) => ({ at, needed: Math.max(wanted, bounds.min), serving: target })),
    { width: chartWidth(), height },
  ),
  "",
  ...tableOf(columns, rowsOf(minutes)),
];

/** Evenly spread, the last one included. */
function rowsOf(minutes: readonly PlanMinute[]): readonly PlanMinute[] {
  const every = Math.max(1, Math.ceil((minutes.length - 1) / (rowsMax - 1)));
  return minutes.filter((_, index) => index % every === 0 || index === minutes.length - 1);
}

const columns: readonly Column<PlanMinute>[] = [
  { head: "AT", text: ({ at }) => minute(at), wrapsTo: "never" },
  { head: "REQUESTS/MIN", text: ({ perMinute }) => `${Math.round(perMinute)}`, wrapsTo: "never" },
  { head: "WANTED", text: ({ wanted }) => `${wanted}`, wrapsTo: "never" },
  { head: "TARGET", text: ({ target }) => `${target}`, wrapsTo: "never" },
  {
    head: "USD/H",
    text: ({ usdPerHour }) => (usdPerHour === "unknown" ? "?" : usdPerHour.toFixed(2)),
    wrapsTo: "never",
  },
];
