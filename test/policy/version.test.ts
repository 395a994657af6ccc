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

test("a renewal that says nothing of balance has the version that it always had", () => {
  const versionWith = (renew: string) => policyVersion(policyWith({ renew }));
  expect(versionWith("{}")).toBe("sha256:13c01942fc625cb2feed2878f1de4e2b135356e4d7448c7c06c473c4b4c29537");
  expect(versionWith("{ balance: true }")).toBe(versionWith("{}"));
  expect(versionWith("{ balance: false }")).not.toBe(versionWith("{}"));
});

test("a peak that fetches nothing has the version that it always had", () => {
  const versionWith = (rest: string) =>
    policyVersion(policyWith({ peaks: `[{ name: a, at: 2027-03-20T09:00Z, hold: 1h, expect: 5x${rest} }]` }));
  expect(versionWith("")).toBe("sha256:d1d0868c28af1cb0a67d10be08eb1ef0d2eb497489852a11343a8be7a5fbfd6c");
  expect(versionWith(", prefetch: { urls: ['https://a.example.com'] }")).not.toBe(versionWith(""));
});

test("a warm-up that says no more than could always be said has the version that it always had", () => {
  const versionWith = (rest: string) =>
    policyVersion(policyWith({ warm: `{ http: { paths: [/], until: { p95: 300 ms }${rest} } }` }));
  expect(versionWith("")).toBe("sha256:9cb45dd264b12349be10186fed52bf4179c062af5d56ea4f6ae4d3d6256f3d0b");
  expect(versionWith(", by: function")).toBe(versionWith(""));
  for (const rest of ["by: ssm", "concurrency: 5", "method: HEAD", "headers: { a: b }", "cacheHeader: age"])
    expect(versionWith(`, ${rest}`)).not.toBe(versionWith(""));
});

test("so has one that says more, as long as our function warms", () => {
  const warm = "{ http: { sitemap: /sitemap.xml, until: { p95: 1s } } }";
  expect(policyVersion(policyWith({ warm }))).toBe(
    "sha256:1d38fa187f46b125335e56d9dba667d7317c76f503652c01abadb0f1fd954db1",
  );
});
