// The quotas that an autoscaler meets, by the codes that Service Quotas knows them by.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html and
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html

export interface Quota {
  readonly service: "ec2" | "elasticloadbalancing";
  readonly code: string;
  readonly name: string;
}

export const targetsPerGroup: Quota = {
  service: "elasticloadbalancing",
  code: "L-A0D0B863",
  name: "Targets per Target Group per Region",
};
export const targetsPerLoadBalancer: Quota = {
  service: "elasticloadbalancing",
  code: "L-7E6692B2",
  name: "Targets per Application Load Balancer",
};

type Purchase = "on-demand" | "spot";

const vcpus = (code: string, name: string): Quota => ({ service: "ec2", code, name });
const families: readonly { readonly types: RegExp; readonly quota: Readonly<Record<Purchase, Quota>> }[] = [
  ["a|c|d|h|i|is|im|m|r|t|z", "Standard (A, C, D, H, I, M, R, T, Z)", "L-1216C47A", "L-34B43A08"],
  ["dl", "DL", "L-6E869C2A", "L-85EED4F7"],
  ["f", "F", "L-74FC7D96", "L-88CF9481"],
  ["g|gr|vt", "G and VT", "L-DB2E81BA", "L-3819A6DF"],
  ["inf", "Inf", "L-1945791B", "L-B5D1601B"],
  ["p", "P", "L-417A185B", "L-7212CCBC"],
  ["trn", "Trn", "L-2C3B7624", "L-6B0D517C"],
  ["x", "X", "L-7295265B", "L-E3A00192"],
].map(([letters, family, onDemand = "", spot = ""]) => ({
  types: new RegExp(`^(?:${letters})\\d`),
  quota: {
    "on-demand": vcpus(onDemand, `Running On-Demand ${family} instances`),
    spot: vcpus(spot, `All ${family} Spot Instance Requests`),
  },
}));

/** The vCPU quota that an instance type counts against; none for the few families that have one to themselves. */
export function vcpuQuota(instanceType: string, purchase: Purchase): Quota | "none" {
  return families.find(({ types }) => types.test(instanceType))?.quota[purchase] ?? "none";
}
