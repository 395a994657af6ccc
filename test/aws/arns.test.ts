// What a role's statements are told of the policies.
import { expect, test } from "@jest/globals";
import { instanceRoleArns, targetGroupArns } from "../../shared/aws/arns.ts";
import { givenPolicy } from "../support/given.ts";

const inAccount = (service: string, region: string, resource: string) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}:${resource}`,
});
const region = `\${AWS::Region}`;
const groupOf = (targetGroup: string) => givenPolicy({ targetGroup });
const roleOf = (role: string) => givenPolicy({ launch: { ...givenPolicy().launch, role } });

test("a target group is known by its name, whatever its id, or by its ARN", () => {
  const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blog/0a1b2c3d4e5f6071";
  const named = inAccount("elasticloadbalancing", region, "targetgroup/shop-web/*");
  expect(targetGroupArns([groupOf("shop-web"), groupOf(arn)])).toEqual([arn, named]);
});

test("more target groups than a role can list are any of the account's", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => groupOf(`web-${index}`));
  expect(targetGroupArns(many(25))).toHaveLength(25);
  expect(targetGroupArns(many(26))).toEqual([inAccount("elasticloadbalancing", region, "targetgroup/*/*")]);
});

test("a role is known by its name or by its ARN, once; a policy without one adds none", () => {
  const arn = "arn:aws:iam::123456789012:role/web/blog";
  expect(instanceRoleArns([roleOf("shop"), roleOf(arn), roleOf(""), roleOf("shop")])).toEqual([
    arn,
    inAccount("iam", "", "role/shop"),
  ]);
  expect(instanceRoleArns([roleOf("")])).toEqual([]);
});
