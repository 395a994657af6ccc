// A log in a folder of its own, for as long as a test file runs, and the command as ann calls it there.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { type Embedded, openEmbedded, type Table } from "../../shared/aws/index.ts";
import { assert } from "../../shared/core/index.ts";
import { givenPolicy } from "../support/given.ts";
import { fillLog } from "./givenLog.ts";
import { type Ran, tidegate } from "./run.ts";

export interface LocalLog {
  readonly home: string;
  readonly table: Table;
  readonly endpoint: string;
  local(...args: readonly string[]): Promise<Ran>;
}

/** To be called where tests are described. `command` begins each call. */
export function localLog(
  command: readonly string[] = [],
  fill: (table: Table) => Promise<unknown> = (table) => fillLog(table, { policy: givenPolicy(), perMinute: [900] }),
): LocalLog {
  const home = mkdtempSync(join(tmpdir(), "tidegate-log-"));
  let embedded: Embedded | "closed" = "closed";
  const open = (): Embedded => {
    assert(embedded !== "closed", "a log is used while tests run");
    return embedded;
  };
  beforeAll(async () => {
    const opened = await openEmbedded(join(home, ".tidegate"), { mode: "start-over" });
    assert(opened.kind === "ok", "a folder of its own can be opened");
    embedded = opened.value;
    await fill(open().table);
  });
  afterAll(async () => {
    await open().close();
    rmSync(home, { recursive: true });
  });
  return {
    home,
    get table() {
      return open().table;
    },
    get endpoint() {
      return open().endpoint;
    },
    local: (...args) => tidegate([...command, ...args, "--local"], { cwd: home, env: { USER: "ann" } }),
  };
}

/** Wrong input: nothing is answered, and why is said. */
export const refused = (stderr: RegExp): Ran => ({
  code: 1,
  stdout: "",
  stderr: expect.stringMatching(stderr) as never,
});
