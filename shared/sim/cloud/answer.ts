// The face that SDK clients see: (service, command, input) → output, or an AwsError.

import { AwsError } from "./errors.ts";
import type { Fleet } from "./fleet.ts";
import type { Minutes } from "./metrics.ts";
import type { SentMessage } from "./types.ts";

export interface Site {
  readonly fleet: Fleet;
  readonly minutes: Minutes;
  readonly sent: SentMessage[];
}
export interface Call {
  readonly service: string;
  readonly commandName: string;
  readonly input: unknown;
}

export function answer(_site: Site, { commandName }: Call): object {
  throw new AwsError("InvalidAction", `The action ${commandName} is not valid for this cloud.`);
}
