import { expect, test } from "@jest/globals";
import { defaultPolicy, policyVersion } from "../../shared/policy/index.ts";
import { policyWith } from "./sample.ts";

test("a default that is spelt out changes nothing; another value does", () => {
  const version = policyVersion(policyWith({}));
  expect(policyVersion(policyWith({ mode: "live", drain: "{ timeout: 120s }" }))).toBe(version);
  expect(policyVersion(policyWith({ drain: "{ timeout: 121s }" }))).not.toBe(version);
});

test("keys are sorted at every depth, lists are not", () => {
  const policy = defaultPolicy();
  const { min, max } = policy.bounds;
  expect(policyVersion({ ...policy, bounds: { max, min } })).toBe(policyVersion(policy));
  const subnets = (ids: readonly string[]) => policyVersion({ ...policy, launch: { ...policy.launch, subnets: ids } });
  expect(subnets(["subnet-1", "subnet-2"])).not.toBe(subnets(["subnet-2", "subnet-1"]));
});
