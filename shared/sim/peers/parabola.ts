// The parabola that lies closest to a row of counts, by least squares.
import { minuteMs } from "../../core/index.ts";
import type { Count } from "../../engine/index.ts";

/** Its value at the newest of at least three counts. */
export function parabolaAt(counts: readonly Count[]): number {
  const newestAt = counts.at(-1)?.at ?? 0;
  // Sums of powers of x, in minutes before the newest, and of the same times y.
  const powers = [0, 0, 0, 0, 0];
  const values = [0, 0, 0];
  for (const { at, count } of counts) {
    const x = (at - newestAt) / minuteMs;
    let power = 1;
    for (let degree = 0; degree < 5; degree++, power *= x) {
      powers[degree] = (powers[degree] ?? 0) + power;
      if (degree < 3) values[degree] = (values[degree] ?? 0) + power * count;
    }
  }
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0] = powers;
  const [y0 = 0, y1 = 0, y2 = 0] = values;
  // Cramer's rule for the constant term: x is 0 at the newest.
  const whole = determinant([s0, s1, s2, s1, s2, s3, s2, s3, s4]);
  return determinant([y0, s1, s2, y1, s2, s3, y2, s3, s4]) / whole;
}

type Nine = readonly [number, number, number, number, number, number, number, number, number];

const determinant = ([a, b, c, d, e, f, g, h, i]: Nine): number =>
  a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
