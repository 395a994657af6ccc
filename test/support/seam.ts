// An evaluator with a seam at each of its calls, to AWS and to the table alike: there a test may hold it, kill it, or take
// away the answer.
import { answeredClients, createAwsWorld, type Table } from "../../shared/aws/index.ts";
import { answeredTable, type MemoryTable } from "../../shared/aws/log/memoryTable.ts";
import type { World } from "../../shared/control/index.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { never } from "./cloudClients.ts";

export interface Point {
  /** Counts the calls of this evaluator from 0. */
  readonly call: number;
  readonly command: string;
  /** Before it takes effect, or after it has and its answer is on the way. */
  readonly phase: "before" | "after";
}
/** Told at each point; the call goes on when it is done, and fails with what it throws. */
export type AtPoint = (point: Point) => Promise<void>;

export interface Seamed {
  readonly cloud: Cloud;
  readonly memory: MemoryTable;
  readonly evaluator: string;
  readonly atPoint: AtPoint;
}

export const stageName = "local";

export function seamedWorld({ cloud, memory, evaluator, atPoint }: Seamed): World {
  let calls = 0;
  const seam = async (command: string, send: () => object | Promise<object>): Promise<object> => {
    const call = calls++;
    await atPoint({ call, command, phase: "before" });
    const answer = await send();
    await atPoint({ call, command, phase: "after" });
    return answer;
  };
  const table: Table = answeredTable(
    (service, command, input) => seam(command, () => memory.answer(service, command, input)),
    stageName,
  );
  return createAwsWorld({
    clients: answeredClients((service, command, input) => seam(command, () => cloud.answer(service, command, input))),
    table,
    now: () => cloud.now,
    evaluator: () => evaluator,
    warmer: { kind: "none" },
    abortIn: never,
  });
}

/** The evaluator's process is gone. */
export class Died extends Error {}
export const died = (): Error => new Died("the evaluator died");
/** The SDK has given up waiting: whether the call took effect is not known. */
export const unanswered = (): Error => Object.assign(new Error("no answer came"), { name: "TimeoutError" });
