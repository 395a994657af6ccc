// The lines of a log, wherever it lies, as they come in.
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { CliError } from "../failure.ts";

export interface LogFile {
  readonly name: string;
  /** As it is stored, plain or gzipped. */
  open(): Promise<Readable>;
}
/** What was read, as it was stored. */
export interface Meter {
  bytes: number;
}

/** No entry is longer; what is, is no log. */
const lineMax = 100_000;

/** Adds to `meter` as it goes. Throws a CliError that names the file when it cannot be read to its end. */
export async function* linesOf({ name, open }: LogFile, meter: Meter): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const piece of await unzipped(await open(), meter)) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = (lines.pop() ?? "").slice(0, lineMax);
      yield* lines;
    }
  } catch (thrown) {
    throw thrown instanceof CliError ? thrown : new CliError(`${name} cannot be read: ${(thrown as Error).message}`);
  }
  yield rest;
}

/** Whatever it is called: gzip says in its first two bytes what it is. */
async function unzipped(source: Readable, meter: Meter): Promise<Readable> {
  const pieces = source[Symbol.asyncIterator]();
  const first = await pieces.next();
  const head: Buffer = first.done ? Buffer.alloc(0) : Buffer.from(first.value);
  meter.bytes += head.length;
  const whole = Readable.from(
    (async function* () {
      yield head;
      for await (const piece of { [Symbol.asyncIterator]: () => pieces }) {
        meter.bytes += piece.length;
        yield piece;
      }
    })(),
  );
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  // Who reads what comes out meets every failure there.
  return isGzip ? pipeline(whole, createGunzip(), () => {}) : whole;
}
