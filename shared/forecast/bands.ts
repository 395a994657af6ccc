// How far ahead a step is decides what it listens to: the next minutes to the last ones, tomorrow to yesterday and last week.

export interface Band {
  /** Steps ahead, counted from 1; both included. */
  readonly fromStep: number;
  readonly untilStep: number;
  /** How many of its steps each past moment is tried on. */
  readonly triedCount: number;
  /** How strongly: see ridge.ts. Further ahead fewer of the trials are news. */
  readonly lambda: number;
  /** The coefficients believed before anything is measured, in the order of features.ts. */
  readonly prior: readonly number[];
}

export const bands: readonly Band[] = [
  { fromStep: 1, untilStep: 3, lambda: 0.005, triedCount: 3, prior: [0.05, 0.1, 0, 0.6, 0.2, 0.0, 0.0, 0.1] },
  { fromStep: 4, untilStep: 12, lambda: 0.01, triedCount: 4, prior: [0.1, 0.2, 0, 0.35, 0.25, 0.05, 0.0, 0.15] },
  { fromStep: 13, untilStep: 36, lambda: 0.02, triedCount: 4, prior: [0.15, 0.3, 0, 0.1, 0.3, 0.15, 0.05, 0.2] },
  { fromStep: 37, untilStep: 96, lambda: 0.05, triedCount: 3, prior: [0.2, 0.4, 0, 0.0, 0.1, 0.2, 0.15, 0.25] },
  { fromStep: 97, untilStep: 288, lambda: 0.1, triedCount: 4, prior: [0.2, 0.5, 0, 0.0, 0.0, 0.05, 0.3, 0.25] },
  { fromStep: 289, untilStep: 576, lambda: 0.2, triedCount: 3, prior: [0.1, 0.55, 0, 0.0, 0.0, 0.0, 0.3, 0.25] },
];

export const stepsMax = 576;
