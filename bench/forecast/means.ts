// Means over traces: geometric for what is a ratio or a loss, plain for shares.
export const geometric = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

export const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
