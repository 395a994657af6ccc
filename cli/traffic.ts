// What is simulated on, from the command line's words: a trace, a window of it, and a plant.
import { basename } from "node:path";
import { minuteMs } from "../shared/core/index.ts";
import type { Policy } from "../shared/policy/index.ts";
import {
  autoPlant,
  defaultPlant,
  generateTrace,
  type Plant,
  parsePlant,
  parsePlantOption,
  parseTrace,
  type ScoredWindow,
  type Trace,
  type TraceShape,
  type Unit,
} from "../shared/sim/index.ts";
import { CliError } from "./failure.ts";
import { readOrFail } from "./files.ts";

export interface TrafficOptions {
  readonly trace?: string;
  readonly generate?: TraceShape;
  readonly days: string;
  readonly unit: Unit;
  readonly repair?: true;
  readonly from?: string;
  readonly to?: string;
  readonly seed: string;
  readonly plant: string;
}

export function traceOf({ trace: file, generate, days, unit, repair }: TrafficOptions, seed: number): Trace {
  if (file !== undefined && generate !== undefined) throw new CliError("--trace and --generate exclude each other");
  if (generate !== undefined)
    return generateTrace({ shape: generate, seed, startAt: generatedFrom, days: wholeNumber("--days", days, 400) });
  if (file === undefined) throw new CliError("no traffic: give --trace FILE, or --generate sale-day");
  const parsed = parseTrace(readOrFail(file), { name: basename(file), unit, repair: repair ? "repair" : "refuse" });
  if (parsed.kind === "error")
    throw new CliError(parsed.error.map(({ line, message }) => `${file}:${line} ${message}`).join("\n"));
  for (const repaired of parsed.value.repairs) process.stderr.write(`${file}: ${repaired}\n`);
  return parsed.value.trace;
}

/** The Saturday of the sale that policies/shop.yml announces. */
const generatedFrom = Date.UTC(2027, 2, 20);

export function windowOf({ from, to }: TrafficOptions, trace: Trace): ScoredWindow {
  const { startAt, loads } = trace;
  const endAt = startAt + loads.length * minuteMs;
  const window = {
    from: from === undefined ? startAt : timeOf("--from", from),
    to: to === undefined ? endAt : timeOf("--to", to),
  };
  const iso = (at: number): string => new Date(at).toISOString().replace(".000Z", "Z");
  if (window.from >= window.to) throw new CliError(`--from ${iso(window.from)} is not before --to ${iso(window.to)}`);
  if (window.from >= endAt || window.to <= startAt || window.from < startAt || window.to > endAt)
    throw new CliError(`the trace runs from ${iso(startAt)} to ${iso(endAt)}; --from and --to must lie in it`);
  if (!hasReading(trace, window)) throw new CliError("no minute between --from and --to has a real reading to score");
  return window;
}

const hasReading = ({ startAt, filled }: Trace, { from, to }: ScoredWindow): boolean =>
  filled.subarray((from - startAt) / minuteMs, (to - startAt) / minuteMs).includes(0);

/** A date alone is its midnight; no offset is UTC. Date.parse would take the 31st of February for the 3rd of March. */
function timeOf(flag: string, text: string): number {
  const [, day = "", time = "00:00"] =
    /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)Z?)?$/.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day)
    throw new CliError(`${flag} takes a time in UTC such as 2026-11-22T09:00:00Z, not ${text}`);
  if (at % minuteMs !== 0) throw new CliError(`${flag} must be a whole minute, not ${text}`);
  return at;
}

interface PlantGiven {
  readonly policy: Policy;
  readonly trace: Trace;
  readonly scored: ScoredWindow;
}

export function plantOf(text: string, { policy, trace, scored }: PlantGiven): Plant {
  if (text === "policy") return plantOfPolicy(policy);
  const option = parsePlantOption(text);
  if (option.kind === "error") throw new CliError(`--plant ${option.error}`);
  const plant =
    option.value.kind === "auto"
      ? autoPlant({ trace, scored, instanceCount: option.value.instanceCount, base: defaultPlant })
      : plantFrom(option.value.path);
  if (plant.kind === "error") throw new CliError(`--plant ${text}: ${plant.error}`);
  refuseTooMany(plant.value, trace);
  return plant.value;
}

/** A hundred times any fleet: more is a slip in the capacity's unit. */
const instanceCountMax = 100_000;

function refuseTooMany({ capacityPerMinute }: Plant, { loads }: Trace): void {
  const highest = loads.reduce((most, load) => Math.max(most, load), 0);
  if (highest / (0.6 * capacityPerMinute) > instanceCountMax)
    throw new CliError(
      `at ${capacityPerMinute} requests/min an instance, the trace needs over ${instanceCountMax} instances: is the unit right?`,
    );
}

const plantOfPolicy = ({ capacity, bounds }: Policy): Plant => ({
  ...defaultPlant,
  capacityPerMinute: capacity.perInstancePerMinute,
  min: bounds.min,
  max: bounds.max,
});

function plantFrom(path: string): ReturnType<typeof parsePlant> {
  const text = readOrFail(path);
  try {
    return parsePlant(JSON.parse(text));
  } catch (cause) {
    return { kind: "error", error: [`${path} is no JSON: ${(cause as Error).message}`] };
  }
}

export function wholeNumber(flag: string, text: string, max: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > max)
    throw new CliError(`${flag} takes a whole number from 0 to ${max}, not ${text}`);
  return number;
}
