// Ridge regression of the logarithm on sines and cosines of the day and of the week, moved by the last hour's residual.
import { ahead, daySteps, type Medians, weekSteps } from "../window.ts";

const dayHarmonics = 10;
const weekHarmonics = 6;
const size = 1 + 2 * dayHarmonics + 2 * weekHarmonics;
const levelSteps = 12;
const fadeSteps = 36;
const lambda = 1e-3;

const terms: readonly Float64Array[] = Array.from({ length: weekSteps }, (_, phase) => {
  const row = new Float64Array(size);
  row[0] = 1;
  for (let k = 1; k <= dayHarmonics; k++) wave(row, 2 * k - 1, (2 * Math.PI * k * phase) / daySteps);
  for (let k = 1; k <= weekHarmonics; k++) wave(row, 2 * (dayHarmonics + k) - 1, (2 * Math.PI * k * phase) / weekSteps);
  return row;
});

function wave(row: Float64Array, from: number, angle: number): void {
  row[from] = Math.sin(angle);
  row[from + 1] = Math.cos(angle);
}

export const harmonic: Medians = ({ loads, phase }) => {
  const offset = 0.05 * mean(loads) + 1e-9;
  const y = loads.map((load) => Math.log(load + offset));
  const coefficients = fitted(y, phase, y.length >= weekSteps ? size : 1 + 2 * dayHarmonics);
  const levelAt = (i: number): number => dot(coefficients, terms[(phase + i) % weekSteps] as Float64Array);
  let residual = 0;
  for (let i = y.length - levelSteps; i < y.length; i++) residual += ((y[i] ?? 0) - levelAt(i)) / levelSteps;
  return ahead((step) => Math.exp(levelAt(y.length + step) + residual * Math.exp(-step / fadeSteps)) - offset);
};

function fitted(y: Float64Array, phase: number, count: number): Float64Array {
  const gram = Array.from({ length: count }, () => new Float64Array(count + 1));
  for (let i = 0; i < y.length; i++) {
    const row = terms[(phase + i) % weekSteps] as Float64Array;
    for (let a = 0; a < count; a++) {
      const into = gram[a] as Float64Array;
      const left = row[a] ?? 0;
      for (let b = 0; b <= a; b++) into[b] = (into[b] ?? 0) + left * (row[b] ?? 0);
      into[count] = (into[count] ?? 0) + left * (y[i] ?? 0);
    }
  }
  for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) (gram[a] as Float64Array)[b] = gram[b]?.[a] ?? 0;
  for (let a = 1; a < count; a++) (gram[a] as Float64Array)[a] = (gram[a]?.[a] ?? 0) + lambda * y.length;
  return eliminated(gram, count);
}

/** Gauss without pivoting: the matrix is positive definite. */
function eliminated(rows: readonly Float64Array[], count: number): Float64Array {
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++) {
      const [pivot, row] = [rows[a] as Float64Array, rows[b] as Float64Array];
      if (a === b) continue;
      const share = (row[a] ?? 0) / (pivot[a] ?? 1);
      for (let c = a; c <= count; c++) row[c] = (row[c] ?? 0) - share * (pivot[c] ?? 0);
    }
  return Float64Array.from(rows, (row, a) => (row[count] ?? 0) / (row[a] ?? 1));
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, one, i) => sum + one * (b[i] ?? 0), 0);
const mean = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / values.length;
