// What of the template follows from the policies: `${file(serverless/policies.cjs):…}`. From policies that are wrong nothing
// follows; the build of the zips, next, says what is wrong with them and stops the deploy.
const { createHash } = require("node:crypto");
const { resolve } = require("node:path");

/** Variables are resolved many times over; the policies are read once. */
let computed;

module.exports = async ({ resolveVariable }) => {
  const folder = resolve(__dirname, "..", await resolveVariable("self:custom.policies"));
  computed ??= fromPolicies(folder);
  return await computed;
};

async function fromPolicies(folder) {
  const { readPolicies } = await import("../bundle.mjs");
  const { instanceRoleArns, targetGroupArns } = await import("../shared/aws/arns.ts");
  const read = await readPolicies(folder);
  const policies = read.kind === "ok" ? read.value : [];
  const parsed = policies.map(({ policy }) => policy);
  return {
    /** Changes whenever one of them does. */
    version: hashOf(policies.map(({ policyVersion }) => policyVersion).sort()),
    targetGroupArns: targetGroupArns(parsed),
    /** Each fleet behind HAProxy, as the function that counts there is told of it. */
    haproxies: parsed.flatMap(({ fleet, targetGroup: group }) =>
      group.kind === "haproxy"
        ? [{ fleet, nodes: group.nodes, backend: group.backend, slotPrefix: group.slotPrefix }]
        : [],
    ),
    /** The operator's own functions that warm. */
    hookArns: [...new Set(parsed.flatMap(({ warm }) => (warm.kind === "hook" ? [warm.functionArn] : [])))].sort(),
    /** Whether instances are told to warm themselves. */
    warmsBySsm: parsed.some(({ warm }) => warm.kind === "http" && warm.by === "ssm"),
    passRole: passRole(instanceRoleArns(parsed)),
    /** In five minutes: a fleet may lose a race now and then; all of them, time and again, is a storm. */
    supersededMax: Math.max(10, 2 * policies.length),
  };
}

/** No statement at all when no policy names a role. */
function passRole(roleArns) {
  if (roleArns.length === 0) return { Ref: "AWS::NoValue" };
  const Condition = { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } };
  return { Sid: "GiveInstancesTheirRole", Effect: "Allow", Action: "iam:PassRole", Resource: roleArns, Condition };
}

const hashOf = (versions) => `sha256:${createHash("sha256").update(JSON.stringify(versions)).digest("hex")}`;
