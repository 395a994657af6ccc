// Which instances are replaced though they serve well.
import type { DurationMs, Ratio } from "../core/index.ts";
import type { ScheduleRule } from "./types.ts";

/** Instances that serve well are replaced all the same, a share at a time. */
export type Renew =
  | { readonly kind: "never" }
  | {
      readonly kind: "renews";
      /** Whether those of another version than the policy's template stands for are replaced. */
      readonly outdated: boolean;
      readonly maxAgeMs: DurationMs | "any";
      /** Whether one is replaced where another subnet has fewer. */
      readonly balanced: boolean;
      readonly atOnceRatio: Ratio;
      /** Empty: at any hour. */
      readonly during: readonly Hours[];
    };
/** From each start of the recurrence on, for so long. */
export type Hours = Pick<ScheduleRule, "cron" | "starts" | "timeZone" | "forMs">;
