// EC2: describing, stopping, starting, terminating and tagging instances.
import { type EpochMs, type Result, unreachable } from "../../core/index.ts";
import { AwsError, instanceNotFound } from "./errors.ts";
import { type Fleet, visibleAt } from "./fleet.ts";
import { type Machine, startedAt, stateAt } from "./machine.ts";
import { find, start, stop, terminate } from "./operate.ts";
import { pageOf } from "./pages.ts";
import { asOfRead, orThrow, type Site } from "./site.ts";
import type { InstanceState } from "./types.ts";

export interface DescribeInstancesInput {
  readonly InstanceIds?: readonly string[];
  readonly Filters?: readonly Filter[];
  readonly MaxResults?: number;
  readonly NextToken?: string;
}
export interface Filter {
  readonly Name?: string;
  readonly Values?: readonly string[];
}

/** One reservation an instance. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export function describeInstances(site: Site, input: DescribeInstancesInput): object {
  const asOf = asOfRead(site);
  const { InstanceIds: ids = [], Filters: filters = [], MaxResults, NextToken } = input;
  if (ids.length > 0 && MaxResults !== undefined) throw idsAndPages();
  const found = pick(visibleAt(site.fleet, asOf), ids).filter((machine) =>
    filters.every((filter) => passes(machine, filter, asOf)),
  );
  const { pageSizeMax } = site.fleet.options.faults;
  const page = pageOf(found, Math.min(MaxResults ?? pageSizeMax, pageSizeMax), NextToken);
  return {
    Reservations: page.items.map((machine) => reservationOf([machine], asOf)),
    ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
  };
}

const idsAndPages = (): AwsError =>
  new AwsError(
    "InvalidParameterCombination",
    "The parameter instancesSet cannot be used with the parameter maxResults",
  );

function pick(visible: readonly Machine[], ids: readonly string[]): readonly Machine[] {
  if (ids.length === 0) return visible;
  const byId = new Map(visible.map((machine) => [machine.id, machine]));
  return ids.map((id) => {
    const machine = byId.get(id);
    if (machine === undefined) throw instanceNotFound(id);
    return machine;
  });
}

/** Values are alternatives, filters all must hold. `*` and `?` are not imagined: a value stands for itself. */
function passes(machine: Machine, { Name: name = "", Values: values = [] }: Filter, asOf: EpochMs): boolean {
  if (name === "tag-key") return values.some((key) => Object.hasOwn(machine.tags, key));
  const value = filteredValue(machine, name, asOf);
  return value !== undefined && values.includes(value);
}

function filteredValue(machine: Machine, name: string, asOf: EpochMs): string | undefined {
  if (name.startsWith("tag:")) return machine.tags[name.slice("tag:".length)];
  if (name === "instance-state-name") return stateAt(machine, asOf);
  if (name === "instance-id") return machine.id;
  if (name === "instance-type") return machine.pool.instanceType;
  if (name === "availability-zone") return machine.pool.zone;
  if (name === "subnet-id") return machine.pool.subnetId;
  throw new AwsError("InvalidParameterValue", `The filter '${name}' is invalid`);
}

/** The reservation of some launch: named after its first instance. */
export const reservationOf = (machines: readonly Machine[], asOf: EpochMs): object => ({
  ReservationId: `r-${machines[0]?.id.slice("i-".length) ?? ""}`,
  OwnerId: "000000000000",
  Groups: [],
  Instances: machines.map((machine) => instanceOf(machine, asOf)),
});

function instanceOf(machine: Machine, asOf: EpochMs): object {
  const { id, pool, tags } = machine;
  return {
    InstanceId: id,
    State: stateOf(stateAt(machine, asOf)),
    InstanceType: pool.instanceType,
    LaunchTime: new Date(startedAt(machine)),
    Placement: { AvailabilityZone: pool.zone },
    SubnetId: pool.subnetId,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...(pool.purchase === "spot" ? { InstanceLifecycle: "spot" } : {}),
    ...reasonOf(machine, asOf),
  };
}

/** Why it is no longer there: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html */
function reasonOf({ end, fate }: Machine, asOf: EpochMs): object {
  if (end.kind === "never" || end.at > asOf) return {};
  const byItself = fate.kind === "fails" && fate.at === end.at;
  const Code = byItself ? "Server.InternalError" : "Client.UserInitiatedShutdown";
  return { StateReason: { Code, Message: Code } };
}

export function stateOf(name: InstanceState): { readonly Code: number; readonly Name: InstanceState } {
  switch (name) {
    case "pending":
      return { Code: 0, Name: name };
    case "running":
      return { Code: 16, Name: name };
    case "stopping":
      return { Code: 64, Name: name };
    case "stopped":
      return { Code: 80, Name: name };
    case "shutting-down":
      return { Code: 32, Name: name };
    case "terminated":
      return { Code: 48, Name: name };
    default:
      return unreachable(name);
  }
}

interface Named {
  readonly InstanceIds: readonly string[];
}

export const terminateInstances = (site: Site, { InstanceIds: ids }: Named): object => ({
  TerminatingInstances: changed(site, ids, (fleet) => terminate(fleet, ids)),
});
export const stopInstances = (site: Site, { InstanceIds: ids }: Named): object => ({
  StoppingInstances: changed(site, ids, (fleet) => stop(fleet, ids)),
});
export const startInstances = (site: Site, { InstanceIds: ids }: Named): object => ({
  StartingInstances: changed(site, ids, (fleet) => start(fleet, ids)),
});

function changed({ fleet }: Site, ids: readonly string[], change: (fleet: Fleet) => Result<void, AwsError>) {
  const machines = orThrow(find(fleet, ids));
  const before = machines.map((machine) => stateOf(stateAt(machine, fleet.now)));
  orThrow(change(fleet));
  return machines.map((machine, i) => ({
    InstanceId: machine.id,
    PreviousState: before[i],
    CurrentState: stateOf(stateAt(machine, fleet.now)),
  }));
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplates.html */
export function describeLaunchTemplates(
  site: Site,
  input: { readonly LaunchTemplateIds?: readonly string[]; readonly LaunchTemplateNames?: readonly string[] },
): object {
  const { name, id, defaultVersion } = site.fleet.options.launchTemplate;
  for (const LaunchTemplateId of input.LaunchTemplateIds ?? []) checkTemplate(site, { LaunchTemplateId });
  for (const LaunchTemplateName of input.LaunchTemplateNames ?? []) checkTemplate(site, { LaunchTemplateName });
  const versions = { DefaultVersionNumber: defaultVersion, LatestVersionNumber: defaultVersion };
  return { LaunchTemplates: [{ LaunchTemplateId: id, LaunchTemplateName: name, ...versions }] };
}

export interface TemplateName {
  readonly LaunchTemplateId?: string;
  readonly LaunchTemplateName?: string;
  readonly Version?: string;
}

export function checkTemplate({ fleet }: Site, template: TemplateName = {}): void {
  const { name, id } = fleet.options.launchTemplate;
  const { LaunchTemplateId, LaunchTemplateName } = template;
  if (LaunchTemplateId !== undefined && LaunchTemplateId !== id) {
    const message = `The specified launch template, with template ID ${LaunchTemplateId}, does not exist.`;
    throw new AwsError("InvalidLaunchTemplateId.NotFound", message);
  }
  if (LaunchTemplateName !== undefined && LaunchTemplateName !== name) {
    const message = `The specified launch template, with template name ${LaunchTemplateName}, does not exist.`;
    throw new AwsError("InvalidLaunchTemplateName.NotFoundException", message);
  }
}

export interface Tag {
  readonly Key?: string;
  readonly Value?: string;
}
export function createTags(
  { fleet }: Site,
  { Resources: ids, Tags: tags }: { readonly Resources: readonly string[]; readonly Tags: readonly Tag[] },
): object {
  for (const machine of orThrow(find(fleet, ids))) machine.tags = { ...machine.tags, ...tagsOf(tags) };
  return {};
}

export const tagsOf = (tags: readonly Tag[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
