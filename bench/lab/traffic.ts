// The lab's side of the load: starts its process, tells it each minute's rate, gathers the tallies.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AgesGiven, Tally } from "./tally.ts";

export interface LoadGiven {
  readonly url: string;
  readonly connectionCount: number;
  readonly paths: readonly string[];
  readonly ages: AgesGiven;
}
export type ToLoad =
  | { readonly kind: "minute"; readonly minute: number; readonly perSecond: number }
  | { readonly kind: "end" };
export type ToLab =
  | { readonly kind: "ready" }
  | { readonly kind: "tally"; readonly tally: Tally }
  | { readonly kind: "ended"; readonly tally: Tally; readonly unansweredCount: number };

export interface Traffic {
  /** Begins a minute with its rate. */
  minute(minute: number, perSecond: number): void;
  /** Tallies so far, in order. */
  tallies(): readonly Tally[];
  /** Stops sending and waits for the last answers; how many never came. */
  end(): Promise<number>;
  kill(): void;
}

const program = fileURLToPath(new URL("./load.ts", import.meta.url));
const loader = new URL("../../cli/typescript.mjs", import.meta.url).href;

export async function startTraffic(given: LoadGiven): Promise<Traffic> {
  const child = fork(program, [JSON.stringify(given)], { execArgv: ["--no-warnings", "--import", loader] });
  const tallies: Tally[] = [];
  child.on("message", (message: ToLab) => {
    if (message.kind !== "ready") tallies.push(message.tally);
  });
  await answered(child, "ready");
  return {
    minute: (minute, perSecond) => tell(child, { kind: "minute", minute, perSecond }),
    tallies: () => tallies,
    end: async () => {
      const ended = answered(child, "ended");
      tell(child, { kind: "end" });
      const message = await ended;
      return message.kind === "ended" ? message.unansweredCount : 0;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

const tell = (child: ChildProcess, message: ToLoad): void => void child.send(message);

/** Rejects when the process ends first. */
const answered = (child: ChildProcess, kind: ToLab["kind"]): Promise<ToLab> =>
  new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the load's process ended with ${code}`));
    child.once("exit", onExit);
    child.on("message", (message: ToLab) => {
      if (message.kind !== kind) return;
      child.off("exit", onExit);
      resolve(message);
    });
  });
