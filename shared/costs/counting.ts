// Counts each call that is made of AWS, lets it take the time that AWS takes, and refuses what comes too fast.
import type { Answer } from "../aws/index.ts";
import type { EpochMs } from "../core/index.ts";
import { AwsError, type Timeline } from "../sim/index.ts";
import { latencyMs, refusedMs } from "./assumptions.ts";
import type { Buckets } from "./quotas.ts";
import { type MetricsInput, metricsUsage, tableUsage, type Usage } from "./usage.ts";

export interface Call {
  readonly service: string;
  readonly command: string;
  readonly at: EpochMs;
  readonly usage: Usage;
}

export const counting =
  (timeline: Timeline, calls: Call[], buckets: Buckets) =>
  (answer: Answer): Answer =>
  async (service, command, input) => {
    const at = timeline.now;
    if (buckets.take(`${service} ${command}`, at) === "none left") {
      calls.push({ service, command, at, usage: { throttled: 1, [`throttled ${service} ${command}`]: 1 } });
      await timeline.until(at + refusedMs);
      throw new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
    }
    const output = await answer(service, command, input);
    calls.push({ service, command, at, usage: usageOf(service, command, { input, output, at }) });
    await timeline.until(at + latencyMs(service, command));
    return output;
  };

function usageOf(
  service: string,
  command: string,
  { input, output, at }: { readonly input: unknown; readonly output: object; readonly at: EpochMs },
): Usage {
  const call = { [`${service} ${command}`]: 1 };
  if (service === "DynamoDB") return { ...call, ...tableUsage(command, input as never, output as never) };
  if (command === "GetMetricData") return { ...call, ...metricsUsage(input as MetricsInput, at) };
  return call;
}
