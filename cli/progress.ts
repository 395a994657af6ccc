// Progress of long work on standard error: a bar when somebody watches, once it has taken a second; plain lines otherwise.
import { Presets, SingleBar } from "cli-progress";

export interface Progress<Detail> {
  update(doneCount: number, totalCount: number, detail: Detail): void;
  stop(): void;
}

const quietMs = 1_000;

/** `lineOf` makes the plain line for a detail; "" prints none. */
export const progress = <Detail = void>(
  what: string,
  lineOf: (detail: Detail) => string = () => "",
): Progress<Detail> => (process.stderr.isTTY ? bar(what) : plainLines(lineOf));

function bar<Detail>(what: string): Progress<Detail> {
  const format = `${what} {bar} {percentage}% {value}/{total}`;
  const drawn = new SingleBar({ format, clearOnComplete: true, hideCursor: true }, Presets.shades_classic);
  const startedAt = Date.now();
  return {
    update: (doneCount, totalCount) => {
      if (drawn.isActive) drawn.update(doneCount);
      else if (Date.now() - startedAt > quietMs) drawn.start(totalCount, doneCount);
    },
    stop: () => drawn.stop(),
  };
}

const plainLines = <Detail>(lineOf: (detail: Detail) => string): Progress<Detail> => ({
  update: (_doneCount, _totalCount, detail) => {
    const line = lineOf(detail);
    if (line !== "") process.stderr.write(`${line}\n`);
  },
  stop: () => {},
});
