// Where the functions find the policies: beside the handler, or in the table when there are too many of them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { openPolicies } from "../../functions/policies.ts";
import {
  deployedAttended,
  deployedFleets,
  type Embedded,
  openMemory,
  putDeployed,
  type Table,
} from "../../shared/aws/index.ts";
import type { Versioned } from "../../shared/control/index.ts";
import { policyVersion } from "../../shared/policy/index.ts";
import { freshTable } from "../support/awsFleet.ts";
import { givenForecastRule, givenPeak, givenPolicy } from "../support/given.ts";

let embedded: Embedded;
let table: Table;
let folder: string;
beforeAll(async () => {
  embedded = await openMemory();
});
afterAll(() => embedded.close());
beforeEach(() => {
  table = freshTable(embedded);
  folder = mkdtempSync(join(tmpdir(), "tidegate-policies-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const versioned = (fleet: string, max = 100): Versioned => {
  const policy = givenPolicy({ fleet, bounds: { min: 1, max } });
  return { policy, policyVersion: policyVersion(policy) };
};
const built = (content: unknown) => {
  writeFileSync(join(folder, "policies.json"), JSON.stringify(content));
  return openPolicies(folder, table);
};

test.each(["in the bundle", "in the table"])("are found %s", async (where) => {
  const deployed = [versioned("shop"), versioned("blog")];
  await putDeployed(table, deployed);
  const policies = built(where === "in the table" ? { kind: "in-table", version: "1" } : deployed);
  expect([...(await policies.fleets())].sort()).toEqual(["blog", "shop"]);
  expect(await policies.policyOf("shop")).toEqual(deployed[0]);
  await expect(policies.policyOf("gone")).rejects.toThrow("no policy was deployed for fleet gone");
});

test("in the table are those of the last deploy alone, more than a batch takes", async () => {
  const many = Array.from({ length: 60 }, (_, index) => versioned(`fleet-${index}`));
  await putDeployed(table, [...many, versioned("gone")]);
  await putDeployed(table, [...many.slice(1), versioned("fleet-0", 7)]);
  expect(await deployedFleets(table)).toHaveLength(60);
  const policies = built({ kind: "in-table", version: "2" });
  expect((await policies.policyOf("fleet-0")).policy.bounds.max).toBe(7);
  await expect(policies.policyOf("gone")).rejects.toThrow("no policy was deployed for fleet gone");
});

test("in the table are none before the first deploy has ended", async () => {
  expect(await built({ kind: "in-table", version: "1" }).fleets()).toEqual([]);
});

test("of those in the table the names of the ones that forecast, or have peaks, are kept apart", async () => {
  const [shop, blog] = [versioned("shop"), versioned("blog")];
  const forecasting = { ...blog.policy, rules: [givenForecastRule({ mode: "shadow" })] };
  await putDeployed(table, [shop, { ...blog, policy: forecasting }]);
  expect(await deployedAttended(table)).toEqual(["blog"]);
  await putDeployed(table, [{ ...shop, policy: { ...shop.policy, peaks: [givenPeak()] } }, blog]);
  expect(await deployedAttended(table)).toEqual(["shop"]);
  await putDeployed(table, [shop, blog]);
  expect(await deployedAttended(table)).toEqual([]);
});
