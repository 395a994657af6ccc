// What a rule may call a metric: the built-in names, and those that the same document lists under `metrics`.
import { ok } from "../core/index.ts";
import { entriesOf, type Place, rootOf, textAt, valueAt } from "./place.ts";
import { either, type Shape, unexpectedWord } from "./shape.ts";
import { type RuleMetric, ruleMetrics } from "./types.ts";

export const ownName = /^[a-z][a-z0-9-]{0,39}$/;
/** Read for every fleet, so no policy may mean something else by them. */
export const reservedNames: readonly string[] = [...ruleMetrics, "healthy-hosts"];
/** Ten of ten series each fit one call beside the fleet's own, with room to spare. */
export const metricCountMax = 10;

/** The names under `metrics` in the document that `at` lies in, whatever else may be wrong there. */
export const ownNames = (at: Place): readonly string[] => {
  const metricsAt = valueAt(rootOf(at.source), "metrics");
  const keys = metricsAt ? entriesOf(metricsAt).flatMap(({ key }) => key ?? []) : [];
  return keys.filter((key) => ownName.test(key) && !reservedNames.includes(key)).slice(0, metricCountMax);
};

export const isBuiltIn = (metric: string): metric is RuleMetric => ruleMetrics.some((known) => known === metric);

/** Any metric that a rule may read. */
export const ruleMetric: Shape<string> = {
  expects: either([...ruleMetrics, "a name under `metrics`"]),
  schema: { type: "string", anyOf: [{ enum: ruleMetrics }, { pattern: ownName.source }] },
  read: (at) => {
    const word = textAt(at) ?? "";
    const known = [...ruleMetrics, ...ownNames(at)];
    return known.includes(word) ? ok(word) : unexpectedWord(at, ruleMetric.expects, known);
  },
};
