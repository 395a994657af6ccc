// What doctor says of one fleet, from facts.
import { describe, expect, test } from "@jest/globals";
import { checkInstanceTypes } from "../../../shared/aws/doctor/checks/instanceTypes.ts";
import { checkKeys } from "../../../shared/aws/doctor/checks/keys.ts";
import { checkSubnets } from "../../../shared/aws/doctor/checks/subnets.ts";
import { checkTargetGroup } from "../../../shared/aws/doctor/checks/targetGroup.ts";
import { checkTemplate } from "../../../shared/aws/doctor/checks/template.ts";
import type { Key } from "../../../shared/aws/doctor/facts.ts";
import type { Reading } from "../../../shared/aws/doctor/reading.ts";
import { error, minuteMs, ok, secondMs } from "../../../shared/core/index.ts";
import type { Policy } from "../../../shared/policy/index.ts";
import {
  type Change,
  denied,
  examined,
  fine,
  fleetRole,
  launchOf,
  missing,
  spotRole,
  spotShare,
  subnet,
  subnetsOf,
  targetGroup,
  template,
  troubles,
  typesOf,
} from "./givenFacts.ts";

type Table = readonly (readonly [name: string, change: Change, troubles: readonly string[]])[];
const cpuRule: Policy["rules"] = [{ kind: "target-utilization", name: "busy", metric: "cpu", targetRatio: 0.6 }];

describe("target group", () => {
  const table: Table = [
    ["nothing in the way", {}, []],
    [
      "not there",
      { facts: { targetGroup: missing("TargetGroupNotFound") } },
      ["problem: target group shop-web is not in this account and region"],
    ],
    [
      "not to be read",
      { facts: { targetGroup: denied("elasticloadbalancing:DescribeTargetGroups") } },
      ["warning: target group shop-web could not be checked: needs elasticloadbalancing:DescribeTargetGroups"],
    ],
    [
      "of another target type",
      { facts: targetGroup({ targetType: "ip" }) },
      ["problem: target group shop-web is of target type ip"],
    ],
    [
      "without listener",
      { facts: targetGroup({ forwardingRuleCount: ok(0), loadBalancers: ok([]) }) },
      ["problem: no listener forwards to shop-web"],
    ],
    [
      "in zones that its load balancer does not reach",
      { facts: subnetsOf(subnet("a"), subnet("c"), subnet("d")) },
      ["problem: load balancer web does not reach eu-west-1c and eu-west-1d, where instances launch"],
    ],
    [
      "claimed by another stage",
      { facts: targetGroup({ owner: ok({ kind: "one", name: "live/shop" }) }) },
      ["problem: shop-web is claimed by live/shop"],
    ],
    ["claimed by us", { facts: targetGroup({ owner: ok({ kind: "one", name: "prod/shop" }) }) }, []],
    [
      "draining longer than the policy",
      { facts: targetGroup({ deregistrationDelayMs: ok(121 * secondMs) }) },
      ["warning: deregistration delay 121 s is longer than `drain.timeout` 120 s: each drain takes 121 s"],
    ],
    ["draining as long as the policy", { facts: targetGroup({ deregistrationDelayMs: ok(120 * secondMs) }) }, []],
    [
      "slow to call an instance healthy",
      { facts: targetGroup({ healthCheck: { intervalMs: 30 * secondMs, healthyCount: 5 } }) },
      ["warning: health checks add 150 s to a boot (5 × 30 s)"],
    ],
    [
      "a minute to call an instance healthy",
      { facts: targetGroup({ healthCheck: { intervalMs: 30 * secondMs, healthyCount: 2 } }) },
      [],
    ],
    [
      "slower to call an instance healthy than it may take at all",
      {
        facts: targetGroup({ healthCheck: { intervalMs: 10 * secondMs, healthyCount: 3 } }),
        policy: launchOf({ leadTimeMs: minuteMs / 2 }),
      },
      ["warning: health checks add 30 s to a boot (3 × 10 s), no less than the assumed `launch.leadTime` 30 s"],
    ],
    [
      "more targets than its quotas allow",
      { policy: { bounds: { min: 1, max: 1_001 } } },
      [
        'warning: quota "Targets per Target Group per Region" (L-A0D0B863) is 1000 targets; needed: `bounds.max` 1001',
        'warning: quota "Targets per Application Load Balancer" (L-7E6692B2) is 1000 targets; needed: `bounds.max` 1001',
      ],
    ],
    [
      "a quota not to be read",
      {
        account: {
          quotas: new Map<string, Reading<number>>([
            ["L-A0D0B863", denied("servicequotas:GetServiceQuota")],
            ["L-7E6692B2", ok(1)],
          ]),
        },
        policy: { bounds: { min: 1, max: 1 } },
      },
      [
        'warning: quota "Targets per Target Group per Region" (L-A0D0B863) could not be checked: needs servicequotas:GetServiceQuota',
      ],
    ],
  ];
  test.each(table)("%s", (_, change, expected) => {
    expect(troubles(checkTargetGroup(examined(change)))).toEqual(expected);
  });

  test("what is fine is told with its numbers", () => {
    expect(fine(checkTargetGroup(examined()))).toEqual([
      "target group shop-web takes instances",
      "1 listener rule to shop-web",
      "shop-web is claimed by nobody else",
      "deregistration delay 60 s, within `drain.timeout` 120 s",
      "health checks add 30 s to a boot (3 × 10 s)",
      'quota "Targets per Target Group per Region" (L-A0D0B863) is 1000 targets; needed: `bounds.max` 100',
      'quota "Targets per Application Load Balancer" (L-7E6692B2) is 1000 targets; needed: `bounds.max` 100',
    ]);
  });

  test("the load balancer's quota is a network load balancer's none", () => {
    const network = { arn: "arn:net", name: "net", kind: "other", zones: ["eu-west-1a", "eu-west-1b"] } as const;
    const findings = checkTargetGroup(examined({ facts: targetGroup({ loadBalancers: ok([network]) }) }));
    expect(fine(findings).filter((line) => line.startsWith("quota"))).toHaveLength(1);
  });
});

describe("launch template", () => {
  const image = (change: object) =>
    template({
      image: {
        kind: "one",
        name: "ami-1",
        read: ok({ state: "available", architecture: "arm64", encryptedSnapshots: [], ...change }),
      },
    });
  const profile = (...roles: readonly string[]) => template({ profile: { kind: "one", name: "p", read: ok(roles) } });
  const withRole = (role: string): Partial<Policy> => ({
    launch: { ...launchOf({}).launch, role } as Policy["launch"],
  });
  const table: Table = [
    ["nothing in the way", {}, []],
    [
      "not there",
      { facts: { template: missing("InvalidLaunchTemplateName.NotFoundException") } },
      ["problem: launch template shop is not in this account and region"],
    ],
    [
      "without the version",
      { facts: { template: missing("InvalidLaunchTemplateId.VersionNotFound") } },
      ["problem: launch template shop has no version $Default"],
    ],
    [
      "not to be read",
      { facts: { template: denied("ec2:DescribeLaunchTemplateVersions") } },
      ["warning: launch template shop could not be checked: needs ec2:DescribeLaunchTemplateVersions"],
    ],
    ["without an image", { facts: template({ image: { kind: "none" } }) }, ["problem: shop version 3 names no image"]],
    ["an image that EC2 looks up", { facts: template({ image: { kind: "alias", name: "resolve:ssm:/ami" } }) }, []],
    [
      "an image that is not there",
      { facts: template({ image: { kind: "one", name: "ami-1", read: missing("InvalidAMIID.NotFound") } }) },
      ["problem: image ami-1 is not there, or not shared with this account"],
    ],
    [
      "an image in the making",
      { facts: image({ state: "pending" }) },
      ["problem: image ami-1 is pending, not available"],
    ],
    [
      "an image of another architecture",
      {
        facts: {
          ...image({ architecture: "x86_64" }),
          ...typesOf(["m7g.large", 2, "arm64"], ["m5.large", 2, "x86_64"]),
        },
      },
      ["problem: image ami-1 is x86_64, which m7g.large cannot run"],
    ],
    [
      "CPU by five minutes, read by a rule",
      { facts: template({ monitoring: "basic" }), policy: { rules: cpuRule } },
      ["warning: CPU is measured every five minutes only, and read by busy"],
    ],
    ["CPU by five minutes, read by none", { facts: template({ monitoring: "basic" }) }, []],
    ["CPU by the minute", { policy: { rules: cpuRule } }, []],
    ["the role that the policy names", { facts: profile("web"), policy: withRole("web") }, []],
    [
      "the role that the policy names by ARN",
      { facts: profile("web"), policy: withRole("arn:aws:iam::1:role/x/web") },
      [],
    ],
    [
      "a role that the policy does not name",
      { facts: profile("web"), policy: withRole("") },
      ["problem: instances get the role web, but the policy names none"],
    ],
    [
      "another role than the policy names",
      { facts: profile("web"), policy: withRole("api") },
      ["problem: instances get the role web, but the policy names api"],
    ],
    [
      "a role named for nothing",
      { policy: withRole("web") },
      ["warning: no instance gets the role web: the template has no profile"],
    ],
    ["a profile without role", { facts: profile() }, ["problem: instance profile p holds no role"]],
    [
      "a profile that is not there",
      { facts: template({ profile: { kind: "one", name: "p", read: missing("NoSuchEntity") } }) },
      ["problem: instance profile p is not there"],
    ],
  ];
  test.each(table)("%s", (_, change, expected) => {
    expect(troubles(checkTemplate(examined(change)))).toEqual(expected);
  });
});

describe("instance types", () => {
  const offeredIn = (...pairs: readonly (readonly [type: string, zone: string])[]) => {
    const { instanceTypes } = typesOf(["m7g.large", 2, "arm64"], ["m6g.large", 2, "arm64"]);
    return { instanceTypes: { ...instanceTypes, offers: ok(pairs.map(([type, zone]) => ({ type, zone }))) } };
  };
  const { instanceTypes } = typesOf();
  const table: Table = [
    ["nothing in the way", {}, []],
    [
      "unknown in the region",
      {
        facts: {
          instanceTypes: { ...typesOf(["m7g.large", 2, "arm64"]).instanceTypes, names: ["m7g.large", "m9.huge"] },
        },
      },
      ["problem: no m9.huge in this region"],
    ],
    [
      "named by nobody",
      { facts: { instanceTypes, ...template({ instanceType: { kind: "none" } }) } },
      ["problem: neither the policy nor the template names an instance type"],
    ],
    [
      "asked for by attributes",
      { facts: { instanceTypes, ...template({ instanceType: { kind: "by-requirements" } }) } },
      ["warning: the template asks for attributes: vCPU quotas cannot be checked"],
    ],
    [
      "not in one of the zones",
      { facts: offeredIn(["m7g.large", "eu-west-1a"], ["m6g.large", "eu-west-1a"], ["m6g.large", "eu-west-1b"]) },
      ["warning: m7g.large is not offered in eu-west-1b"],
    ],
    [
      "a zone without any",
      { facts: offeredIn(["m7g.large", "eu-west-1a"], ["m6g.large", "eu-west-1a"]) },
      ["warning: no m7g.large or m6g.large in eu-west-1b"],
    ],
    ["no zone with any", { facts: offeredIn() }, ["problem: no m7g.large or m6g.large in eu-west-1a and eu-west-1b"]],
    [
      "not to be read",
      {
        facts: { instanceTypes: { ...offeredIn().instanceTypes, offers: denied("ec2:DescribeInstanceTypeOfferings") } },
      },
      ["warning: where they are offered could not be checked: needs ec2:DescribeInstanceTypeOfferings"],
    ],
  ];
  test.each(table)("%s", (_, change, expected) => {
    expect(troubles(checkInstanceTypes(examined(change)))).toEqual(expected);
  });
});

describe("subnets", () => {
  const running = (count: number, owner: string) =>
    ok(
      Array.from({ length: count }, () => ({
        type: "m7g.large",
        vcpuCount: 2,
        purchase: "on-demand" as const,
        owner,
        subnet: "subnet-a",
      })),
    );
  const table: Table = [
    ["nothing in the way", {}, []],
    [
      "one that is not there",
      { facts: { subnets: { namedBy: "policy", ids: ["subnet-a", "subnet-x"], found: ok([subnet("a")]) } } },
      ["problem: no subnet-x in this account and region"],
    ],
    [
      "named by nobody",
      { facts: { subnets: { namedBy: "nobody", ids: [], found: ok([]) } } },
      ["warning: neither `launch.subnets` nor the template names a subnet: EC2 takes the default VPC"],
    ],
    [
      "in another VPC than the target group",
      { facts: subnetsOf(subnet("a"), subnet("b", 200, "vpc-2")) },
      ["problem: subnet-b (vpc-2) not in the VPC of shop-web, vpc-1"],
    ],
    [
      "without room for max",
      { facts: subnetsOf(subnet("a", 50), subnet("b", 49)) },
      ["problem: addresses for 99 instances only, of 100 in `bounds.max`"],
    ],
    [
      "with just enough room, the fleet's own instances counted",
      { facts: subnetsOf(subnet("a", 49), subnet("b", 50)), account: { running: running(1, "prod/shop") } },
      [],
    ],
    [
      "with too little room once another fleet's instances are not counted",
      { facts: subnetsOf(subnet("a", 49), subnet("b", 50)), account: { running: running(1, "prod/other") } },
      ["problem: addresses for 99 instances only, of 100 in `bounds.max`"],
    ],
    [
      "one too small for its share",
      { facts: subnetsOf(subnet("a", 200), subnet("b", 49)) },
      ["warning: too few addresses for an even share of 50 in subnet-b (49)"],
    ],
    [
      "one too small for its share of an odd number",
      { facts: subnetsOf(subnet("a", 50), subnet("b", 60)), policy: { bounds: { min: 1, max: 101 } } },
      ["warning: too few addresses for an even share of 51 in subnet-a (50)"],
    ],
    [
      "not to be read",
      { facts: { subnets: { namedBy: "policy", ids: ["subnet-a"], found: denied("ec2:DescribeSubnets") } } },
      ["warning: subnets subnet-a could not be checked: needs ec2:DescribeSubnets"],
    ],
  ];
  test.each(table)("%s", (_, change, expected) => {
    expect(troubles(checkSubnets(examined(change)))).toEqual(expected);
  });

  test.each([
    ["policy", "correct `launch.subnets`"],
    ["template", "make a template version with a subnet that is"],
  ] as const)("one that is not there is to be mended in the %s that names it", (namedBy, toDo) => {
    const subnets = { namedBy, ids: ["subnet-x"], found: ok([]) };
    expect(checkSubnets(examined({ facts: { subnets } }))).toMatchObject([{ toDo }]);
  });
});

describe("volume keys", () => {
  const key = (change: Partial<Key>) =>
    template({
      keys: ok([
        { id: "k-1", read: ok({ manager: "customer", state: "Enabled", grantees: ok([fleetRole]), ...change }) },
      ]),
    });
  const lacks = (roles: string): string =>
    `warning: key k-1 has no grant for ${roles}: launches fail unless its key policy lets them`;
  const table: Table = [
    ["none", {}, []],
    ["a customer's, granted", { facts: key({}) }, []],
    ["a customer's, not granted", { facts: key({ grantees: ok([]) }) }, [lacks("AWSServiceRoleForEC2Fleet")]],
    [
      "a customer's, not granted to the spot market's role",
      { facts: key({}), policy: spotShare(0, 0.5) },
      [lacks("AWSServiceRoleForEC2Spot")],
    ],
    [
      "a customer's, granted to both roles",
      { facts: key({ grantees: ok([spotRole, fleetRole]) }), policy: spotShare(0, 0.5) },
      [],
    ],
    [
      "a customer's, and no role to grant it to",
      {
        facts: key({}),
        account: { serviceRoles: { fleet: missing("NoSuchEntity"), spot: missing("NoSuchEntity") } },
      },
      ["warning: grants of key k-1 could not be checked: no service role of EC2's is known"],
    ],
    ["AWS's own", { facts: key({ manager: "aws", grantees: ok([]) }) }, []],
    ["disabled", { facts: key({ state: "Disabled" }) }, ["problem: key k-1 is Disabled: no volume can be made"]],
    [
      "grants not to be read",
      { facts: key({ grantees: denied("kms:ListGrants") }) },
      ["warning: grants of key k-1 could not be checked: needs kms:ListGrants"],
    ],
    [
      "not there",
      { facts: template({ keys: ok([{ id: "k-1", read: missing("NotFoundException") }]) }) },
      ["problem: key k-1 is not there"],
    ],
    [
      "not to be known",
      { facts: template({ keys: error({ kind: "failed", because: "InternalError: sorry" }) }) },
      ["warning: which keys encrypt the volumes could not be checked: InternalError: sorry"],
    ],
  ];
  test.each(table)("%s", (_, change, expected) => {
    expect(troubles(checkKeys(examined(change)))).toEqual(expected);
  });

  test("the commands that grant a key name each role and what it does", () => {
    const findings = checkKeys(examined({ facts: key({ grantees: ok([]) }), policy: spotShare(0, 0.5) }));
    const command = (role: string): string =>
      `aws kms create-grant --key-id k-1 --grantee-principal ${role} --operations ` +
      "Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext CreateGrant DescribeKey ReEncryptFrom ReEncryptTo";
    expect(findings).toMatchObject([{ toDo: `${command(fleetRole)} && ${command(spotRole)}` }]);
  });
});
