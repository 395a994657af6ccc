// Ridge regression towards a prior, from sums: a small symmetric positive definite system, solved by Cholesky's method.

/** Sums over rows of one group of observations; they add up. */
export interface Normal {
  /** Σ w·x·xᵀ, row by row. */
  readonly gram: Float64Array;
  /** Σ w·x·y. */
  readonly moments: Float64Array;
  /** Σ w. */
  weight: number;
  /** Σ w·y². */
  square: number;
}

export const emptyNormal = (size: number): Normal => ({
  gram: new Float64Array(size * size),
  moments: new Float64Array(size),
  weight: 0,
  square: 0,
});

/** Adds `sign` times `other` to `sum`. */
export function addNormal(sum: Normal, other: Normal, sign: 1 | -1): void {
  for (let i = 0; i < sum.gram.length; i++) sum.gram[i] = (sum.gram[i] ?? 0) + sign * (other.gram[i] ?? 0);
  for (let i = 0; i < sum.moments.length; i++) sum.moments[i] = (sum.moments[i] ?? 0) + sign * (other.moments[i] ?? 0);
  sum.weight += sign * other.weight;
  sum.square += sign * other.square;
}

/** Adds one observation: the features stand in `rows` from `from`. */
export function addRow(
  sum: Normal,
  rows: Float64Array,
  { from, y, weight }: { from: number; y: number; weight: number },
): void {
  const { gram, moments } = sum;
  const size = moments.length;
  for (let i = 0, at = 0; i < size; i++, at += size) {
    const weighted = weight * (rows[from + i] ?? 0);
    moments[i] = (moments[i] ?? 0) + weighted * y;
    for (let j = 0; j <= i; j++) gram[at + j] = (gram[at + j] ?? 0) + weighted * (rows[from + j] ?? 0);
  }
  sum.weight += weight;
  sum.square += weight * y * y;
}

/**
 * The coefficients that minimise Σ w·(y − x·b)² + λ·Σ w·y²·|b − prior|²: the penalty is measured in the observations' own variance,
 * so that the scale of the site does not matter.
 */
export function ridge(sum: Normal, prior: readonly number[], lambda: number): Float64Array {
  const size = prior.length;
  const trace = prior.reduce((total, _, i) => total + (sum.gram[i * size + i] ?? 0), 0);
  const penalty = lambda * sum.square + trace * 1e-9 + 1e-12;
  const matrix = sum.gram.slice();
  const right = sum.moments.slice();
  for (let i = 0; i < size; i++) {
    matrix[i * size + i] = (matrix[i * size + i] ?? 0) + penalty;
    right[i] = (right[i] ?? 0) + penalty * (prior[i] ?? 0);
  }
  return solved(matrix, right);
}

/** Solves A·x = b in place; of A only the lower triangle is read. A is positive definite: the penalty sees to it. */
function solved(a: Float64Array, b: Float64Array): Float64Array {
  const size = b.length;
  factorise(a, size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) b[i] = (b[i] ?? 0) - (a[i * size + k] ?? 0) * (b[k] ?? 0);
    b[i] = (b[i] ?? 0) / (a[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) b[i] = (b[i] ?? 0) - (a[k * size + i] ?? 0) * (b[k] ?? 0);
    b[i] = (b[i] ?? 0) / (a[i * size + i] ?? 1);
  }
  return b;
}

/** Puts L of A = L·Lᵀ into A's lower triangle. */
function factorise(a: Float64Array, size: number): void {
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (a[i * size + k] ?? 0) * (a[j * size + k] ?? 0);
      a[i * size + j] = i === j ? Math.sqrt(sum) : sum / (a[j * size + j] ?? 1);
    }
}
