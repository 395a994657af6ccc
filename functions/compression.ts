// Stands in for @smithy/middleware-compression in the bundles. CloudWatch's client is set up with it; it is for what PutMetricData sends,
// which no function does.
const unread = { environmentVariableSelector: () => undefined, configFileSelector: () => undefined, default: true };
export const NODE_DISABLE_REQUEST_COMPRESSION_CONFIG_OPTIONS = unread;
export const NODE_REQUEST_MIN_COMPRESSION_SIZE_BYTES_CONFIG_OPTIONS = unread;
export const resolveCompressionConfig = <T>(config: T): T => config;
export function getCompressionPlugin(): never {
  throw new Error("no function compresses what it sends");
}
