// What the guide tells users to write is what the lab is measured with.
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { configOf } from "../../shared/haproxy/index.ts";

const own = configOf({
  socketPath: "/run/haproxy.sock",
  runtimePort: "none",
  bind: { host: "127.0.0.1", port: 80 },
  backend: "site",
  slotCount: 124,
  inFlightMax: 64,
  check: { path: "/healthz", everyMs: 5_000 },
});
const guide = readFileSync(new URL("../../docs/haproxy.md", import.meta.url), "utf8");
const told = /```\n(global\n[\s\S]*?)```/.exec(guide)?.[1] ?? "";

/** A reload's state, and where the runtime listens, are the user's own. */
const isOwn = (line: string): boolean => !/^(global|stats socket|server-state-file|load-server-state)/.test(line);

test("every line of the guide's configuration stands in configOf's", () => {
  const lines = told.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  expect(lines.length).toBeGreaterThan(12);
  const ours = own.split("\n").map((line) => line.trim().replace("inter 5000ms", "inter 5s"));
  expect(lines.filter((line) => isOwn(line) && !ours.includes(line))).toEqual([]);
});
