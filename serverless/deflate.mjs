// Packs what it is given, and ends. In a thread of its own: Zopfli's WebAssembly takes over a process's unhandled errors.
import { parentPort, workerData } from "node:worker_threads";
import { deflateAsync } from "@gfx/zopfli";

parentPort.postMessage(await deflateAsync(workerData, { numiterations: 2 }));
