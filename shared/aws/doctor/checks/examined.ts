// What the checks of one fleet may know.
import type { Policy } from "../../../policy/index.ts";
import type { AccountFacts, FleetFacts, LaunchFacts } from "../facts.ts";

export interface Examined extends Launching {
  readonly facts: FleetFacts;
  readonly account: AccountFacts;
}

/** Those that ask only whether a launch would come to something. */
export interface Launching {
  readonly policy: Policy;
  readonly stage: string;
  readonly facts: LaunchFacts;
  readonly account: Pick<AccountFacts, "running" | "quotas">;
}

export const ownerOf = ({ policy, stage }: Pick<Launching, "policy" | "stage">): string => `${stage}/${policy.fleet}`;
