// `limits`: how fast a fleet may change, what it may cost, how many may stand beside those that they replace.
import { budget, type WrittenBudget } from "./budget.ts";
import { defaults } from "./defaults.ts";
import { defaulted, object, optional } from "./object.ts";
import { percent, velocity } from "./quantity.ts";
import { convert, type Shape } from "./shape.ts";
import type { Policy } from "./types.ts";

interface WrittenLimits extends Omit<Policy["limits"], "budget"> {
  readonly budget: WrittenBudget | undefined;
}

export const limits: Shape<WrittenLimits> = convert(
  object({
    fields: {
      scaleOut: defaulted(velocity, defaults.limits.scaleOut, "At most so much growth in so long a time."),
      scaleIn: defaulted(velocity, defaults.limits.scaleIn, "At most so much shrinking in so long a time."),
      budget: optional(budget, "What the fleet may cost in an hour. Left out: no limit but `bounds.max`."),
      surge: defaulted(
        percent({ from: 0, to: 1 }),
        defaults.limits.surge,
        "So many more than the target, at least one, may stand while instances are replaced, above `bounds.max` too.",
      ),
    },
  }),
  ({ surge: surgeRatio, ...rest }) => ({ ...rest, surgeRatio }),
);
