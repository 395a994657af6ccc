// Tasks over the machine's cores. Each worker reads the traces itself; results come back in the order of the tasks.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Kept } from "./keep.ts";
import { workOf } from "./plan.ts";
import type { Extent } from "./tracks.ts";
import type { Entry, Task } from "./types.ts";

export interface WorkerGiven {
  readonly folder: string;
  readonly extent: Extent;
}

export interface Pool extends WorkerGiven {
  readonly kept: Kept;
  /** After each task, with the share of the work that is done. */
  readonly onDone: (entry: Entry, doneRatio: number) => void;
}

export async function runAll(
  tasks: readonly Task[],
  { folder, extent, kept, onDone }: Pool,
): Promise<readonly Entry[]> {
  const entries: (Entry | undefined)[] = tasks.map(kept.entryOf);
  const queue = tasks
    .map((task, index) => ({ task, index }))
    .filter(({ index }) => entries[index] === undefined)
    .sort((a, b) => workOf(b.task) - workOf(a.task));
  const totalWork = tasks.reduce((sum, task) => sum + workOf(task), 0);
  let doneWork = totalWork - queue.reduce((sum, { task }) => sum + workOf(task), 0);
  const workerData: WorkerGiven = { folder, extent };
  const lane = async (): Promise<void> => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData });
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const entry = await answerOf(worker, next.task);
        entries[next.index] = entry;
        kept.keep(next.task, entry);
        doneWork += workOf(next.task);
        onDone(entry, doneWork / totalWork);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(queue.length, availableParallelism()) }, lane));
  return entries.filter((entry) => entry !== undefined);
}

const answerOf = (worker: Worker, task: Task): Promise<Entry> =>
  new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (entry: Entry) => {
      worker.off("error", reject);
      resolve(entry);
    });
    worker.postMessage(task);
  });
