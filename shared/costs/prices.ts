// AWS's list prices, the one place where they stand. USD, us-east-1, without free tiers; other regions cost up to a third more.
// https://aws.amazon.com/cloudwatch/pricing, /lambda/pricing, /dynamodb/pricing/on-demand, /sqs/pricing, /eventbridge/pricing
export const pricesOf = "2026-11, us-east-1, list, without free tiers";

export const prices = {
  alarmMonth: 0.1,
  customMetricMonth: 0.3,
  dashboardMonth: 3,
  metricRead: 0.01 / 1_000,
  /** DescribeAlarms and its like. */
  cloudWatchRequest: 0.01 / 1_000,
  logGb: 0.5,
  logStoredGbMonth: 0.03,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
  storedGbMonth: 0.25,
  /** Point-in-time recovery of what is stored. */
  recoverableGbMonth: 0.2,
  queueRequest: 0.4 / 1e6,
  schedulerInvocation: 1 / 1e6,
} as const;
