// ministack enforces roles, so the story runs under those that are deployed. Where it asks for more than AWS does they are given
// that, on the way from `sls package` to `sls deploy`; each such grant stands here with its reason.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Action → what AWS does instead. https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const misjudged: Readonly<Record<string, string>> = {
  "sqs:SendMessageBatch": "AWS authorises a batch by sqs:SendMessage",
  "ec2:CreateFleet":
    "AWS asks by fleet, instance, volume and template, where the roles' conditions hold; ministack by *",
  "ec2:TerminateInstances": "AWS knows an instance's tags when it asks; ministack does not",
  "elasticloadbalancing:AddTags": "AWS asks by the target group, as the role says; ministack by *",
  "elasticloadbalancing:RemoveTags": "likewise",
  "cloudwatch:DescribeAlarms": "AWS asks by alarm:*, as the roles say; ministack by *",
  "cloudwatch:DeleteAlarms": "AWS asks by each alarm; ministack by *",
};

interface State {
  readonly service: { readonly provider: { readonly compiledCloudFormationTemplate: Template } };
}
interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: { Policies?: object[] } }>>;
}

/** In the folder of a package that is to be deployed. */
export async function grantMisjudged(folder: string): Promise<void> {
  const path = join(folder, "serverless-state.json");
  const state: State = JSON.parse(await readFile(path, "utf8"));
  const Statement = [{ Effect: "Allow", Action: Object.keys(misjudged), Resource: "*" }];
  const policy = { PolicyName: "misjudged", PolicyDocument: { Version: "2012-10-17", Statement } };
  const resources = Object.values(state.service.provider.compiledCloudFormationTemplate.Resources);
  for (const { Type: type, Properties: properties } of resources)
    if (type === "AWS::IAM::Role") properties.Policies = [...(properties.Policies ?? []), policy];
  await writeFile(path, JSON.stringify(state));
}
