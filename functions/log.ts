// One line of JSON a message, on the standard output that Lambda keeps. What is to be counted or found again is a field.
import type { MiddlewareObj } from "@middy/core";
import { logLevel } from "./environment.ts";

type Level = "DEBUG" | "INFO" | "WARN" | "ERROR";
const levels: readonly Level[] = ["DEBUG", "INFO", "WARN", "ERROR"];

export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}
/** An Error under `error` is written with its name, its message and its stack. */
type Fields = Readonly<Record<string, unknown>>;

/** The invocation that is under way: Lambda runs one at a time in a process. */
let requestId = "none";

/** Every line from now on names the invocation. */
export const namesRequest = (): MiddlewareObj => ({
  before: ({ context }) => {
    requestId = context.awsRequestId;
  },
});

const writeAt =
  (level: Level) =>
  (message: string, fields: Fields = {}): void => {
    if (levels.indexOf(level) < levels.indexOf(leastLevel)) return;
    const line = { level, message, timestamp: new Date().toISOString(), requestId, ...fields };
    process.stdout.write(`${JSON.stringify(line, readableErrors)}\n`);
  };

const leastLevel: Level = levels.find((level) => level === logLevel()) ?? "INFO";

const readableErrors = (_key: string, value: unknown): unknown =>
  value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value;

export const log: Log = {
  debug: writeAt("DEBUG"),
  info: writeAt("INFO"),
  warn: writeAt("WARN"),
  error: writeAt("ERROR"),
};
