// The World contract, all of it, against each emulator; and the list of what they get wrong against the contract.
import "../world/act.test.ts";
import "../world/log.test.ts";
import "../world/reserve.test.ts";
import "../world/sight.test.ts";
import { expect, test } from "@jest/globals";
import { groups } from "./listed.ts";
import { registered } from "./places.ts";

test("every listed test is one of the contract's, and listed once for an emulator", () => {
  const names = groups.flatMap(({ tests }) => tests);
  expect(names.filter((name) => !registered.has(name))).toEqual([]);
  const entries = groups.flatMap(({ at, tests }) =>
    at.flatMap((emulator) => tests.map((name) => `${emulator} ${name}`)),
  );
  expect(entries.filter((entry, index) => entries.indexOf(entry) !== index)).toEqual([]);
});
