// What the checks of one fleet may know.
import type { Policy } from "../../../policy/index.ts";
import type { AccountFacts, FleetFacts } from "../facts.ts";

export interface Examined {
  readonly policy: Policy;
  readonly stage: string;
  readonly facts: FleetFacts;
  readonly account: AccountFacts;
}

export const ownerOf = ({ policy, stage }: Pick<Examined, "policy" | "stage">): string => `${stage}/${policy.fleet}`;
