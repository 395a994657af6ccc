// The lock file was once written where a registry lacked other platforms' binaries: `npm ci` then refused it everywhere.
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

interface Lock {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

test("the lock file has an entry for every platform's binary", () => {
  const { packages }: Lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});
