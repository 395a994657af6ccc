// An account in which nothing stands in the way, for tests to change what matters.
import type { Examined } from "../../../shared/aws/doctor/checks/examined.ts";
import type {
  AccountFacts,
  FleetFacts,
  LambdaFunction,
  QueuePair,
  TargetGroup,
  Template,
} from "../../../shared/aws/doctor/facts.ts";
import type { Finding } from "../../../shared/aws/doctor/finding.ts";
import { ownAlarms, warmingAlarm } from "../../../shared/aws/doctor/own.ts";
import type { Reading, Unread } from "../../../shared/aws/doctor/reading.ts";
import { error, hourMs, ok, secondMs } from "../../../shared/core/index.ts";
import type { HaproxyBackend, Policy } from "../../../shared/policy/index.ts";
import { givenPolicy } from "../../support/given.ts";

export const fleetRole = "arn:aws:iam::1:role/aws-service-role/ec2fleet.amazonaws.com/AWSServiceRoleForEC2Fleet";
export const spotRole = "arn:aws:iam::1:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot";
export const groupArn = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop-web/1";

export const haproxyBackend: HaproxyBackend = {
  ...{ kind: "haproxy", nodes: [{ host: "10.0.3.7", port: 9999 }], backend: "site", slotPrefix: "s", port: 8080 },
};

export const denied = (action: string): Reading<never> => error({ kind: "denied", action } satisfies Unread);
export const missing = (code: string): Reading<never> => error({ kind: "missing", code } satisfies Unread);

export const launchOf = (change: Partial<Policy["launch"]>): Pick<Policy, "launch"> => ({
  launch: { ...givenPolicy().launch, ...change },
});
export const spotShare = (onDemandBase: number, spotShareRatio: number) =>
  launchOf({ purchase: { onDemandBase, spotShareRatio } });

export const targetGroup = (change: Partial<TargetGroup> = {}): Pick<FleetFacts, "targetGroup"> => ({
  targetGroup: ok({
    arn: groupArn,
    name: "shop-web",
    targetType: "instance",
    port: 8080,
    vpc: "vpc-1",
    healthCheck: { intervalMs: 10 * secondMs, healthyCount: 3 },
    deregistrationDelayMs: ok(60 * secondMs),
    owner: ok({ kind: "nobody" }),
    loadBalancers: ok([{ arn: "arn:web", name: "web", kind: "application", zones: ["eu-west-1a", "eu-west-1b"] }]),
    forwardingRuleCount: ok(1),
    ...change,
  }),
});

export const template = (change: Partial<Template> = {}): Pick<FleetFacts, "template"> => ({
  template: ok({
    name: "shop",
    version: 3,
    image: {
      kind: "one",
      name: "ami-1",
      read: ok({ state: "available", architecture: "arm64", encryptedSnapshots: [] }),
    },
    instanceType: { kind: "one", name: "m7g.large" },
    subnets: [],
    monitoring: "detailed",
    profile: { kind: "none" },
    securityGroups: ["sg-web"],
    keys: ok([]),
    ...change,
  }),
});

export const subnet = (zone: string, freeAddressCount = 200, vpc = "vpc-1") => ({
  id: `subnet-${zone}`,
  zone: `eu-west-1${zone}`,
  vpc,
  freeAddressCount,
});
export const subnetsOf = (...subnets: readonly ReturnType<typeof subnet>[]): Pick<FleetFacts, "subnets"> => ({
  subnets: { namedBy: "policy", ids: subnets.map(({ id }) => id), found: ok(subnets) },
});

/** Offered in both zones. */
export const typesOf = (...types: readonly (readonly [name: string, vcpuCount: number, architecture: string])[]) => ({
  instanceTypes: {
    names: types.map(([name]) => name),
    found: ok(types.map(([name, vcpuCount, architecture]) => ({ name, vcpuCount, architectures: [architecture] }))),
    offers: ok(types.flatMap(([type]) => ["eu-west-1a", "eu-west-1b"].map((zone) => ({ type, zone })))),
  },
});

const facts: FleetFacts = {
  ...targetGroup(),
  ...template(),
  ...subnetsOf(subnet("a"), subnet("b")),
  ...typesOf(["m7g.large", 2, "arm64"]),
  securityGroups: ok([
    { id: "sg-web", admits: [{ fromPort: 8080, toPort: 8080, groups: ["sg-warm"], addresses: [] }] },
  ]),
  hook: { kind: "none" },
};

export const queuesOf = (ageMs: number, failedCount = 0): QueuePair => ({
  queue: ok({ ageMs, messageCount: 0 }),
  failed: ok({ ageMs, messageCount: failedCount }),
});

export const inVpc: Reading<LambdaFunction> = ok({
  vpc: { kind: "one", id: "vpc-1", securityGroups: ["sg-warm"] },
});

export const account = (change: Partial<AccountFacts> = {}): AccountFacts => ({
  running: ok([]),
  quotas: new Map([
    ["L-A0D0B863", ok(1_000)],
    ["L-7E6692B2", ok(1_000)],
    ["L-1216C47A", ok(256)],
    ["L-34B43A08", ok(256)],
  ]),
  serviceRoles: { fleet: ok(fleetRole), spot: ok(spotRole) },
  deployment: {
    table: ok({ status: "ACTIVE" }),
    recovery: ok("on"),
    looks: queuesOf(3 * hourMs),
    forecasts: queuesOf(3 * hourMs),
    warmings: queuesOf(3 * hourMs),
    wanted: new Map([
      ["warming", ok({ vpc: { kind: "none" } })],
      ["warm", inVpc],
      ["haproxy", inVpc],
    ]),
    invocations: ok([
      { name: "dispatch", count: 3 },
      { name: "forecast", count: 1 },
    ]),
    alarms: ok([...Object.keys(ownAlarms), warmingAlarm.name].map((name) => ({ name, state: "silent" }))),
  },
  ...change,
});

export interface Change {
  readonly policy?: Partial<Policy>;
  readonly facts?: Partial<FleetFacts>;
  readonly account?: Partial<AccountFacts>;
}

export const examined = (change: Change = {}): Examined => ({
  policy: givenPolicy(change.policy),
  stage: "prod",
  facts: { ...facts, ...change.facts },
  account: account(change.account),
});

/** What is not fine, as lines. */
export const troubles = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ level, found }) => (level === "ok" ? [] : [`${level}: ${found}`]));
export const fine = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap((finding) => (finding.level === "ok" ? [finding.found] : []));
