// The World contract's tests on emulators. What is listed for one runs there all the same, and has to fail as the list says.
import { format, stripVTControlCharacters } from "node:util";
import { expect, test } from "@jest/globals";
import type { Place, Test } from "../support/contract.ts";
import { given } from "./account.ts";
import { emulatedStage } from "./emulatedStage.ts";
import { type Listed, listed } from "./listed.ts";

export const emulators = ["ministack", "moto"] as const;
export type Emulator = (typeof emulators)[number];

const placeAt: Readonly<Record<Emulator, { readonly endpoint: string; readonly reset: string }>> = {
  ministack: { endpoint: given(process.env.TIDEGATE_TEST_MINISTACK_CONTRACT), reset: "/_ministack/reset" },
  moto: { endpoint: given(process.env.TIDEGATE_TEST_MOTO), reset: "/moto-api/reset" },
};

/** Names of the tests that were run, for whoever looks for stale entries of the list. */
export const registered = new Set<string>();

export const emulated: readonly Place[] = emulators.map((name) => ({
  name,
  open: emulatedStage(placeAt[name]),
  test: testAt(name),
}));

function testAt(emulator: Emulator): Test {
  const register = (name: string, run: () => Promise<void>): void => {
    registered.add(name);
    const entry = listed(emulator, name);
    if (entry === "none") test(name, run);
    else test(`${name}: fails here, since ${entry.because}`, () => failsAs(entry, run));
  };
  const each: Test["each"] = (rows) => (name, run) => {
    const places = name.match(/%[sd]/g)?.length ?? 0;
    for (const row of rows) register(format(name, ...row.slice(0, places)), () => run(...row));
  };
  return Object.assign(register, { each });
}

async function failsAs({ shows }: Listed, run: () => Promise<void>): Promise<void> {
  const failure = await run().then(
    () => "it passes by now: take it off the list",
    (error: Error) => stripVTControlCharacters(error.message),
  );
  expect(failure).toMatch(shows);
}
