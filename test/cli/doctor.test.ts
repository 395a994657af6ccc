// The command as its users run it, against an AWS on this machine that refuses every read, or knows nothing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { textWith } from "../policy/sample.ts";
import { refused } from "./localLog.ts";
import { type Ran, tidegate } from "./run.ts";

jest.setTimeout(120_000);

let home: string;
const hook = "arn:aws:lambda:eu-west-1:123456789012:function:warm-blog";
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "tidegate-doctor-"));
  mkdirSync(join(home, "policies"));
  writeFileSync(join(home, "policies", "shop.yml"), textWith({}));
  writeFileSync(join(home, "policies", "notes.txt"), "no policy");
  writeFileSync(join(home, "warm.yml"), textWith({ warm: "{ http: { paths: [/], until: { p95: 300 ms } } }" }));
  writeFileSync(
    join(home, "hook.yml"),
    textWith({ fleet: "blog", targetGroup: "blog-web", warm: `{ hook: "${hook}" }` }),
  );
  writeFileSync(join(home, "again.yml"), textWith({}));
  writeFileSync(join(home, "wrong.yml"), textWith({ bounds: "{ mim: 3, max: 60 }" }));
});
afterAll(() => rmSync(home, { recursive: true }));

/** Every service's way of refusing: EC2's XML, the XML of the other query services, JSON. */
function refusal(request: IncomingMessage, body: string, code: Codes): { type: string; text: string } {
  if (!request.headers["content-type"]?.includes("form-urlencoded"))
    return { type: "application/json", text: JSON.stringify({ __type: code.json, message: "not you" }) };
  const { ec2, query } = code;
  const [error, wrapper] = body.includes("Version=2016-11-15")
    ? [`<Errors><Error><Code>${ec2}</Code><Message>not you</Message></Error></Errors>`, "Response"]
    : [`<Error><Code>${query}</Code><Message>not you</Message></Error>`, "ErrorResponse"];
  return { type: "text/xml", text: `<${wrapper}>${error}<RequestId>1</RequestId></${wrapper}>` };
}
interface Codes {
  readonly ec2: string;
  readonly query: string;
  readonly json: string;
}
const deniedCodes = { ec2: "UnauthorizedOperation", query: "AccessDenied", json: "AccessDeniedException" };
const expiredCodes = { ec2: "RequestExpired", query: "ExpiredToken", json: "ExpiredTokenException" };
const missingCodes = {
  ec2: "InvalidLaunchTemplateName.NotFoundException",
  query: "TargetGroupNotFound",
  json: "ResourceNotFoundException",
};

async function against(codes: Codes, ...args: readonly string[]): Promise<Ran> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { type, text } = refusal(request, body, codes);
      response.writeHead(400, { "content-type": type }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await run(args, { ...credentials, AWS_ENDPOINT_URL: endpointOf(server) });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const endpointOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const credentials = { AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "k", AWS_SECRET_ACCESS_KEY: "s" };
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  tidegate(["doctor", ...args], { cwd: home, env });

describe("a caller who may read nothing", () => {
  test("is told for each check what it lacks, and no problem is made up", async () => {
    const { code, stdout, stderr } = await against(deniedCodes);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n");
    const lacks = (what: string, action: string): string =>
      `  warning  ${what} could not be checked: needs ${action} → allow ${action} to whoever runs doctor`;
    expect(lines.slice(0, 2)).toEqual(["account", lacks("table tidegate-dev", "dynamodb:DescribeTable")]);
    expect(lines).toEqual(
      expect.arrayContaining([
        lacks("queue tidegate-dev-looks", "sqs:GetQueueUrl"),
        lacks("queue tidegate-dev-forecasts", "sqs:GetQueueUrl"),
        lacks("alarms on Tidegate itself", "cloudwatch:DescribeAlarms"),
        lacks("whether the functions run", "cloudwatch:GetMetricData"),
        lacks("AWSServiceRoleForEC2Fleet", "iam:GetRole"),
        lacks("what runs besides the fleets", "ec2:DescribeInstances"),
        "shop",
        lacks("target group shop-web", "elasticloadbalancing:DescribeTargetGroups"),
        lacks("launch template shop-web", "ec2:DescribeLaunchTemplateVersions"),
      ]),
    );
    expect(lines.at(-2)).toBe("0 problems, 10 warnings, 0 ok");
  });

  test("gets one object for programs", async () => {
    const { code, stdout, stderr } = await against(deniedCodes, "policies/shop.yml", "--json", "--stage", "live");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({
      stage: "live",
      region: "eu-west-1",
      fleets: [{ fleet: "shop", file: "policies/shop.yml" }],
    });
    expect(told.fleets[0].findings[0]).toEqual({
      level: "warning",
      check: "target group",
      found: "target group shop-web could not be checked: needs elasticloadbalancing:DescribeTargetGroups",
      toDo: "allow elasticloadbalancing:DescribeTargetGroups to whoever runs doctor",
    });
    expect(told.account[0].found).toContain("table tidegate-live ");
  });
});

test("an account that has nothing of it is a problem: exit 1", async () => {
  const { code, stdout } = await against(missingCodes);
  expect(code).toBe(1);
  expect(stdout).toContain(
    "\n  problem  target group shop-web is not in this account and region → create it, or correct `targetGroup` in the policy\n",
  );
  expect(stdout).toContain("\n  problem  launch template shop-web is not in this account and region → ");
  expect(stdout).toMatch(/^ {2}ok {7}stage dev is not deployed yet/m);
});

describe("who warms", () => {
  test("may not be read by whoever may read nothing", async () => {
    const { stdout } = await against(deniedCodes, "warm.yml", "hook.yml");
    const lacks = (what: string, action: string): string =>
      `  warning  ${what} could not be checked: needs ${action} → allow ${action} to whoever runs doctor\n`;
    for (const [what, action] of [
      ["queue tidegate-dev-warmings", "sqs:GetQueueUrl"],
      ["function tidegate-dev-warm", "lambda:GetFunctionConfiguration"],
      ["function warm-blog", "lambda:GetFunctionConfiguration"],
    ] as const)
      expect(stdout).toContain(lacks(what, action));
  });

  test("is to be deployed; a hook is to be there beforehand", async () => {
    const { stdout } = await against(missingCodes, "warm.yml", "hook.yml");
    expect(stdout).toContain(
      "\n  note     `warm.http` takes a function in the VPC: npx sls deploy --stage dev --param warmSubnets=… --param warmSecurityGroups=…\n",
    );
    expect(stdout).toContain(
      "\n  warning  no function warm-blog: every warm-up fails; new instances of blog serve cold → create it, or correct `warm.hook` in the policy\n",
    );
    expect(stdout).toMatch(/^\d+ problems, \d+ warnings, 1 note, \d+ ok$/m);
  });
});

test("one line says what to set, or what AWS has against it", async () => {
  const [nowhere, nobody, silence, expired] = await Promise.all([
    run([]),
    run(["--region", "eu-west-1"]),
    run([], { ...credentials, AWS_ENDPOINT_URL: "http://127.0.0.1:9" }),
    against(expiredCodes),
  ]);
  const set = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  const unaccepted = "AWS does not accept the credentials: RequestExpired: not you; renew them, or set others";
  expect(nowhere).toEqual(
    refused(/^tidegate: no AWS region: give --region, or set AWS_REGION \(Region is missing\)\n$/),
  );
  expect(nobody).toEqual(refused(new RegExp(`^tidegate: no AWS credentials: ${set} \\(.*\\)\n$`)));
  expect(silence).toEqual(refused(/^tidegate: AWS cannot be reached: .*ECONNREFUSED.*\n$/));
  expect(expired).toEqual(refused(new RegExp(`^tidegate: ${unaccepted}\n$`)));
});

test.each<[string, readonly string[], RegExp]>([
  ["a wrong policy", ["wrong.yml"], /^tidegate: wrong\.yml:4:\d+ bounds\.mim unknown key; did you mean `min`\?/],
  ["no such file", ["none.yml"], /^tidegate: none\.yml cannot be read: no such file or folder\n$/],
  [
    "one fleet in two files",
    ["policies/shop.yml", "again.yml"],
    /^tidegate: again\.yml: the fleet shop is that of policies\/shop\.yml, too\n$/,
  ],
])("%s is told before AWS is asked", async (_, args, said) => {
  expect(await run(args)).toEqual(refused(said));
});

test("without files and without policies it says what it looked for", async () => {
  const empty = mkdtempSync(join(tmpdir(), "tidegate-doctor-"));
  const looked = await tidegate(["doctor"], { cwd: empty });
  mkdirSync(join(empty, "policies"));
  const found = await tidegate(["doctor"], { cwd: empty });
  rmSync(empty, { recursive: true });
  const told = /^tidegate: there is no policies\/\*\.yml here: name the files to read\n$/;
  expect([looked, found]).toEqual([refused(told), refused(told)]);
});
