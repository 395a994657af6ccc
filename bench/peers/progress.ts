// How far it has come, on standard error: a bar where somebody watches, a line for each part done otherwise.
import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  update(doneRatio: number, what: string): void;
  stop(): void;
}

export const progress = (): Progress => (process.stderr.isTTY ? bar() : lines());

function bar(): Progress {
  const drawn = new SingleBar(
    { format: "{bar} {percentage}%  {what}", clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  drawn.start(100, 0, { what: "" });
  return { update: (doneRatio, what) => drawn.update(Math.round(100 * doneRatio), { what }), stop: () => drawn.stop() };
}

const lines = (): Progress => ({
  update: (doneRatio, what) => void process.stderr.write(`${(100 * doneRatio).toFixed(0).padStart(3)} %  ${what}\n`),
  stop: () => {},
});
