// `missing`: what a rule does when its metric is missing, for each metric that a rule may read.
import { ok } from "../core/index.ts";
import { defaults } from "./defaults.ts";
import { instanceCount, instanceCountMax } from "./instanceCount.ts";
import { ownName, ownNames } from "./metricNames.ts";
import { defaulted, type Field, group, object, optional, readSpelling } from "./object.ts";
import type { Place } from "./place.ts";
import { change } from "./quantity.ts";
import { convert, oneOf, type Shape, shortOrMap } from "./shape.ts";
import { type MissingChoice, type Policy, ruleMetrics } from "./types.ts";

const missingFloor: Shape<MissingChoice> = convert(
  object({
    fields: {
      floor: optional(instanceCount(1), "At least so many instances."),
      scaleOut: optional(change({ ratioMax: 10, countMax: instanceCountMax }), "So many more instances."),
    },
    choice: ["floor", "scaleOut"],
  }),
  ({ floor, scaleOut }) =>
    scaleOut === undefined ? { kind: "floor", count: floor ?? 0 } : { kind: "scale-out", by: scaleOut },
);

const choice: Shape<MissingChoice> = shortOrMap<MissingChoice>(
  convert(oneOf(["hold", "ignore"]), (kind) => ({ kind })),
  missingFloor,
);

/** Complete for the built-in metrics and for those that the document has under `metrics`. */
const shapeWith = (own: readonly string[]): Shape<Policy["missing"]> =>
  object({
    fields: Object.fromEntries(
      [...ruleMetrics, ...own].map((metric) => [
        metric,
        defaulted(choice, defaults.missing, `What the rules of ${metric} do while it is missing.`),
      ]),
    ),
  }) as Shape<Policy["missing"]>;

const builtIn = shapeWith([]);
const field = group(builtIn, "What a rule does when its metric is missing; nothing here ever lowers the target.");

export const missing: Field<Policy["missing"]> = {
  ...field,
  schema: { ...field.schema, patternProperties: { [ownName.source]: choice.schema } },
  read: (at: Place) => shapeWith(ownNames(at)).read(at),
  absent: (owner) => ok(readSpelling(shapeWith(ownNames(owner)), {})),
};
