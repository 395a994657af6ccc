// An alarm in CloudWatch's words, and whether the one that stands says the same.
import type {
  Dimension,
  MetricAlarm,
  MetricDataQuery,
  MetricStat,
  PutMetricAlarmCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { minuteMs } from "../../core/index.ts";
import type { OwnSeries } from "../../policy/index.ts";
import type { Alarm } from "./alarm.ts";
import type { Watched } from "./watched.ts";

const periodSeconds = minuteMs / 1_000;

/** EventBridge is told of every change of state: the alarm needs no actions of its own. */
export const requestOf = ({ name, description, watched, threshold, minutes }: Alarm): PutMetricAlarmCommandInput => ({
  AlarmName: name,
  AlarmDescription: description,
  ...watchedRequest(watched),
  ComparisonOperator: "GreaterThanThreshold",
  Threshold: threshold,
  EvaluationPeriods: minutes,
  DatapointsToAlarm: minutes,
  // A load balancer publishes nothing in a minute without requests.
  TreatMissingData: "notBreaching",
});

function watchedRequest(watched: Watched): Partial<PutMetricAlarmCommandInput> {
  if (watched.kind === "expression") return { Metrics: queriesOf(watched) };
  const { namespace, name, statistic, dimensions } = watched.series;
  return {
    Namespace: namespace,
    MetricName: name,
    Dimensions: dimensionsOf(dimensions),
    Period: periodSeconds,
    ...(/^p\d/.test(statistic)
      ? { ExtendedStatistic: statistic }
      : { Statistic: statistic as NonNullable<PutMetricAlarmCommandInput["Statistic"]> }),
  };
}

function queriesOf({ expression, inputs }: Extract<Watched, { kind: "expression" }>): MetricDataQuery[] {
  const read = Object.entries(inputs).map(([Id, series]) => ({
    Id,
    MetricStat: statOf(series),
    ReturnData: false,
  }));
  return [...read, { Id: resultId, Expression: expression, ReturnData: true }];
}
/** No input may be called so. */
const resultId = "watched";

const statOf = ({ namespace, name, statistic, dimensions }: OwnSeries): MetricStat => ({
  Metric: { Namespace: namespace, MetricName: name, Dimensions: dimensionsOf(dimensions) },
  Period: periodSeconds,
  Stat: statistic,
});

const dimensionsOf = (dimensions: OwnSeries["dimensions"]): Dimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

/** What CloudWatch adds, such as the state, counts for nothing, and neither does the order of its lists. */
export const saysTheSame = (standing: MetricAlarm, wanted: PutMetricAlarmCommandInput): boolean =>
  essenceOf(standing) === essenceOf(wanted);

function essenceOf(alarm: MetricAlarm | PutMetricAlarmCommandInput): string {
  const {
    AlarmDescription,
    Namespace,
    MetricName,
    Dimensions = [],
    Statistic,
    ExtendedStatistic,
    Metrics = [],
  } = alarm;
  const { Period, ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm, TreatMissingData } = alarm;
  return JSON.stringify({
    ...{ AlarmDescription, Namespace, MetricName, Dimensions: sorted(Dimensions), Statistic, ExtendedStatistic },
    ...{ Period, ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm, TreatMissingData },
    Metrics: Metrics.map(queryEssence).toSorted(),
  });
}

function queryEssence({ Id, Expression, MetricStat: stat, ReturnData = true }: MetricDataQuery): string {
  const { Namespace, MetricName, Dimensions = [] } = stat?.Metric ?? {};
  const read = { Namespace, MetricName, Dimensions: sorted(Dimensions), Period: stat?.Period, Stat: stat?.Stat };
  return JSON.stringify({ Id, Expression, ReturnData, read });
}

const sorted = (dimensions: readonly Dimension[]): readonly string[] =>
  dimensions.map(({ Name, Value }) => `${Name}=${Value}`).toSorted();
