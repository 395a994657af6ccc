// A forecast small enough for a row of a table: steps as two bytes each on a logarithmic scale, in base64. What is read back is
// within a ten-thousandth of what was written.
import { error, ok, type Result } from "../core/index.ts";
import type { MadeForecast } from "./types.ts";

/** JSON of some three kilobytes for 48 hours. */
export interface CompactForecast extends Omit<MadeForecast, "medians" | "spread"> {
  readonly version: 1;
  readonly offset: number;
  readonly medians: PackedNumbers;
  readonly scales: PackedNumbers;
  readonly bands: readonly { readonly untilStep: number; readonly distances: readonly number[] }[];
}

/** exp(low + word · step) − offset for each 16-bit word, the low byte first. */
export interface PackedNumbers {
  readonly low: number;
  readonly step: number;
  readonly words: string;
}

export function toCompact({ medians, spread, ...rest }: MadeForecast): CompactForecast {
  const { offset, scales, bands } = spread;
  return {
    ...rest,
    version: 1,
    offset,
    medians: packed(medians, offset),
    scales: packed(scales, 0),
    bands: bands.map(({ untilStep, distances }) => ({ untilStep, distances: distances.map(rounded) })),
  };
}

/** Error: what is no compact forecast of this version, in a sentence's half. */
export function fromCompact(compact: CompactForecast): Result<MadeForecast, string> {
  const { version, offset, medians, scales, bands, ...rest } = compact;
  if (version !== 1) return error(`a forecast of version ${version}, not 1`);
  const [loads, widths] = [unpacked(medians, offset), unpacked(scales, 0)];
  if (loads.kind === "error") return loads;
  if (widths.kind === "error") return widths;
  return ok({ ...rest, medians: loads.value, spread: { offset, scales: widths.value, bands } });
}

/** Distances are logarithms: a ten-thousandth of one is a ten-thousandth of the load. */
const rounded = (distance: number): number => Math.round(distance * 1e5) / 1e5;

const wordMax = 65_535;

function packed(values: readonly number[], offset: number): PackedNumbers {
  const logs = values.map((value) => Math.log(value + offset));
  const low = logs.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const high = logs.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
  const step = (high - low) / wordMax;
  const words = logs.map((one) => (step > 0 ? Math.round((one - low) / step) : 0));
  return { low, step, words: btoa(words.map((word) => String.fromCharCode(word & 255, word >> 8)).join("")) };
}

function unpacked({ low, step, words }: PackedNumbers, offset: number): Result<readonly number[], string> {
  const bytes = bytesOf(words);
  if (bytes === "no base64" || bytes.length % 2 === 1) return error("steps that are no base64 of 16-bit words");
  return ok(
    Array.from({ length: bytes.length / 2 }, (_, i) => {
      const word = bytes.charCodeAt(2 * i) + 256 * bytes.charCodeAt(2 * i + 1);
      return Math.max(0, Math.exp(low + word * step) - offset);
    }),
  );
}

function bytesOf(base64: string): string | "no base64" {
  try {
    return atob(base64);
  } catch {
    return "no base64";
  }
}
