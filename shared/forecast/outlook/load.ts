// What counts as a reading of a load.

/** Far above any website: it keeps sums finite. */
const loadMax = 1e15;
/** What is none, is missing. */
export const isLoad = (load: number): boolean => load >= 0 && load <= loadMax;
