// What a command works on.
import type { Result } from "../../core/index.ts";
import type { PutMetricAlarmInput } from "./alarms.ts";
import type { AwsError } from "./errors.ts";
import type { Recorder } from "./metrics.ts";
import type { SentMessage } from "./types.ts";

export interface Site extends Recorder {
  readonly sent: SentMessage[];
  /** By name. */
  readonly alarms: Map<string, PutMetricAlarmInput>;
  /** Of the target group. */
  readonly groupTags: Map<string, string>;
}
export interface Call {
  /** The SDK client's name, with or without "Client". */
  readonly service: string;
  readonly commandName: string;
  readonly input: unknown;
}

/** Inside, refusals are values; SDK clients throw them. */
export function orThrow<Value>(result: Result<Value, AwsError>): Value {
  if (result.kind === "error") throw result.error;
  return result.value;
}

/** Describe calls may be told an older truth. */
export const asOfRead = ({ fleet }: Site): number => fleet.now - fleet.options.faults.staleReadsMs;
