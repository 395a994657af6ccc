// As it was at this time yesterday, or a week ago.
import { ahead, daySteps, type Medians, weekSteps } from "../window.ts";

export const yesterday: Medians = ({ loads }) => ahead((step) => loads[loads.length - daySteps + step] ?? 0);

/** Yesterday, while there is no week yet. */
export const lastWeek: Medians = (window) =>
  window.loads.length < weekSteps
    ? yesterday(window)
    : ahead((step) => window.loads[window.loads.length - weekSteps + step] ?? 0);
