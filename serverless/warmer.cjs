// Warm-ups, where there is what they take: `--param warmSubnets=subnet-a,subnet-b --param warmSecurityGroups=sg-a`, from which the
// fleets' instances can be reached, deploy our own warmer; a policy by ssm, the document that instances warm themselves by; a policy with
// a hook, or either of these, what calls them. Without any of it nothing of it is deployed, and a `warm` ends as its `onFailure` says.
const policiesOf = require("./policies.cjs");

const nothing = { Ref: "AWS::NoValue" };
/** What Serverless, or CloudFormation, puts something in the place of. */
const variable = (name) => `\${${name}}`;
const [partition, region, account] = ["Partition", "Region", "AccountId"].map((name) => variable(`AWS::${name}`));
const alarm = `arn:${partition}:cloudwatch:${region}:${account}:alarm:tidegate-${variable("sls:stage")}-failed-warmings`;

module.exports = async (given) => {
  const [subnets, securityGroups] = [await listed(given, "warmSubnets"), await listed(given, "warmSecurityGroups")];
  if ((subnets.length === 0) !== (securityGroups.length === 0))
    throw new Error("a warmer takes both --param warmSubnets=… and --param warmSecurityGroups=…");
  const { hookArns, warmsBySsm } = await policiesOf(given);
  const own = subnets.length > 0;
  const any = own || warmsBySsm || hookArns.length > 0;
  return {
    subnets,
    securityGroups,
    ...(own ? { warm: variable("file(serverless/warmer/functions.yml):warm") } : {}),
    ...(any ? { warming: variable("file(serverless/warmer/functions.yml):warming") } : {}),
    role: own ? variable("file(serverless/warmer/role.yml)") : {},
    ssm: warmsBySsm ? bySsm("document") : {},
    ssmDocument: warmsBySsm ? { Ref: "WarmDocument" } : nothing,
    maySendDocument: warmsBySsm ? bySsm("sendDocument") : nothing,
    maySendToOwn: warmsBySsm ? bySsm("toOwn") : nothing,
    mayAskAfter: warmsBySsm ? bySsm("askAfter") : nothing,
    resources: any ? variable("file(serverless/warmer/resources.yml)") : {},
    /** Where evaluate sends its wishes, and that it may. */
    wishes: any ? { Ref: "Warmings" } : nothing,
    maySendWishes: any ? allowed("Wishes", "sqs:SendMessage", { "Fn::GetAtt": ["Warmings", "Arn"] }) : nothing,
    ownFunction: own ? { Ref: "WarmLambdaFunction" } : nothing,
    mayCallOwn: own ? allowed("CallWarmer", invoke, { "Fn::GetAtt": ["WarmLambdaFunction", "Arn"] }) : nothing,
    mayCallHooks: hookArns.length > 0 ? allowed("CallHooks", invoke, hookArns) : nothing,
    dashboardAlarm: any ? `, "${alarm}"` : " ",
  };
};

const bySsm = (part) => variable(`file(serverless/warmer/ssm.yml):${part}`);
const invoke = "lambda:InvokeFunction";
const allowed = (Sid, Action, Resource) => ({ Sid, Effect: "Allow", Action, Resource });

async function listed({ resolveVariable }, param) {
  const written = await resolveVariable(`param:${param}, ''`);
  return written
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
}
