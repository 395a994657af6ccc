// `loadBalancer: { haproxy: … }` in place of a target group: how it is spelt, and every mistake.
import { expect, test } from "@jest/globals";
import { clashesOf, formatIssue, policyVersion } from "../../shared/policy/index.ts";
import { issuesWith, policyOf, policyWith, textWith } from "./sample.ts";

const behind = (haproxy: string) => ({ targetGroup: null, loadBalancer: `{ haproxy: ${haproxy} }` });
const written = "{ address: 10.0.3.7:9999, backend: site, port: 8080 }";

test("says where HAProxy is told, which backend and slots are the fleet's, and on which port instances answer", () => {
  const only = { host: "10.0.3.7", port: 9999 };
  const backend = { kind: "haproxy", nodes: [only], backend: "site", slotPrefix: "s", port: 8080 };
  expect(policyWith(behind(written)).targetGroup).toEqual(backend);
  const several = "{ address: [10.0.3.7:9999, 10.0.4.7:9998], backend: site, slots: web-, port: 80 }";
  expect(policyWith(behind(several)).targetGroup).toEqual({
    ...backend,
    nodes: [only, { host: "10.0.4.7", port: 9998 }],
    slotPrefix: "web-",
    port: 80,
  });
});

test("a policy with a target group has the version that it always had; one without has its own", () => {
  expect(policyVersion(policyWith({}))).toBe("sha256:37afd2ed16c2dded83d623d1abdea3a634da2ee2e3fa7b85a11649c795761a5e");
  expect(policyVersion(policyWith(behind(written)))).not.toBe(policyVersion(policyWith({})));
});

test.each([
  ["none", { targetGroup: null }, ["p.yml:1:1 . expected one of targetGroup or loadBalancer"]],
  [
    "both",
    { loadBalancer: `{ haproxy: ${written} }` },
    ["p.yml:6:1 loadBalancer expected one of targetGroup or loadBalancer, but `targetGroup` is already given"],
  ],
  [
    "a name for an address",
    behind("{ address: haproxy.local:9999, backend: site, port: 80 }"),
    [
      'p.yml:5:37 loadBalancer.haproxy.address expected an IPv4 address and port of HAProxy\'s runtime API, such as 10.0.3.7:9999, found "haproxy.local:9999"',
    ],
  ],
  [
    "a port beyond all",
    behind("{ address: 10.0.3.7:70000, backend: site, port: 80 }"),
    [
      'p.yml:5:37 loadBalancer.haproxy.address expected an IPv4 address and port of HAProxy\'s runtime API, such as 10.0.3.7:9999, found "10.0.3.7:70000"',
    ],
  ],
  [
    "the same HAProxy twice",
    behind("{ address: [10.0.3.7:9999, 10.0.3.7:9999], backend: site, port: 80 }"),
    ['p.yml:5:53 loadBalancer.haproxy.address[1] "10.0.3.7:9999" is already on line 5'],
  ],
  [
    "a backend that would be a command",
    behind('{ address: 10.0.3.7:9999, backend: "site; shutdown", port: 80 }'),
    [
      'p.yml:5:61 loadBalancer.haproxy.backend expected a name of at most 60 letters, digits, _ . : and -, found "site; shutdown"',
    ],
  ],
  [
    "a bound on latencies, of which HAProxy tells none",
    { ...behind(written), rules: "[{ forecast: { metric: requests, within: 400 ms } }]" },
    ["p.yml:6:9 rules[0] HAProxy tells no latencies: `within` needs a target group"],
  ],
  [
    "what HAProxy does not tell",
    { ...behind(written), rules: "[{ step: { metric: latency-p95, above: [{ over: 300 ms, add: 1 }] } }]" },
    [
      "p.yml:6:9 rules[0] HAProxy tells no latency-p95: expected requests, requests-per-target or cpu, or a metric of your own",
    ],
  ],
])("%s is a mistake with its place", (_, change, issues) => {
  expect(issuesWith(change)).toEqual(issues);
});

test("two fleets of one backend are a mistake, of two HAProxys they are not", () => {
  const file = (name: string, haproxy: string) => {
    const text = textWith({ ...behind(haproxy), fleet: name });
    return { file: `${name}.yml`, text, policy: policyOf(text) };
  };
  const one = file("one", written);
  expect(clashesOf([one, file("two", written.replace("8080", "80"))]).map(formatIssue)).toEqual([
    "two.yml:5:15 loadBalancer expected one fleet for the backend site, found it in one.yml too",
  ]);
  expect(clashesOf([one, file("three", written.replace("10.0.3.7", "10.0.4.7"))])).toEqual([]);
});
