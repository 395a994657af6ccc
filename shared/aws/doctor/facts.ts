// What doctor knows of an account: plain values, so that checks are functions of them. Reads stand inside where they depend on
// another; none is missing, each says why it could not be.
import type { DurationMs } from "../../core/index.ts";
import type { Named, Reading } from "./reading.ts";

/** What a launch is made of. */
export interface LaunchFacts {
  readonly template: Reading<BareTemplate>;
  readonly subnets: Subnets;
  readonly instanceTypes: InstanceTypes;
}
export interface FleetFacts extends LaunchFacts {
  readonly targetGroup: Reading<TargetGroup>;
  readonly template: Reading<Template>;
  /** The template's; none are asked for but where our own function warms. */
  readonly securityGroups: Reading<readonly SecurityGroup[]>;
  /** The operator's own function that warms. */
  readonly hook: Named<Hook>;
}

export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly targetType: string;
  /** On which instances answer. */
  readonly port: number;
  readonly vpc: string;
  readonly healthCheck: { readonly intervalMs: DurationMs; readonly healthyCount: number };
  readonly deregistrationDelayMs: Reading<DurationMs>;
  /** The value of its tag `tidegate:fleet`: `<stage>/<fleet>`. */
  readonly owner: Reading<{ readonly kind: "nobody" } | { readonly kind: "one"; readonly name: string }>;
  readonly loadBalancers: Reading<readonly LoadBalancer[]>;
  /** Rules of listeners, default ones among them, that send it traffic. */
  readonly forwardingRuleCount: Reading<number>;
}

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly kind: "application" | "other";
  readonly zones: readonly string[];
}

export interface BareTemplate {
  readonly name: string;
  readonly version: number;
  readonly image: Named<Image> | { readonly kind: "alias"; readonly name: string };
  readonly instanceType:
    | { readonly kind: "none" }
    | { readonly kind: "by-requirements" }
    | { readonly kind: "one"; readonly name: string };
  /** None leaves the choice to EC2: the default VPC. */
  readonly subnets: readonly string[];
  readonly monitoring: "basic" | "detailed";
}
export interface Template extends BareTemplate {
  /** The instance profile with the names of its roles. */
  readonly profile: Named<readonly string[]>;
  /** By id; empty where it names none, or by name. */
  readonly securityGroups: readonly string[];
  /** Those that its volumes are encrypted with. */
  readonly keys: Reading<readonly { readonly id: string; readonly read: Reading<Key> }[]>;
}

export interface Image {
  readonly state: string;
  readonly architecture: string;
  /** Snapshots of encrypted volumes. */
  readonly encryptedSnapshots: readonly string[];
}

export interface Key {
  readonly manager: "aws" | "customer";
  readonly state: string;
  /** ARNs of the principals that hold a grant; none are asked for of a key that AWS manages. */
  readonly grantees: Reading<readonly string[]>;
}

export interface SecurityGroup {
  readonly id: string;
  /** Of TCP. */
  readonly admits: readonly Admission[];
}
/** From ports to ports, both included. */
export interface Admission {
  readonly fromPort: number;
  readonly toPort: number;
  readonly groups: readonly string[];
  /** Ranges of addresses, and ids of lists of such. */
  readonly addresses: readonly string[];
}

export interface Hook {
  /** What becomes of a call that nobody waits for. Destinations are ARNs, "" where there is none. */
  readonly asynchronously: Reading<{
    readonly retryCount: number;
    readonly onSuccess: string;
    readonly onFailure: string;
  }>;
}

export interface Subnets {
  readonly namedBy: "policy" | "template" | "nobody";
  readonly ids: readonly string[];
  readonly found: Reading<readonly Subnet[]>;
}
export interface Subnet {
  readonly id: string;
  readonly zone: string;
  readonly vpc: string;
  readonly freeAddressCount: number;
}

export interface InstanceTypes {
  /** The policy's, or else the template's; empty where the template asks for attributes, or names none. */
  readonly names: readonly string[];
  /** Those among them that the region has. */
  readonly found: Reading<readonly InstanceType[]>;
  /** Where they are offered, of the zones of the subnets. */
  readonly offers: Reading<readonly Offer[]>;
}
export interface InstanceType {
  readonly name: string;
  readonly vcpuCount: number;
  readonly architectures: readonly string[];
}
export interface Offer {
  readonly type: string;
  readonly zone: string;
}

export interface AccountFacts {
  readonly running: Reading<readonly Running[]>;
  /** By quota code. */
  readonly quotas: ReadonlyMap<string, Reading<number>>;
  readonly serviceRoles: ServiceRoles;
  readonly deployment: Deployment;
}
/** ARNs of the roles that EC2 itself takes on. */
export interface ServiceRoles {
  readonly fleet: Reading<string>;
  readonly spot: Reading<string>;
}

/** An instance that counts against a vCPU quota. */
export interface Running {
  readonly type: string;
  readonly vcpuCount: number;
  readonly purchase: "on-demand" | "spot";
  /** Its tag `tidegate:fleet`; "" of an instance that is not a fleet's. */
  readonly owner: string;
  readonly subnet: string;
}

export interface Deployment {
  readonly table: Reading<{ readonly status: string }>;
  readonly recovery: Reading<"on" | "off">;
  readonly looks: QueuePair;
  readonly forecasts: QueuePair;
  readonly warmings: QueuePair | "unwanted";
  /** Functions that the policies want; no other is read. */
  readonly wanted: ReadonlyMap<WantedFunction, Reading<LambdaFunction>>;
  /** How often each function ran lately. */
  readonly invocations: Reading<readonly Invocations[]>;
  /** Those on Tidegate itself that are there. */
  readonly alarms: Reading<readonly Alarm[]>;
}

/** A queue, and the one for what has failed three times. */
export interface QueuePair {
  readonly queue: Reading<Queue>;
  readonly failed: Reading<Queue>;
}
export interface Queue {
  /** As old as the stack, or as the deploy that brought it. */
  readonly ageMs: DurationMs;
  readonly messageCount: number;
}

export interface Invocations {
  readonly name: OwnFunction;
  readonly count: number;
}
/** Those that a clock wakes often enough to be missed. */
export type OwnFunction = "dispatch" | "evaluate" | "forecast";

/** Those that are deployed only where policies want them. */
export type WantedFunction = "warming" | "warm" | "haproxy";
export interface LambdaFunction {
  readonly vpc:
    | { readonly kind: "none" }
    | { readonly kind: "one"; readonly id: string; readonly securityGroups: readonly string[] };
}

export interface Alarm {
  /** Behind `tidegate-<stage>-`. */
  readonly name: string;
  readonly state: "ringing" | "silent";
}
