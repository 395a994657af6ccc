// A core's share of the benchmark: a task comes in, its entry goes out.
import { parentPort, workerData } from "node:worker_threads";
import type { WorkerGiven } from "./pool.ts";
import { race } from "./race.ts";
import { readSplits, readTrack } from "./tracks.ts";
import type { Split, Task, Track } from "./types.ts";

const { folder, extent } = workerData as WorkerGiven;
const tracks = new Map<string, Track>();

/** A quick run's task names a week; the plant is made by the whole window. */
function trackOf(id: Split["id"]): Track {
  const known = tracks.get(id);
  if (known !== undefined) return known;
  const splits = readSplits(folder);
  if (splits.kind === "error") throw new Error(splits.error);
  const split = splits.value.find((one) => one.id === id);
  if (split === undefined) throw new Error(`${id} is no longer in splits.json`);
  const read = readTrack(folder, split, extent);
  if (read.kind === "error") throw new Error(read.error);
  tracks.set(id, read.value);
  return read.value;
}

parentPort?.on("message", async (task: Task) => {
  parentPort?.postMessage(await race(trackOf(task.split.id), task));
});
