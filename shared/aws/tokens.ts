// What AWS knows our requests and instances by. All of it is derived: the same decision asks with the same token.
import { createHash } from "node:crypto";
import type { Snapshot } from "../engine/index.ts";

export interface TokenOf {
  readonly stage: string;
  readonly snapshot: Pick<Snapshot, "fleet" | "birth">;
  /** Names the generation that first decided it: a recovery keeps the id, and with it the token. */
  readonly action: string;
  /** A request with other parameters needs another token: EC2 refuses a known one with IdempotentParameterMismatch. */
  readonly attempt: number;
}

/** 64 hexadecimal digits, as long as EC2 takes. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html */
export const clientToken = ({ stage, snapshot: { fleet, birth }, action, attempt }: TokenOf): string =>
  createHash("sha256")
    .update(JSON.stringify([stage, fleet, birth, action, attempt]))
    .digest("hex");

export const generationTag = "tidegate:generation";
export const policyTag = "tidegate:policy";
/** On an instance of an Auto Scaling group, which would replace whatever we terminate. */
export const autoScalingTag = "aws:autoscaling:groupName";
