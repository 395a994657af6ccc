// Instances that are stopped and kept, to be started before anything is launched.
import type { DurationMs } from "../core/index.ts";

export type Reserve =
  | { readonly kind: "none" }
  | {
      readonly kind: "keeps";
      readonly count: number;
      readonly by: "stopping" | "hibernating";
      /** So long a new one runs before it is stopped: until it has installed what it installs. */
      readonly settleMs: DurationMs;
      /** What a stopped one costs: its volume. */
      readonly usdPerHour: number;
    };
