// Who may take the place of the sizing in a comparison. Converge, check and World are the same for all.
import { type Sizer, sizeByRules } from "../../engine/index.ts";
import { documentedTargetTracking, targetTracking } from "./targetTracking.ts";

export const controllers: Readonly<Record<string, Sizer>> = {
  tidegate: sizeByRules,
  "target-tracking": targetTracking(documentedTargetTracking),
};
