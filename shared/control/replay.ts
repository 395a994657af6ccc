// Decides again from a stored row. What comes out must be what was stored, to the byte.
import { type Decision, decideOrRefuse, type Sizer } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import { engineVersion } from "./version.ts";
import type { Row } from "./world.ts";

export type Replay =
  | { readonly kind: "same" }
  | { readonly kind: "different"; readonly stored: Decision; readonly again: Decision }
  | { readonly kind: "other-version"; readonly stored: string; readonly running: string };

/** `policy` is the one whose version the row names; a row of another engine version is not compared. */
export function replay(policy: Policy, row: Row, size: Sizer): Replay {
  if (row.engineVersion !== engineVersion)
    return { kind: "other-version", stored: row.engineVersion, running: engineVersion };
  const again = decideOrRefuse(policy, row.snapshot, size);
  if (JSON.stringify(again) === JSON.stringify(row.decision)) return { kind: "same" };
  return { kind: "different", stored: row.decision, again };
}
