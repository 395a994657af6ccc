// What may be gzipped, unzipped as it comes in and no further than somebody wants it: gzip says in its first two bytes what it is.
import { createGunzip } from "node:zlib";
import type { Sink, Wanted } from "./exchange.ts";

export interface Unzipping {
  readonly take: Sink;
  /** Once no more comes: what is wrong with what came, or none. */
  end(): Promise<string | "none">;
}
type PlainSink = (piece: Uint8Array) => Wanted;

export function unzipping(sink: PlainSink): Unzipping {
  let head: Uint8Array = new Uint8Array();
  let way: Unzipping | "untold" = "untold";
  return {
    take: (piece) => {
      if (way !== "untold") return way.take(piece);
      head = Buffer.concat([head, piece]);
      if (head.length < 2) return "more";
      way = head[0] === 0x1f && head[1] === 0x8b ? gunzipping(sink) : { take: sink, end: async () => "none" };
      return way.take(head);
    },
    end: async () => (way === "untold" ? "none" : way.end()),
  };
}

/** Hands on 16 kB at a time, so that a megabyte that comes out of a kilobyte is never all there. */
function gunzipping(sink: PlainSink): Unzipping {
  const gunzip = createGunzip();
  let wanted: Wanted = "more";
  let trouble: string | "none" = "none";
  gunzip.on("data", (piece: Uint8Array) => {
    if (wanted === "more") wanted = sink(piece);
    if (wanted === "enough") gunzip.destroy();
  });
  gunzip.on("error", ({ message }) => {
    trouble = `cannot be unzipped: ${message}`;
    wanted = "enough";
  });
  // A write that fails never says that it has ended.
  let written = (): void => {};
  const closed = new Promise<void>((resolve) => gunzip.once("close", resolve)).then(() => written());
  return {
    // The next piece is taken off the socket once this one is unzipped.
    take: (piece) =>
      new Promise((resolve) => {
        written = () => resolve(wanted);
        if (wanted === "enough") written();
        else gunzip.write(piece, written);
      }),
    end: async () => {
      gunzip.end();
      await closed;
      return trouble;
    },
  };
}
