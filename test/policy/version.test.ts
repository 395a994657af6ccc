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

test("renewal and surge count when they are said", () => {
  const version = policyVersion(policyWith({}));
  expect(policyVersion(policyWith({ limits: "{ surge: 10% }" }))).toBe(version);
  expect(policyVersion(policyWith({ limits: "{ surge: 20% }" }))).not.toBe(version);
  expect(policyVersion(policyWith({ renew: "{}" }))).not.toBe(version);
});

test("a warm-up that says no more than could always be said has the version that it always had", () => {
  const versionWith = (rest: string) =>
    policyVersion(policyWith({ warm: `{ http: { paths: [/], until: { p95: 300 ms }${rest} } }` }));
  expect(versionWith("")).toBe("sha256:9cb45dd264b12349be10186fed52bf4179c062af5d56ea4f6ae4d3d6256f3d0b");
  for (const rest of ["concurrency: 5", "method: HEAD", "headers: { a: b }", "cacheHeader: age"])
    expect(versionWith(`, ${rest}`)).not.toBe(versionWith(""));
});
