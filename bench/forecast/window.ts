// What a method may see at one moment: the last fourteen days in five-minute steps, gaps filled for those that cannot bear them.

export const daySteps = 288;
export const weekSteps = 2016;
/** A day ahead is scored; nothing longer is asked of the baselines. */
export const horizonSteps = daySteps;

export interface Window {
  /** Loads up to the moment, newest last. */
  readonly loads: Float64Array;
  /** Where the first of them stands in an unending week of 2016 steps. */
  readonly phase: number;
}

/** Loads of the steps ahead, as likely to be exceeded as not. */
export type Medians = (window: Window) => Float64Array;

export const ahead = (of: (step: number) => number): Float64Array =>
  Float64Array.from({ length: horizonSteps }, (_, step) => Math.max(0, of(step)));
