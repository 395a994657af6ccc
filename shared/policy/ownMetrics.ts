// `metrics`: what the operator's own applications publish, under a name that rules can use.
import { error, ok } from "../core/index.ts";
import { expressionLengthMax, readExpression } from "./expression.ts";
import { metricCountMax, ownName, reservedNames } from "./metricNames.ts";
import { named } from "./named.ts";
import { type Check, isMisspelt, object, optional, required, type Values } from "./object.ts";
import { entriesOf, type Fault, fault, keyAt, missingAt, type Place, textAt, valueAt } from "./place.ts";
import { convert, type Shape, text, unexpectedWord } from "./shape.ts";
import type { OwnMetric, OwnSeries } from "./types.ts";

const seriesCountMax = 10;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension */
const dimensionCountMax = 30;

const statistics = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"] as const;
const percentile = /^p\d{1,2}(?:\.\d)?$/;
const statistic: Shape<string> = {
  expects: `${statistics.join(", ")}, or a percentile such as p95`,
  schema: { type: "string", anyOf: [{ enum: statistics }, { pattern: percentile.source }] },
  read: (at) => {
    const word = textAt(at) ?? "";
    const isKnown = percentile.test(word) || statistics.some((known) => known === word);
    return isKnown ? ok(word) : unexpectedWord(at, statistic.expects, statistics);
  },
};

const printable = (expects: string, lengthMax: number): Shape<string> =>
  text({
    expects,
    pattern: new RegExp(`^(?!:)[\\x21-\\x7e](?:[\\x20-\\x7e]{0,${lengthMax - 2}}[\\x21-\\x7e])?$`),
    examples: [],
  });

const namespace = printable("a CloudWatch namespace, such as Shop", 255);
const metricName = printable("a metric's name as CloudWatch has it, such as OrdersWaiting", 255);
const dimensions = named({
  item: printable("a dimension's value as text (a number in quotes)", 1024),
  noun: "dimensions",
  key: { expects: "a dimension's name of 1 to 255 printable characters", pattern: /^(?!:)[\x21-\x7e]{1,255}$/ },
  min: 0,
  max: dimensionCountMax,
});

const seriesFields = {
  namespace: required(namespace, "Where the application publishes it."),
  name: required(metricName, "What the application calls it."),
  statistic: required(statistic, "What to make of a minute's values."),
  dimensions: optional(dimensions, "Exactly those it is published with; CloudWatch knows it by no fewer."),
};
const series: Shape<OwnSeries> = convert(object({ fields: seriesFields }), ({ dimensions = {}, ...rest }) => ({
  ...rest,
  dimensions,
}));

const seriesName = /^[a-z][A-Za-z0-9_]{0,29}$/;
const using = named({
  item: series,
  noun: "series",
  key: {
    expects: "a name such as busy: a small letter, then letters, digits and _",
    pattern: seriesName,
  },
  min: 1,
  max: seriesCountMax,
});

const expression: Shape<string> = text({
  expects: `metric math of 1 to ${expressionLengthMax} characters`,
  pattern: new RegExp(`^[\\s\\S]{1,${expressionLengthMax}}$`),
  examples: ["100 * busy / (busy + idle)"],
});

const metricFields = {
  namespace: optional(namespace, "Where the application publishes it."),
  name: optional(metricName, "What the application calls it; or give `expression`."),
  statistic: optional(statistic, "What to make of a minute's values."),
  dimensions: optional(dimensions, "Exactly those it is published with; CloudWatch knows it by no fewer."),
  expression: optional(expression, "Metric math over the series of `using`; or give `name`."),
  using: optional(using, "The series of an expression, by the names that it gives them."),
};
type MetricFields = Partial<Values<typeof metricFields>>;

const ofSeries = ["namespace", "statistic", "dimensions"] as const;

/** A key of the other kind, or one of its own that is not there. Both kinds at once is a fault that has been told. */
const checkKind: Check<typeof metricFields> = (values, at) => {
  const [isSeries, isExpression] = [valueAt(at, "name") !== undefined, valueAt(at, "expression") !== undefined];
  if (isSeries === isExpression) return [];
  if (isSeries)
    return [...stray(at, ["using"], "unknown key without `expression`"), ...absent(at, ["namespace", "statistic"])];
  return [
    ...stray(at, ofSeries, "unknown key beside `expression`: each series under `using` has its own"),
    ...absent(at, ["using"]),
    ...expressionFaults(values, at),
  ];
};

const stray = (at: Place, keys: readonly string[], message: string): readonly Fault[] =>
  keys.filter((key) => valueAt(at, key) !== undefined).map((key) => fault(keyAt(at, key), message));

const absent = (at: Place, keys: readonly ("namespace" | "statistic" | "using")[]): readonly Fault[] =>
  keys
    .filter((key) => valueAt(at, key) === undefined && at.source.state === "whole")
    .filter((key) => !isMisspelt(key, at, Object.keys(metricFields)))
    .map((key) => fault(missingAt(at, key), `missing, expected ${{ namespace, statistic, using }[key].expects}`));

function expressionFaults({ expression: text }: MetricFields, at: Place): readonly Fault[] {
  const usingAt = valueAt(at, "using");
  if (text === undefined || usingAt === undefined) return [];
  const names = entriesOf(usingAt).flatMap(({ key }) => key ?? []);
  const reading = readExpression(text, names);
  if (reading.kind === "error") return [fault(valueAt(at, "expression") ?? at, reading.error)];
  const used = reading.value.flatMap((part) => (part.kind === "series" ? part.name : []));
  return names
    .filter((name) => seriesName.test(name) && !used.includes(name))
    .map((name) => fault(keyAt(usingAt, name), "the expression does not use it: use it, or take it away"));
}

const metric: Shape<OwnMetric> = convert(
  object({ fields: metricFields, choice: ["name", "expression"], check: checkKind }),
  ({ namespace = "", name = "", statistic = "", dimensions = {}, expression, using = {} }): OwnMetric => {
    if (expression === undefined) return { kind: "series", series: { namespace, name, statistic, dimensions } };
    const reading = readExpression(expression, Object.keys(using));
    // Of a torn document, whose policy nobody gets to see, `using` may be what is not there.
    return { kind: "expression", parts: reading.kind === "ok" ? reading.value : [], using };
  },
);

const listed = named({
  item: metric,
  noun: "metrics",
  key: { expects: "a name of 1 to 40 characters of a–z, 0–9 and -, a letter first", pattern: ownName },
  min: 0,
  max: metricCountMax,
});

export const ownMetrics: Shape<Readonly<Record<string, OwnMetric>>> = {
  ...listed,
  read: (at) => {
    const taken = entriesOf(at).filter(({ key }) => key !== undefined && reservedNames.includes(key));
    const faults = taken.map(({ keyAt: place }) => fault(place, "this is a built-in metric: choose another name"));
    const reading = listed.read(at);
    if (faults.length === 0) return reading;
    return error([...faults, ...(reading.kind === "error" ? reading.error : [])]);
  },
};
