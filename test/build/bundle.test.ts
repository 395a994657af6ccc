// What is deployed: built as the operator builds it, unpacked, and run by a Node of its own.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { unzipSync } from "fflate";
import { changeRoster, type Embedded, newest, openMemory, warmOf } from "../../shared/aws/index.ts";
import { parsePolicy, policyVersion } from "../../shared/policy/index.ts";
import { batchOf, recorded } from "../functions/lambda.ts";
import { givenPolicy, warmBy } from "../support/given.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "tidegate-build-"));
afterAll(() => rmSync(folder, { recursive: true }));

const policyOf = (fleet: string): string => `fleet: ${fleet}
targetGroup: ${fleet}-web
launch: { template: ${fleet}-web }
bounds: { min: 2, max: 9 }
capacity: { perInstance: 1000 requests/min }
`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Node of its own, with nothing in its environment but what is said here. */
function node(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env }, (failure, stdout, stderr) =>
      resolve({ code: failure ? Number(failure.code) : 0, stdout, stderr }),
    );
  });
}

/** Builds the policies of one folder, by their file names, into another. */
function build(name: string, policies: Readonly<Record<string, string>>, env = {}): Promise<Ended> {
  mkdirSync(join(folder, name, "policies"), { recursive: true });
  for (const [file, yaml] of Object.entries(policies)) writeFileSync(join(folder, name, "policies", file), yaml);
  const options = ["--policies", join(name, "policies"), "--out", join(folder, name, "out")];
  return node([join(root, "bundle.mjs"), ...options], env);
}

const zipOf = (name: string, lambda: string): Buffer => readFileSync(join(folder, name, "out", `${lambda}.zip`));
const longMs = 120_000;

/** Of those in the VPC, which know no table. */
const marks: Readonly<Record<string, string>> = { warm: "tidegate-warm-up", haproxy: "show stat" };

describe("a build", () => {
  const policies = { "shop.yml": policyOf("shop"), "blog.yml": policyOf("blog"), "notes.txt": "no policy" };
  let first: Ended;
  beforeAll(async () => {
    first = await build("first", policies, { TZ: "Pacific/Auckland" });
  }, longMs);

  test.each([
    ["dispatch", 70_000],
    ["evaluate", 100_000],
    ["forecast", 120_000],
    ["reconcile", 90_000],
    ["haproxy", 20_000],
    ["warm", 20_000],
    ["warming", 80_000],
  ])(
    "of %s stays under %d bytes, says how large it is, and carries the policies and nothing else",
    (lambda, bytesMax) => {
      expect(first).toMatchObject({ code: 0, stderr: "" });
      const zip = zipOf("first", lambda);
      expect(zip.length).toBeLessThanOrEqual(bytesMax);
      expect(first.stdout).toContain(`${lambda}.zip ${(zip.length / 1000).toFixed(1)} kB`);
      const files = unzipSync(zip);
      expect(Object.keys(files)).toEqual([`${lambda}.mjs`, "policies.json"]);
      const parsed = ["blog", "shop"].map((fleet) => {
        const policy = parsePolicy(policyOf(fleet), "test");
        if (policy.kind === "error") throw new Error("the test's own policy is broken");
        return { policy: policy.value, policyVersion: policyVersion(policy.value) };
      });
      expect(JSON.parse(Buffer.from(files["policies.json"] ?? []).toString())).toEqual(parsed);
    },
  );

  test.each([["dispatch"], ["evaluate"], ["forecast"], ["reconcile"], ["haproxy"], ["warm"], ["warming"]])(
    "of %s has no YAML, no schema library and no database in it",
    (lambda) => {
      const code = Buffer.from(unzipSync(zipOf("first", lambda))[`${lambda}.mjs`] ?? []).toString();
      expect(code).toContain(marks[lambda] ?? "TIDEGATE_TABLE");
      for (const stowaway of ["YAMLParseError", "ZodError", "leveldb", "createTableMs", "CronPattern"])
        expect([stowaway, code.includes(stowaway)]).toEqual([stowaway, false]);
    },
  );

  test(
    "is the same to the byte wherever and whenever it is made",
    async () => {
      await build("second", policies, { TZ: "America/Los_Angeles" });
      for (const lambda of ["dispatch", "evaluate", "forecast", "reconcile", "haproxy", "warm", "warming"])
        expect(zipOf("second", lambda).equals(zipOf("first", lambda))).toBe(true);
    },
    longMs,
  );

  describe("when it runs", () => {
    let embedded: Embedded;
    let aws: Server;
    let env: Readonly<Record<string, string>>;
    /** The messages that SQS was given. */
    const sent: unknown[] = [];
    /** What CloudFormation was answered. */
    const answered: unknown[] = [];
    beforeEach(() => {
      sent.length = 0;
    });
    beforeAll(async () => {
      embedded = await openMemory();
      aws = createServer(async (request, response) => {
        const answer = await answerTo(request);
        response.writeHead(answer.code).end(answer.body);
      });
      await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
      const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
      env = {
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_SESSION_TOKEN: "test",
        AWS_REGION: "eu-west-1",
        AWS_ENDPOINT_URL: endpoint,
        AWS_ENDPOINT_URL_DYNAMODB: embedded.endpoint,
        TIDEGATE_QUEUE_URL: `${endpoint}/123456789012/tidegate-local-looks`,
        TIDEGATE_STAGE: embedded.table.stage,
        AWS_LAMBDA_LOG_STREAM_NAME: "2026/10/02/[$LATEST]0123456789abcdef",
        TIDEGATE_TABLE: embedded.table.name,
        TIDEGATE_HAPROXY_FUNCTION: "tidegate-local-haproxy",
        TIDEGATE_WARM_FUNCTION: "tidegate-local-warm",
      };
    });
    afterAll(async () => {
      aws.closeAllConnections();
      await new Promise((resolve) => aws.close(resolve));
      await embedded.close();
    });

    const deniedInXml = "<Response><Errors><Error><Code>AccessDenied</Code></Error></Errors></Response>";

    /** What else is answered, by a part of what is asked. */
    let granted: readonly (readonly [what: string, answer: (asked: string) => string])[] = [];

    /** SQS takes every message; whatever else is asked is denied, unless it is granted. */
    async function answerTo(request: IncomingMessage): Promise<{ readonly code: number; readonly body: string }> {
      const [service, command] = String(request.headers["x-amz-target"]).split(".");
      const body = await text(request);
      const asked = `${request.url} ${body}`;
      const answer = granted.find(([what]) => asked.includes(what));
      if (answer !== undefined) return { code: 200, body: answer[1](asked) };
      if (request.method === "PUT") {
        answered.push(JSON.parse(body));
        return { code: 200, body: "" };
      }
      if (service === "AmazonSQS") return { code: 200, body: JSON.stringify(takenBy(command, JSON.parse(body))) };
      return { code: 403, body: command === undefined ? deniedInXml : '{"__type":"AccessDenied"}' };
    }

    // biome-ignore lint/suspicious/noExplicitAny: either of two commands
    const takenBy = (command: string | undefined, input: any): object =>
      command === "SendMessage" ? taken(input) : { Successful: input.Entries.map(taken), Failed: [] };

    /** The SDK checks the digest. */
    function taken({ Id, MessageBody }: { readonly Id?: string; readonly MessageBody: string }): object {
      sent.push(JSON.parse(MessageBody));
      return { Id, MessageId: "m", MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") };
    }

    const usual = { generation: "any", sight: "as-needed", watchCount: 0 };

    async function invoke(
      lambda: string,
      event: unknown,
      policies: readonly object[] | "built" = "built",
    ): Promise<string> {
      const task = join(folder, lambda);
      mkdirSync(task, { recursive: true });
      for (const [name, bytes] of Object.entries(unzipSync(zipOf("first", lambda))))
        writeFileSync(join(task, name), bytes);
      if (policies !== "built") writeFileSync(join(task, "policies.json"), JSON.stringify(policies));
      const args = [join(import.meta.dirname, "invoke.mjs"), join(task, `${lambda}.mjs`), JSON.stringify(event)];
      const { stdout, stderr } = await node(args, { ...env, LAMBDA_TASK_ROOT: task });
      const answer = /^answer (.*)$/m.exec(stdout)?.[1];
      if (answer === undefined) throw new Error(`${stdout}\n${stderr}`);
      return JSON.parse(answer);
    }

    test(
      "dispatch sends each fleet a look, and finds the fleet of an instance",
      async () => {
        expect(await invoke("dispatch", { kind: "heartbeat" })).toBe("none");
        expect(sent).toEqual(["blog", "shop"].map((fleet) => ({ ...usual, fleet })));
        sent.length = 0;
        await changeRoster(embedded.table, "blog", { launched: ["i-1"], terminated: [], at: Date.now() });
        await invoke("dispatch", {
          source: "aws.ec2",
          "detail-type": "EC2 Spot Instance Interruption Warning",
          detail: { "instance-id": "i-1" },
        });
        expect(sent).toEqual([{ ...usual, fleet: "blog", sight: "whole" }]);
      },
      longMs,
    );

    test(
      "forecast queues the fleets that forecast, and fails one whose target group nobody has found, and one that nobody has",
      async () => {
        expect(await invoke("forecast", { kind: "forecasts" })).toBe("asked");
        expect(sent).toEqual([{ fleet: "blog" }, { fleet: "shop" }]);
        const fleets = ["shop", "gone"].map((fleet) => JSON.stringify({ fleet }));
        expect(await invoke("forecast", batchOf(...fleets))).toEqual({
          batchItemFailures: [{ itemIdentifier: "message-1" }, { itemIdentifier: "message-2" }],
        });
      },
      longMs,
    );

    test(
      "reconcile, denied everything, answers CloudFormation that it is",
      async () => {
        const event = recorded("custom-resource-update") as object;
        await invoke("reconcile", { ...event, ResponseURL: `${env.AWS_ENDPOINT_URL}/answer` });
        expect(answered).toMatchObject([{ Status: "FAILED", Reason: expect.stringContaining("AccessDenied") }]);
      },
      longMs,
    );

    test(
      "warm refuses an address that is not an instance's, and carries nothing that could call AWS",
      async () => {
        const warm = warmBy();
        const target = { address: "169.254.169.254", port: 80, protocol: "http" };
        expect(await invoke("warm", { fleet: "shop", instance: "i-1", target, warm })).toMatchObject({
          verdict: "address-refused",
          trouble: "169.254.169.254 is link-local, where the metadata service is",
        });
        expect(Buffer.from(unzipSync(zipOf("first", "warm"))["warm.mjs"] ?? []).toString()).not.toMatch(/amazonaws/);
      },
      longMs,
    );

    test(
      "warming fails what is no warm-up, and passes over one of a fleet that wants none",
      async () => {
        const wish = JSON.stringify({ fleet: "shop", instance: "i-0123456789abcdef0" });
        expect(await invoke("warming", batchOf(wish, "{}"))).toEqual({
          batchItemFailures: [{ itemIdentifier: "message-2" }],
        });
      },
      longMs,
    );

    test(
      "warming finds the instance, calls the warmer for it and writes that it has begun",
      async () => {
        const called: string[] = [];
        granted = [
          [
            "Action=DescribeTargetGroups",
            () => in2015("DescribeTargetGroups", "<TargetGroups><member><Port>8080</Port></member></TargetGroups>"),
          ],
          ["Action=DescribeInstances", () => instanceAt("10.0.3.7")],
          ["/invocations", (asked) => String(called.push(asked) && "")],
        ];
        const policy = { ...givenPolicy(), warm: warmBy() };
        const instance = "i-0123456789abcdef0";
        const wish = JSON.stringify({ fleet: "shop", instance });
        expect(await invoke("warming", batchOf(wish), [{ policy, policyVersion: policyVersion(policy) }])).toEqual({
          batchItemFailures: [],
        });
        granted = [];
        expect(called).toHaveLength(1);
        const [path = "", ...payload] = called[0]?.split(" ") ?? [];
        expect(path).toBe("/2015-03-31/functions/tidegate-local-warm/invocations");
        const target = { address: "10.0.3.7", port: 8080, protocol: "http" };
        expect(JSON.parse(payload.join(" "))).toEqual({ fleet: "shop", instance, target, warm: warmBy() });
        expect((await warmOf(embedded.table, "shop")).get(instance)).toMatchObject({ kind: "started" });
      },
      longMs,
    );

    const in2015 = (action: string, result: string): string =>
      `<${action}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><${action}Result>${result}</${action}Result></${action}Response>`;
    const instanceAt = (address: string): string =>
      `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item><privateIpAddress>${address}</privateIpAddress></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`;

    test(
      "evaluate asks HAProxy by a signed call, and sees what it is answered",
      async () => {
        const called: string[] = [];
        const address = { host: "10.0.3.7", port: 8080 };
        const read = { kind: "read", targets: [{ address, state: { kind: "draining", inFlightCount: 2 } }] };
        // What drains and is needed it takes back at once.
        const toOrder = (asked: string): string => {
          called.push(asked);
          return JSON.stringify(asked.includes('"read"') ? read : { kind: "done", ends: ["done"] });
        };
        granted = [
          ["Action=DescribeInstances", () => runningAt("10.0.3.7")],
          ["/invocations", toOrder],
        ];
        const targetGroup = { kind: "haproxy", nodes: [], backend: "site", slotPrefix: "s", port: 8080 } as const;
        const policy = { ...givenPolicy(), fleet: "behind", targetGroup };
        const look = batchOf(JSON.stringify({ ...usual, fleet: "behind" }));
        const versioned = [{ policy, policyVersion: policyVersion(policy) }];
        expect(await invoke("evaluate", look, versioned)).toEqual({ batchItemFailures: [] });
        granted = [];
        expect(called.map((asked) => asked.split(" ", 1)[0])).toEqual(
          Array(2).fill("/2015-03-31/functions/tidegate-local-haproxy/invocations"),
        );
        expect(called[0]).toContain('"living":[{"host":"10.0.3.7","port":8080}]');
        expect(called[1]).toContain('"kind":"register","targets":[{"host":"10.0.3.7","port":8080}]');
        const last = await newest(embedded.table, "behind");
        expect(last).toMatchObject({
          row: { snapshot: { instances: { instances: [{ address: "10.0.3.7", target: { inFlightCount: 2 } }] } } },
        });
      },
      longMs,
    );

    const runningAt = (address: string): string =>
      `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item><instanceId>i-0123456789abcdef0</instanceId><launchTime>2026-10-02T00:00:00.000Z</launchTime><instanceState><name>running</name></instanceState><privateIpAddress>${address}</privateIpAddress></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`;

    test(
      "evaluate writes a decision that says what it was denied, and fails the fleet that nobody has",
      async () => {
        const looks = ["shop", "gone"].map((fleet) => JSON.stringify({ ...usual, fleet }));
        expect(await invoke("evaluate", batchOf(...looks))).toEqual({
          batchItemFailures: [{ itemIdentifier: "message-2" }],
        });
        const last = await newest(embedded.table, "shop");
        expect(last).toMatchObject({
          row: { snapshot: { instances: { kind: "missing" } }, decision: { actions: [] } },
        });
        expect(JSON.stringify(last)).toContain("AccessDenied");
        expect(sent).toEqual([{ ...usual, fleet: "shop", generation: 1 }]);
      },
      longMs,
    );
  });
});

describe("of more policies than a zip should carry", () => {
  const files = async (name: string, count: number): Promise<readonly unknown[]> => {
    const fleets = Array.from({ length: count }, (_, index) => createHash("sha256").update(`${index}`).digest("hex"));
    const policies = fleets.map((hash): [string, string] => [`${hash}.yml`, policyOf(`f${hash.slice(0, 20)}`)]);
    expect(await build(name, Object.fromEntries(policies))).toMatchObject({ code: 0 });
    return ["dispatch", "evaluate", "reconcile"].map((lambda) =>
      JSON.parse(Buffer.from(unzipSync(zipOf(name, lambda))["policies.json"] ?? []).toString()),
    );
  };

  test(
    "reconcile carries all and the others a mark, which another policy changes",
    async () => {
      const [dispatch, evaluate, reconcile] = await files("many", 300);
      expect(reconcile).toHaveLength(300);
      expect(evaluate).toEqual({ kind: "in-table", version: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(dispatch).toEqual(evaluate);
      expect(zipOf("many", "evaluate").length).toBeLessThan(100_000);
      const [, more] = await files("more", 301);
      expect(more).not.toEqual(evaluate);
    },
    longMs,
  );
});

test(
  "an import that leads nowhere fails the build instead of the first invocation",
  async () => {
    writeFileSync(join(folder, "astray.ts"), 'import { a } from "no-such-package";\nexport const handler = a;\n');
    const script = `import { bundled } from ${JSON.stringify(join(root, "bundle.mjs"))}; await bundled("astray.ts");`;
    const { code, stderr } = await node(["--input-type=module", "--eval", script]);
    expect(code).toBe(1);
    expect(stderr).toContain("no-such-package");
  },
  longMs,
);

describe("a build is refused, and leaves no zip behind,", () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    [
      "when a policy is wrong: each mistake with its place",
      { "good.yml": policyOf("good"), "wrong.yml": policyOf("wrong").replace("min: 2, max: 9", "min: 2, mx: 9") },
      "policies/wrong.yml:4:19 bounds.mx unknown key; did you mean `max`?",
    ],
    [
      "when two policies have one fleet",
      { "a.yml": policyOf("shop"), "b.yml": policyOf("shop") },
      "policies/b.yml:1:8 fleet expected one file for the fleet shop, found it in",
    ],
    ["when there is no policy at all", { "shop.yaml": policyOf("shop") }, "holds no policy"],
  ])(
    "%s",
    async (what, policies, message) => {
      const name = createHash("sha256").update(what).digest("hex").slice(0, 8);
      const { code, stdout, stderr } = await build(name, policies);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(message);
      expect(stderr).not.toContain(" at ");
      expect(existsSync(join(folder, name, "out"))).toBe(false);
    },
    longMs,
  );
});
