// HAProxy's runtime API: a line of commands in at its socket, their answers out, and it hangs up.
// https://docs.haproxy.org/2.6/management.html#9.3
import { createConnection } from "node:net";
import { type DurationMs, error, ok, type Result } from "../core/index.ts";

/** One line of commands, by semicolons; all that they answered. Error: why there was no answer. */
export type Runtime = (commands: string) => Promise<Result<string, string>>;

/** Where the runtime listens: a path (`stats socket /run/haproxy.sock level admin`), or an address of its own network. */
export type RuntimeAddress =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** A socket that says nothing for so long is as good as dead; a look has seconds, not minutes. */
const silenceMaxMs: DurationMs = 2_000;
/** A thousand servers' rows are some 500 kB. */
const answerMaxBytes = 8_000_000;

export const openRuntime =
  (address: RuntimeAddress): Runtime =>
  (commands) =>
    new Promise((resolve) => {
      const socket = createConnection(address.kind === "path" ? { path: address.path } : address);
      const chunks: Buffer[] = [];
      let byteCount = 0;
      const end = (result: Result<string, string>): void => {
        socket.destroy();
        resolve(result);
      };
      socket.setTimeout(silenceMaxMs, () => end(error(`HAProxy's socket was silent for ${silenceMaxMs} ms`)));
      socket.once("error", (failure) => end(error(`HAProxy's socket: ${failure.message}`)));
      socket.once("connect", () => socket.write(`${commands}\n`));
      socket.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        byteCount += chunk.length;
        if (byteCount > answerMaxBytes) end(error(`HAProxy answered more than ${answerMaxBytes} bytes`));
      });
      socket.once("end", () => end(ok(Buffer.concat(chunks).toString("utf8"))));
    });
