// Metrics that leave through the log: whoever writes them needs no way to CloudWatch.
import type { EpochMs } from "../shared/core/index.ts";
import { haproxyNamespace } from "../shared/haproxy/index.ts";

export interface MetricLine {
  readonly at: EpochMs;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * One line that CloudWatch takes metrics from, whatever the level of the log.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function writeMetrics({ at, dimensions, metrics }: MetricLine): void {
  const Metrics = Object.keys(metrics).map((Name) => ({ Name }));
  const CloudWatchMetrics = [{ Namespace: haproxyNamespace, Dimensions: [Object.keys(dimensions)], Metrics }];
  process.stdout.write(
    `${JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics }, ...dimensions, ...metrics })}\n`,
  );
}
