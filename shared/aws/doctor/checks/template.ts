// The launch template: that an instance can be made of it, and is what the policy takes it for.
import type { Policy } from "../../../policy/index.ts";
import type { BareTemplate, Image, InstanceType, Template } from "../facts.ts";
import { about, type Finding, listed } from "../finding.ts";
import type { Unread } from "../reading.ts";
import type { Examined, Launching } from "./examined.ts";

const launchTemplate = about("launch template");
const images = about("image");
const monitoring = about("detailed monitoring");
const roles = about("instance role");

export function checkTemplate(examined: Examined): readonly Finding[] {
  const { policy, facts } = examined;
  const rest =
    facts.template.kind === "error"
      ? []
      : [...checkMonitoring(policy, facts.template.value), ...checkRole(policy, facts.template.value)];
  return [...checkLaunchTemplate(examined), ...rest];
}

/** Whether it is there, and its image. */
export function checkLaunchTemplate({ policy, facts }: Launching): readonly Finding[] {
  if (facts.template.kind === "error") return [absent(policy, facts.template.error)];
  const template = facts.template.value;
  const types = facts.instanceTypes.found.kind === "ok" ? facts.instanceTypes.found.value : [];
  return [
    launchTemplate.fine(`launch template ${template.name}, version ${template.version}`),
    ...checkImage(template, types),
  ];
}

function absent({ launch: { template } }: Policy, why: Unread): Finding {
  const named = `launch template ${template.value}`;
  if (why.kind !== "missing") return launchTemplate.unread(named, why);
  const toDo = "create it, or correct `launch.template` in the policy";
  const isVersion = /Version/.test(why.code);
  const found = isVersion ? `has no version ${template.version}` : "is not in this account and region";
  return launchTemplate.problem(`${named} ${found}`, toDo);
}

function checkImage({ name, version, image }: BareTemplate, types: readonly InstanceType[]): readonly Finding[] {
  const mended = "make a template version with an image that is";
  switch (image.kind) {
    case "none":
      return [images.problem(`${name} version ${version} names no image`, "make a template version with an ImageId")];
    case "alias":
      return [images.fine(`EC2 looks the image up at each launch: ${image.name}`)];
    case "one": {
      if (image.read.kind === "error" && image.read.error.kind === "missing")
        return [images.problem(`image ${image.name} is not there, or not shared with this account`, mended)];
      return images.judged(`image ${image.name}`, image.read, (read) => {
        if (read.state !== "available")
          return [images.problem(`image ${image.name} is ${read.state}, not available`, `wait for it, or ${mended}`)];
        return [images.fine(`image ${image.name} is available`), ...checkArchitecture(image.name, read, types)];
      });
    }
  }
}

function checkArchitecture(name: string, { architecture }: Image, types: readonly InstanceType[]): readonly Finding[] {
  const strangers = types.filter(({ architectures }) => !architectures.includes(architecture)).map((type) => type.name);
  if (strangers.length === 0) return [];
  const toDo = "take an image of their architecture, or other `launch.instanceTypes`";
  return [images.problem(`image ${name} is ${architecture}, which ${listed(strangers)} cannot run`, toDo)];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-detailed-monitoring.html */
function checkMonitoring({ rules }: Policy, template: Template): readonly Finding[] {
  const readers = rules.filter((rule) => "metric" in rule && rule.metric === "cpu").map(({ name }) => name);
  if (readers.length === 0) return [];
  if (template.monitoring === "detailed") return [monitoring.fine("CPU is measured every minute")];
  const found = `CPU is measured every five minutes only, and read by ${listed(readers)}`;
  return [monitoring.warning(found, "make a template version with Monitoring.Enabled = true")];
}

/** What `evaluate` may pass to instances is what the policy names. */
function checkRole(policy: Policy, { profile }: Template): readonly Finding[] {
  const named = roleOf(policy);
  if (profile.kind === "none") {
    if (named === "") return [];
    return [roles.warning(`no instance gets the role ${named}: the template has no profile`, "drop `launch.role`")];
  }
  const missing = profile.read.kind === "error" && profile.read.error.kind === "missing";
  if (missing)
    return [roles.problem(`instance profile ${profile.name} is not there`, "create it, or mend the template")];
  return roles.judged(`instance profile ${profile.name}`, profile.read, ([role]) => {
    if (role === undefined)
      return [roles.problem(`instance profile ${profile.name} holds no role`, "add one to the profile")];
    if (role === named) return [roles.fine(`instances get the role ${role}`)];
    const found = `instances get the role ${role}, but the policy names ${named === "" ? "none" : named}`;
    return [roles.problem(found, `set \`launch.role: ${role}\`, or no instance may be launched`)];
  });
}

/** The role's name, also where the policy gives its ARN. */
const roleOf = ({ launch }: Policy): string => {
  const role = "role" in launch && typeof launch.role === "string" ? launch.role : "";
  return role.slice(role.lastIndexOf("/") + 1);
};
