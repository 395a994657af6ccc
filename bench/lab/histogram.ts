// Latencies as counts in buckets that grow by a fiftieth: small enough to send and to add, exact enough for a p99.

/** Count by bucket number, sparse. Adding two histograms adds their counts. */
export type Histogram = Readonly<Record<number, number>>;

const growth = 1.02;
/** Milliseconds below this are one bucket. */
const smallestMs = 0.05;

export const bucketOf = (ms: number): number =>
  ms <= smallestMs ? 0 : Math.ceil(Math.log(ms / smallestMs) / Math.log(growth) - 1e-9);

/** The bucket's upper edge: a percentile is never told too low. */
const edgeOf = (bucket: number): number => smallestMs * growth ** bucket;

export const recorded = (histogram: Record<number, number>, ms: number): void => {
  const bucket = bucketOf(ms);
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
};

export function summed(histograms: readonly Histogram[]): Histogram {
  const sum: Record<number, number> = {};
  for (const histogram of histograms)
    for (const [bucket, count] of Object.entries(histogram)) sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count;
  return sum;
}

export const countIn = (histogram: Histogram): number =>
  Object.values(histogram).reduce((sum, count) => sum + count, 0);

export type Percentile = { readonly kind: "none" } | { readonly kind: "ms"; readonly ms: number };

/** Nearest rank. None of a histogram without a count. */
export function percentile(histogram: Histogram, ratio: number): Percentile {
  const rank = Math.max(1, Math.ceil(ratio * countIn(histogram) - 1e-9));
  let seen = 0;
  for (const bucket of Object.keys(histogram)
    .map(Number)
    .sort((a, b) => a - b)) {
    seen += histogram[bucket] ?? 0;
    if (seen >= rank) return { kind: "ms", ms: edgeOf(bucket) };
  }
  return { kind: "none" };
}
