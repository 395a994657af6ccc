// What stands before the instances: an ALB's target group, or `loadBalancer: { haproxy: … }`.
import { isIP } from "node:net";
import { isSeq } from "yaml";
import { ok } from "../core/index.ts";
import { defaults } from "./defaults.ts";
import type { HaproxyBackend, HaproxyNode } from "./haproxyTypes.ts";
import { list, repeatedWords } from "./list.ts";
import { defaulted, object, required } from "./object.ts";
import { textAt } from "./place.ts";
import { convert, type Shape, text, unexpected, wholeNumber } from "./shape.ts";

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
export const targetGroup = text({
  expects: "a target group's name (at most 32 letters, digits and -) or ARN",
  pattern:
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?|arn:aws[a-z-]{0,20}:elasticloadbalancing:[a-z0-9-]{1,30}:\d{12}:targetgroup\/[A-Za-z0-9-]{1,32}\/[0-9a-z]{1,32})$/,
  examples: ["shop-web"],
});

const nodeExpects = "an IPv4 address and port of HAProxy's runtime API, such as 10.0.3.7:9999";

/** No name: a name could lead anywhere the next time, and what is said there changes who gets traffic. */
const node: Shape<HaproxyNode> = {
  expects: nodeExpects,
  schema: { type: "string", pattern: "^\\d{1,3}(\\.\\d{1,3}){3}:\\d{1,5}$", examples: ["10.0.3.7:9999"] },
  read: (at) => {
    const [host = "", port = ""] = (textAt(at) ?? "").split(":");
    const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
    return isIP(host) === 4 && number >= 1 && number <= 65_535
      ? ok({ host, port: number })
      : unexpected(at, nodeExpects);
  },
};

const nodes = list({ item: node, noun: "addresses", min: 1, check: repeatedWords });
const oneOrMore: Shape<readonly HaproxyNode[]> = {
  expects: `${node.expects}, or ${nodes.expects}`,
  schema: { anyOf: [node.schema, nodes.schema] },
  read: (at) => (isSeq(at.node) ? nodes : convert(node, (only) => [only])).read(at),
};

/** They go into commands of HAProxy's runtime API as they are. */
const name = text({
  expects: "a name of at most 60 letters, digits, _ . : and -",
  pattern: /^[A-Za-z0-9_.:-]{1,60}$/,
  examples: ["site"],
});

const haproxy: Shape<HaproxyBackend> = convert(
  object({
    fields: {
      address: required(oneOrMore, "Where the runtime API listens; a list where several HAProxys share the traffic."),
      backend: required(name, "The backend that the instances are servers of."),
      slots: defaulted(
        name,
        defaults.haproxy.slots,
        "How the names of the backend's empty slots begin: `server-template s 1-64 …` makes s1 to s64.",
      ),
      port: required(wholeNumber({ from: 1, to: 65_535 }), "On which instances answer."),
    },
  }),
  ({ address, backend, slots, port }) => ({ kind: "haproxy", nodes: address, backend, slotPrefix: slots, port }),
);

export const loadBalancer: Shape<HaproxyBackend> = convert(
  object({ fields: { haproxy: required(haproxy, "HAProxy, driven through its runtime API.") } }),
  (chosen) => chosen.haproxy,
);

/** What HAProxy says of a backend, and EC2 of its instances. */
export const knownOfHaproxy: readonly string[] = ["requests", "requests-per-target", "cpu"];
