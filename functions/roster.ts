// Whose an instance is, kept in this process: EC2 tells of every instance of the account, and one that is not ours is to cost
// no call. One launched since the last reading is on the move, and looked at each minute anyway.
import { rosterOf, type Table } from "../shared/aws/index.ts";
import { type EpochMs, minuteMs } from "../shared/core/index.ts";

const keptMs = 5 * minuteMs;

export interface Roster {
  /** The fleet that launched an instance; none when this stage did not, or not yet. */
  fleetOf(instance: string): Promise<string | "none">;
}

export function createRoster(table: Table, now: () => EpochMs): Roster {
  let read: { readonly at: EpochMs; readonly fleets: Promise<ReadonlyMap<string, string>> } | undefined;
  return {
    fleetOf: async (instance) => {
      if (!read || now() - read.at >= keptMs) read = { at: now(), fleets: rosterOf(table) };
      try {
        return (await read.fleets).get(instance) ?? "none";
      } catch (error) {
        read = undefined;
        throw error;
      }
    },
  };
}
