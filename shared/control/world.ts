// The port to everything outside. Two worlds stand behind it: aws/ for real, sim/ imagined.
import type { DurationMs, EpochMs, Ratio } from "../core/index.ts";
import type { Action, Decision, Outcome, Snapshot } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";

/** One row of the log: the decision and everything it was made from. The newest row is the state. */
export interface Row {
  /** `<fleet>@<generation>` */
  readonly id: string;
  readonly fleet: string;
  readonly generation: number;
  readonly at: EpochMs;
  /** No call starts after it, and no successor acts before it. */
  readonly actBy: EpochMs;
  readonly engineVersion: string;
  /** sha256 of the policy's canonical JSON, hex, with `sha256:` before it. */
  readonly policyVersion: string;
  readonly snapshot: Snapshot;
  readonly decision: Decision;
}

/** A policy and what identifies it in the log. */
export interface Versioned {
  readonly policy: Policy;
  readonly policyVersion: string;
}

export interface World {
  /** Time now. The only clock of the loop. */
  now(): EpochMs;
  /** Reads everything once and freezes it. Throws only where the log itself cannot be read. */
  observe(policy: Policy): Promise<Snapshot>;
  /** As `observe`; but where the fleet is at rest, without EC2 and the load balancer. */
  glance(versioned: Versioned): Promise<Snapshot>;
  /**
   * The glance with the whole in it, of the same instant: what a stirred fleet is decided upon. Where many look at once, the
   * neediest come first: `need` is `needOf` what the glance led to.
   */
  lookCloser(policy: Policy, glance: Snapshot, need: Ratio): Promise<Snapshot>;
  /** One conditional put at (fleet, generation): of two racing evaluators exactly one commits. */
  commit(policy: Policy, row: Row): Promise<"committed" | "superseded">;
  /**
   * Runs actions of one kind, batched where the service batches. An action whose end could not be learned (time-out,
   * crash) has no outcome: the next look recovers it.
   */
  act(policy: Policy, row: Row, actions: readonly Action[]): Promise<readonly Outcome[]>;
  /** Writes the outcomes beside their row, once; a second write changes nothing. */
  record(row: Row, outcomes: readonly Outcome[]): Promise<void>;
}

/** How long an evaluator may start calls after its commit. */
export const leaseMs: DurationMs = 20_000;
