// What applications publish by themselves: samples minute by minute, of which CloudWatch makes statistics.
import type { EpochMs } from "../../core/index.ts";
import type { Point } from "../../engine/index.ts";
import type { OwnMetric, OwnSeries } from "../../policy/index.ts";
import { AwsError } from "./errors.ts";
import type { Fleet } from "./fleet.ts";
import { evaluate } from "./metricMath.ts";
import { isPartial, visibleMinutes } from "./metrics.ts";
import type { MetricWindow, Published } from "./types.ts";

/** As the simulator reads them: the same series, and the same math over them. */
export function ownPoints(fleet: Fleet, metric: OwnMetric, window: MetricWindow): readonly Point[] {
  if (metric.kind === "series") return publishedPoints(fleet, metric.series, window);
  const given = Object.entries(metric.using).map(
    ([name, series]) => [name, publishedPoints(fleet, series, window)] as const,
  );
  const text = metric.parts.map((part) => (part.kind === "series" ? part.name : part.text)).join(" ");
  return evaluate(text, new Map(given));
}

/** A series is known by its exact name and dimensions; any other has no points, and so has a minute without samples. */
export function publishedPoints(fleet: Fleet, series: OwnSeries, window: MetricWindow): readonly Point[] {
  const published = fleet.options.published.find((one) => isSame(one, series));
  if (published === undefined) return [];
  return visibleMinutes(fleet, window).flatMap((at) => {
    const samples = samplesSeen(fleet, published.samples(at), window.now - at);
    return samples.length === 0 ? [] : [{ at, value: statisticOf(samples, series.statistic) }];
  });
}

const isSame = (one: Published, { namespace, name, dimensions }: OwnSeries): boolean =>
  one.namespace === namespace && one.name === name && sorted(one.dimensions) === sorted(dimensions);

const sorted = (dimensions: OwnSeries["dimensions"]): string => JSON.stringify(Object.entries(dimensions).sort());

/** Of a minute still being collected only the first have come in. */
function samplesSeen(fleet: Fleet, samples: readonly number[], ageMs: EpochMs): readonly number[] {
  const { newestMinute } = fleet.options;
  if (newestMinute.kind === "hidden" || !isPartial(fleet, ageMs)) return samples;
  return samples.slice(0, Math.ceil(samples.length * newestMinute.ratio));
}

function statisticOf(samples: readonly number[], statistic: string): number {
  const sum = samples.reduce((total, sample) => total + sample, 0);
  switch (statistic) {
    case "Sum":
      return sum;
    case "Average":
      return sum / samples.length;
    case "Minimum":
      return Math.min(...samples);
    case "Maximum":
      return Math.max(...samples);
    case "SampleCount":
      return samples.length;
    default:
      return percentile(samples, statistic);
  }
}

/** Nearest rank. */
function percentile(samples: readonly number[], statistic: string): number {
  const share = /^p(\d+(?:\.\d+)?)$/.exec(statistic)?.[1];
  if (share === undefined) throw new AwsError("ValidationError", `The statistic '${statistic}' is not known.`);
  const rank = Math.max(1, Math.ceil((samples.length * Number(share)) / 100));
  return samples.toSorted((a, b) => a - b)[rank - 1] ?? Number.NaN;
}
