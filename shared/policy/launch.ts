// `launch`: what an instance is made of.
import { hourMs, secondMs } from "../core/index.ts";
import { defaults } from "./defaults.ts";
import { list, repeatedWords } from "./list.ts";
import { defaulted, group, object, optional, required } from "./object.ts";
import { duration, percent } from "./quantity.ts";
import { convert, firstOf, oneOf, type Shape, shortOrMap, text, wholeNumber } from "./shape.ts";
import type { Launch } from "./types.ts";

type Template = Launch["template"];

// Names: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
const templateName = text({
  expects: "a launch template's name",
  pattern: /^(?!lt-)[A-Za-z0-9()./_-]{3,128}$/,
  examples: ["shop-web"],
});
const templateId = text({
  expects: "a launch template's id",
  pattern: /^lt-[0-9a-z]{1,17}$/,
  examples: ["lt-0a1b2c3d4e5f60718"],
});

const templateVersion = firstOf<string>([
  convert(wholeNumber({ from: 1, to: 1_000_000 }), String),
  oneOf(["$Default", "$Latest"]),
]);

const shortTemplate: Shape<Template> = convert(
  text({
    expects: "a launch template such as shop-web, shop-web:3 or lt-0a1b2c3d4e5f60718",
    pattern: /^(?:lt-[0-9a-z]{1,17}|(?!lt-)[A-Za-z0-9()./_-]{3,128})(?::(?:[1-9]\d{0,5}|\$Default|\$Latest))?$/,
    examples: ["shop-web", "shop-web:3", "lt-0a1b2c3d4e5f60718"],
  }),
  (written) => {
    const [value = "", version = defaults.launch.templateVersion] = written.split(":");
    return { kind: value.startsWith("lt-") ? "id" : "name", value, version };
  },
);

const longTemplate: Shape<Template> = convert(
  object({
    fields: {
      name: optional(templateName, "The launch template's name; or give `id`."),
      id: optional(templateId, "The launch template's id; or give `name`."),
      version: defaulted(templateVersion, defaults.launch.templateVersion, "A number, `$Default` or `$Latest`."),
    },
    choice: ["name", "id"],
  }),
  ({ name, id, version }) =>
    id === undefined ? { kind: "name", value: name ?? "", version } : { kind: "id", value: id, version },
);

const subnet = text({
  expects: "a subnet id",
  pattern: /^subnet-[0-9a-z]{1,17}$/,
  examples: ["subnet-0a1b2c3d4e5f60718"],
});
const instanceType = text({
  expects: "an instance type such as m7g.large",
  pattern: /^[a-z0-9-]{2,20}\.[a-z0-9-]{2,20}$/,
  examples: ["m7g.large"],
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const role = text({
  expects: "an IAM role's name (at most 64 letters, digits and +=,.@_-) or ARN",
  pattern: /^(?:arn:aws[a-z-]{0,20}:iam::\d{12}:role\/(?:[\x21-\x7e]{0,510}\/)?)?[A-Za-z0-9+=,.@_-]{1,64}$/,
  examples: ["shop-web"],
});

const purchase = object({
  fields: {
    onDemandBase: defaulted(
      wholeNumber({ from: 0, to: 10_000 }),
      defaults.launch.onDemandBase,
      "So many instances are always on-demand.",
    ),
    spotShare: defaulted(
      percent({ from: 0, to: 1 }),
      defaults.launch.spotShare,
      "The share of the instances above the base that is bought on the spot market.",
    ),
  },
});

export const launch: Shape<Launch> = convert(
  object({
    fields: {
      template: required(
        shortOrMap(shortTemplate, longTemplate),
        "EC2 launch template: name or id, with optional version.",
      ),
      subnets: defaulted(
        list({ item: subnet, noun: "subnets", min: 0, check: repeatedWords }),
        [],
        "Where to launch; best one in each zone. Empty leaves it to the launch template.",
      ),
      instanceTypes: defaulted(
        list({ item: instanceType, noun: "instance types", min: 0, check: repeatedWords }),
        [],
        "In order of preference. Empty leaves it to the launch template.",
      ),
      purchase: group(purchase, "On-demand and spot."),
      role: optional(role, "The IAM role of the template's instance profile. Left out: the template has none."),
      leadTime: defaulted(
        duration({ from: secondMs, to: hourMs }),
        defaults.launch.leadTime,
        "From request to serving, assumed until the fleet's own launches have been measured.",
      ),
    },
  }),
  ({ purchase: { onDemandBase, spotShare }, role = "", leadTime, ...rest }) => ({
    ...rest,
    role,
    purchase: { onDemandBase, spotShareRatio: spotShare },
    leadTimeMs: leadTime,
  }),
);
