// The settings that ship, as a whole policy.
import { simulated } from "./defaults.ts";
import { readSpelling } from "./object.ts";
import { policy } from "./settings.ts";
import type { Policy } from "./types.ts";

/** What `simulate` runs when no policy is given: one rule for the demand, everything else as it ships. */
export const defaultPolicy = (): Policy => readSpelling(policy, simulated);
