import type { Past } from "./past.ts";
import type { LevelShift } from "./types.ts";
export const levelShiftsIn = (_past: Past): readonly LevelShift[] => [];
