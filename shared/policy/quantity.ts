// How quantities are spelt in the YAML: `65%`, `1h30m`, `1200 requests/min`, `100%/2m`, `5x`.
import { type DurationMs, dayMs, hourMs, minuteMs, ok, type Ratio, secondMs } from "../core/index.ts";
import { type Place, textAt } from "./place.ts";
import { convert, firstOf, type Reading, type Shape, unexpected, wholeNumber } from "./shape.ts";
import type { Change, Expectation, Velocity } from "./types.ts";

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One kind of quantity: its spelling, what a spelling means and how a number of it is spelt in messages. */
interface Measure {
  readonly noun: string;
  readonly pattern: RegExp;
  readonly examples: readonly string[];
  /** The meaning of a bare number. */
  readonly bare: "refused" | "same unit";
  readonly read: (parts: readonly (string | undefined)[]) => number;
  readonly spell: (value: number) => string;
}

const number = String.raw`(\d{1,12}(?:\.\d{1,6})?)`;

const percentMeasure: Measure = {
  noun: "a percentage",
  pattern: new RegExp(`^${number} ?%$`),
  examples: ["65%", "95%"],
  bare: "refused",
  // 99.9 ÷ 100 is not what 0.999 is.
  read: ([percent]) => Number((Number(percent) / 100).toPrecision(12)),
  spell: (ratio) => `${Number((ratio * 100).toPrecision(12))}%`,
};

const durationMeasure: Measure = {
  noun: "a duration",
  pattern: new RegExp(
    `^(?=[0-9])(?:${number} ?d)? ?(?:${number} ?h)? ?(?:${number} ?m)?(?!s) ?(?:${number} ?s)? ?(?:${number} ?ms)?$`,
  ),
  examples: ["2m", "1h30m", "300ms"],
  bare: "refused",
  read: (parts) => {
    const unitsMs = [dayMs, hourMs, minuteMs, secondMs, 1];
    return Math.round(unitsMs.reduce((sum, unitMs, index) => sum + unitMs * Number(parts[index] ?? 0), 0));
  },
  spell: spellDuration,
};

const rateMeasure: Measure = {
  noun: "a rate",
  pattern: new RegExp(`^${number}(?: ?(?:requests?|errors?|rejections?)? ?/ ?(?:(s|sec|second)|(?:min|minute)))?$`),
  examples: ["1200 requests/min", "20/s"],
  bare: "same unit",
  read: ([count, second]) => Number(count) * (second === undefined ? 1 : 60),
  spell: (perMinute) => `${perMinute}/min`,
};

const factorMeasure: Measure = {
  noun: "a factor",
  pattern: new RegExp(`^${number} ?x$`),
  examples: ["5x"],
  bare: "refused",
  read: ([factor]) => Number(factor),
  spell: (factor) => `${factor}x`,
};

const usdMeasure: Measure = {
  noun: "a price",
  pattern: new RegExp(`^${number} ?USD ?/ ?h(?:our)?$`),
  examples: ["9 USD/h", "0.1 USD/h"],
  bare: "refused",
  read: ([usd]) => Number(usd),
  spell: (usd) => `${usd} USD/h`,
};

/** Where the unit is said once, for a whole table. */
const plainUsdMeasure: Measure = {
  ...usdMeasure,
  pattern: new RegExp(`^${number}(?: ?USD ?/ ?h(?:our)?)?$`),
  examples: ["0.096"],
  bare: "same unit",
  spell: (usd) => `${usd}`,
};

const storageMeasure: Measure = {
  noun: "a size",
  pattern: new RegExp(`^${number} ?GB$`),
  examples: ["20 GB"],
  bare: "refused",
  read: ([gigabytes]) => Number(gigabytes),
  spell: (gigabytes) => `${gigabytes} GB`,
};

/** `90m` is spelt `1h30m`. */
export function spellDuration(durationMs: DurationMs): string {
  const units = [
    ["d", dayMs],
    ["h", hourMs],
    ["m", minuteMs],
    ["s", secondMs],
    ["ms", 1],
  ] as const;
  let leftMs = durationMs;
  const parts = units.map(([unit, unitMs]) => {
    const count = Math.floor(leftMs / unitMs);
    leftMs -= count * unitMs;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.join("") || "0s";
}

const measured =
  (measure: Measure) =>
  ({ from, to }: Range): Shape<number> => {
    const expects = `${measure.noun} from ${measure.spell(from)} to ${measure.spell(to)}, such as ${examplesOf(measure, { from, to })[0]}`;
    return {
      expects,
      schema: measureSchema(measure, { from, to }),
      read: (at) => {
        const parts = measure.pattern.exec(textAt(at) ?? "");
        if (parts === null) return unexpected(at, expects);
        const value = measure.read(parts.slice(1));
        return isWithin(value, { from, to }) ? ok(value) : unexpected(at, expects);
      },
    };
  };

const examplesOf = (kind: Measure, range: Range): readonly string[] =>
  kind.examples.filter((example) => isWithin(measure(kind, example) ?? Number.NaN, range));

/** A pattern binds only text, and the range only numbers, so both can stand side by side. */
const measureSchema = (kind: Measure, { from, to }: Range) =>
  schemaOf(kind, { from, to, examples: examplesOf(kind, { from, to }) });

const schemaOf = ({ pattern, bare }: Measure, { from, to, examples }: Range & { examples: readonly string[] }) =>
  bare === "refused"
    ? { type: "string", pattern: pattern.source, examples }
    : { type: ["string", "number"], pattern: pattern.source, minimum: from, maximum: to, examples };

export const percent: (range: Range) => Shape<Ratio> = measured(percentMeasure);
export const duration: (range: Range) => Shape<DurationMs> = measured(durationMeasure);
/** Dollars an hour. */
export const usdPerHour: (range: Range) => Shape<number> = measured(usdMeasure);
/** Dollars an hour, the unit left out or not. */
export const plainUsd: (range: Range) => Shape<number> = measured(plainUsdMeasure);
export const gigabytes: (range: Range) => Shape<number> = measured(storageMeasure);
/** Per minute. */
export const rate: (range: Range) => Shape<number> = measured(rateMeasure);

type Figure = Extract<Expectation, { kind: "factor" | "absolute" }>;

/** `5x` or `60000 requests/min`. */
export const expectation: Shape<Figure> = firstOf<Figure>([
  convert(measured(factorMeasure)({ from: 1.01, to: 100 }), (factor) => ({ kind: "factor", factor })),
  convert(rate({ from: 1, to: 1e9 }), (perMinute) => ({ kind: "absolute", perMinute })),
]);

/** `20%` or `3`. */
export const change = ({ ratioMax, countMax }: { ratioMax: Ratio; countMax: number }): Shape<Change> =>
  firstOf<Change>([
    convert(percent({ from: 0.01, to: ratioMax }), (ratio) => ({ kind: "ratio", ratio })),
    convert(wholeNumber({ from: 1, to: countMax }), (count) => ({ kind: "count", count })),
  ]);

/** The engine decides each minute, so a shorter window would limit nothing. */
const windowMs: Range = { from: minuteMs, to: hourMs };
const velocityRatio: Range = { from: 0.01, to: 100 };

/** `100%/2m`. */
export const velocity: Shape<Velocity> = {
  expects: "a velocity from 1% to 10000% per 1m to 1h, such as 100%/2m",
  schema: { type: "string", pattern: `^${number} ?% ?/ ?[0-9][0-9.a-z ]*$`, examples: ["100%/2m"] },
  read: readVelocity,
};

function readVelocity(at: Place): Reading<Velocity> {
  const [share, window, ...more] = (textAt(at) ?? "").split("/").map((part) => part.trim());
  const ratio = measure(percentMeasure, share);
  const spanMs = measure(durationMeasure, window);
  if (ratio === undefined || spanMs === undefined || more.length > 0) return unexpected(at, velocity.expects);
  const inRange = isWithin(ratio, velocityRatio) && isWithin(spanMs, windowMs);
  return inRange ? ok({ ratio, windowMs: spanMs }) : unexpected(at, velocity.expects);
}

function isWithin(value: number, { from, to }: Range): boolean {
  return value >= from && value <= to;
}

function measure({ pattern, read }: Measure, spelling = ""): number | undefined {
  const parts = pattern.exec(spelling);
  return parts === null ? undefined : read(parts.slice(1));
}
