// Where the World contract is run: on the two faces of the imagined cloud and in the lab, or, when `npm run test:aws` says where they are, on
// emulators of AWS. What one of those gets wrong is listed, and has to go on failing there.
import { afterAll, beforeAll, test } from "@jest/globals";
import type { RunningProxy } from "../../bench/lab/proxy.ts";
import { type Embedded, openMemory } from "../../shared/aws/index.ts";
import { freshTable } from "./awsFleet.ts";
import { openLab, startLabProxy } from "./labStage.ts";
import { type Open, openAws, simStage } from "./worlds.ts";

/** Jest's own, as far as the contract uses it. */
export interface Test {
  (name: string, run: () => Promise<void>): void;
  each<Row extends readonly [unknown, ...unknown[]]>(
    rows: readonly Row[],
  ): (name: string, run: (...row: [...Row]) => Promise<void>) => void;
}
export interface Place {
  readonly name: string;
  readonly open: Open;
  readonly test: Test;
}

const isEmulated = process.env.TIDEGATE_TEST_MINISTACK !== undefined;

export const places: readonly Place[] = isEmulated ? (await import("../emulated/places.ts")).emulated : imagined();

/** Those that look at a cloud, whose reads may lag. The lab asks HAProxy itself. */
export const clouded: readonly Place[] = places.filter(({ name }) => name !== "lab");
/** Those where Tidegate's calls can be refused. */
export const wired: readonly Place[] = clouded.filter(({ name }) => name !== "sim");

function imagined(): readonly Place[] {
  let embedded: Embedded;
  let proxy: RunningProxy;
  beforeAll(async () => {
    embedded = await openMemory();
    proxy = await startLabProxy();
  });
  afterAll(async () => {
    await embedded.close();
    await proxy.stop();
  });
  const plain = test as unknown as Test;
  return [
    { name: "sim", open: simStage, test: plain },
    { name: "aws", open: openAws(() => freshTable(embedded)), test: plain },
    { name: "lab", open: openLab(() => proxy), test: plain },
  ];
}
