// The function that speaks to HAProxy, where a policy names one: `--param haproxySubnets=subnet-a --param haproxySecurityGroups=sg-a`, from
// which its runtime API can be reached. Where they are not said the warmer's stand in.
const policiesOf = require("./policies.cjs");

const nothing = { Ref: "AWS::NoValue" };
/** What Serverless puts something in the place of. */
const variable = (name) => `\${${name}}`;

module.exports = async (given) => {
  const { haproxies } = await policiesOf(given);
  if (haproxies.length === 0) return { resources: {}, ownFunction: nothing, mayAsk: nothing };
  const [subnets, securityGroups] = [await listed(given, "Subnets"), await listed(given, "SecurityGroups")];
  if (subnets.length === 0 || securityGroups.length === 0)
    throw new Error(
      `the fleet ${haproxies[0].fleet} is behind HAProxy: deploy with --param haproxySubnets=… --param haproxySecurityGroups=… (docs/haproxy.md)`,
    );
  return {
    subnets,
    securityGroups,
    haproxy: variable("file(serverless/haproxy/functions.yml):haproxy"),
    resources: variable("file(serverless/haproxy/resources.yml)"),
    /** What the clock says each minute. */
    minute: JSON.stringify({ kind: "minute", fleets: haproxies }),
    ownFunction: { Ref: "HaproxyLambdaFunction" },
    mayAsk: {
      ...{ Sid: "AskHaproxy", Effect: "Allow", Action: "lambda:InvokeFunction" },
      Resource: { "Fn::GetAtt": ["HaproxyLambdaFunction", "Arn"] },
    },
  };
};

async function listed({ resolveVariable }, what) {
  const written = await resolveVariable(`param:haproxy${what}, param:warm${what}, ''`);
  return written
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
}
