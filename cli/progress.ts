// Progress of long work: a bar on standard error when somebody watches, nothing otherwise. It comes after a second.
import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  update(doneCount: number, totalCount: number): void;
  stop(): void;
}

const quietMs = 1_000;

export function progress(what: string): Progress {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar(
    { format: `${what} {bar} {percentage}% {value}/{total}`, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  const startedAt = Date.now();
  return {
    update: (doneCount, totalCount) => {
      if (bar.isActive) bar.update(doneCount);
      else if (Date.now() - startedAt > quietMs) bar.start(totalCount, doneCount);
    },
    stop: () => bar.stop(),
  };
}
