// What a stopped run had finished, for the next one: a line a task, written as it ends. Only the code that began a file goes on with it.
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { error, ok, type Result } from "../../shared/core/index.ts";
import type { Extent } from "./tracks.ts";
import type { Entry, Task } from "./types.ts";

export interface Kept {
  entryOf(task: Task): Entry | undefined;
  keep(task: Task, entry: Entry): void;
}

interface Line {
  readonly task: string;
  /** Of the structured clone: figures come back bit by bit, and so do typed arrays. */
  readonly entry: string;
}

export const keptNowhere: Kept = { entryOf: () => undefined, keep: () => {} };

/** The entries in the file, which is begun where there is none; an error where other code began it. */
export function keptIn(file: string, extent: Extent, code: string = codeNow()): Result<Kept, string> {
  if (existsSync(file) && !statSync(file).isFile()) return error(`${file} is no file: name one`);
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ code }));
  const [head, ...lines] = readFileSync(file, "utf8").split("\n").flatMap(parsed);
  if ((head as { code?: unknown } | undefined)?.code !== code)
    return error(
      `${file} was not begun by this code: its results would be mixed with others. Name a new file, or delete it`,
    );
  const entries = new Map((lines as Line[]).map(({ task, entry }) => [task, entry]));
  const nameOf = (task: Task): string => JSON.stringify({ ...task, extent });
  return ok({
    entryOf: (task) => entryIn(entries.get(nameOf(task))),
    keep: (task, entry) =>
      appendFileSync(file, `\n${JSON.stringify({ task: nameOf(task), entry: serialize(entry).toString("base64") })}`),
  });
}

const entryIn = (text: string | undefined): Entry | undefined =>
  text === undefined ? undefined : deserialize(Buffer.from(text, "base64"));

/** A line that a stop cut short is none; the next one begins with its own line break. */
function parsed(line: string): readonly unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** Of every source that a run is made of. */
function codeNow(): string {
  const root = join(import.meta.dirname, "../..");
  const hash = createHash("sha256");
  for (const folder of ["shared", "bench/peers"])
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).sort())
      if (name.endsWith(".ts")) hash.update(name).update(readFileSync(join(root, folder, name)));
  return hash.digest("hex");
}
