// A load balancer's targets as HAProxy has them.
import type { TargetState } from "../engine/index.ts";

/** Where a target answers. HAProxy's own names for servers are slots: they hold one target after another. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One slot of the backend as it stands. Sums count from HAProxy's start, whichever target the slot held. */
export interface Slot {
  readonly name: string;
  readonly address: Address;
  /** A slot in maintenance holds nobody. */
  readonly state: TargetState;
  /** Requests that are with the server, and those that wait for it. */
  readonly inFlightCount: number;
  /** Connections to it that are kept open and carry nothing. */
  readonly idleCount: number;
  readonly queuedCount: number;
  /** Requests that were given to it. */
  readonly requestsTotal: number;
  /** Those of them that it answered, whatever the answer. */
  readonly answersTotal: number;
  /** Attempts to connect that were made again, with it and with another one. */
  readonly retriesTotal: number;
  readonly redispatchesTotal: number;
}

export const isAt = (slot: Pick<Slot, "address">, { host, port }: Address): boolean =>
  slot.address.host === host && slot.address.port === port;

/**
 * Requests that were given to the slot's targets, reached them, and were never answered. One that could not be given to a target went
 * to another, or there again: it is counted as given twice, and as tried again.
 */
export const cutTotalOf = (slot: Slot): number =>
  slot.requestsTotal - slot.answersTotal - slot.retriesTotal - slot.redispatchesTotal - slot.inFlightCount;
