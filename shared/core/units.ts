// The units every folder counts in. A name carries its unit last: `bootTimeMs`, `targetRatio`, `countMax`.

/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = number;
/** A length of time in milliseconds. */
export type DurationMs = number;
/** A share from 0 to 1. Percent stands only in YAML and in sentences. */
export type Ratio = number;

export const secondMs = 1_000;
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** The start of the minute that `at` lies in. */
export const minuteOf = (at: EpochMs): EpochMs => Math.floor(at / minuteMs) * minuteMs;
