// A module loader's hook: takes the types out of a source with the compiler that the tests use too. It renames nothing and
// wraps nothing, so that what runs is as fast as what Node would run itself.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transformSync } from "@swc/core";

const options = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  module: { type: "es6" },
  sourceMaps: "inline",
  swcrc: false,
  configFile: false,
};

export async function load(url, context, nextLoad) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = transformSync(readFileSync(filename, "utf8"), { ...options, filename });
  return { format: "module", source: code, shortCircuit: true };
}
