// What the SDK throws, as values; and what it never was: a defect.
import { execFile } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { DescribeTargetGroupsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { Clients } from "../../shared/aws/index.ts";
import { type Failure, failureOf } from "../../shared/aws/outcomes.ts";
import { answeredClients, awsError, wiredClients } from "../support/cloudClients.ts";

async function failing(send: () => Promise<unknown>): Promise<Failure> {
  const thrown = await send().then(
    () => new Error("it was answered"),
    (error: unknown) => error,
  );
  return failureOf(thrown);
}

const asked = ({ ec2 }: Clients, options = {}) => ec2.send(new DescribeInstancesCommand(), options);

describe("a service's refusal", () => {
  test.each([
    ["InsufficientInstanceCapacity", 500, "insufficient-capacity", "client"],
    ["MaxSpotInstanceCountExceeded", 400, "insufficient-capacity", "client"],
    ["InsufficientFreeAddressesInSubnet", 400, "insufficient-capacity", "client"],
    ["SpotMaxPriceTooLow", 400, "insufficient-capacity", "client"],
    ["VcpuLimitExceeded", 400, "insufficient-capacity", "client"],
    ["RequestLimitExceeded", 503, "throttled", "client"],
    ["Throttling", 400, "throttled", "client"],
    ["ThrottlingException", 400, "throttled", "client"],
    ["UnauthorizedOperation", 403, "denied", "client"],
    ["AccessDenied", 403, "denied", "client"],
    ["AccessDeniedException", 400, "denied", "client"],
    ["ExpiredToken", 403, "denied", "client"],
    ["InvalidLaunchTemplateId.NotFound", 400, "failed", "client"],
    ["IdempotentParameterMismatch", 400, "failed", "client"],
    ["InternalError", 500, "failed", "server"],
    ["Unavailable", 503, "failed", "server"],
  ])("%s (%i) is %s", async (code, status, kind, fault) => {
    const clients = answeredClients(() => {
      throw awsError(code, status);
    });
    const because = `${code.replace("Exception", "")}: ${code} it is`;
    expect(await failing(() => asked(clients))).toEqual({ kind, code, fault, because });
  });

  test("anything else is a defect and flies", async () => {
    const clients = answeredClients(() => {
      throw new TypeError("undefined is not a function");
    });
    await expect(failing(() => asked(clients))).rejects.toThrow("undefined is not a function");
  });
});

describe("over a real wire", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function wired(listener: RequestListener): Promise<Clients> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return wiredClients(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  test("EC2's code is the error's name", async () => {
    const clients = await wired((_, response) => {
      response.writeHead(403, { "content-type": "text/xml" });
      const error = "<Error><Code>UnauthorizedOperation</Code><Message>not you</Message></Error>";
      response.end(`<Response><Errors>${error}</Errors><RequestID>1</RequestID></Response>`);
    });
    expect(await failing(() => asked(clients))).toMatchObject({
      kind: "denied",
      because: "UnauthorizedOperation: not you",
    });
  });

  test("the load balancer's code is known without its Exception", async () => {
    const clients = await wired((_, response) => {
      response.writeHead(400, { "content-type": "text/xml" });
      const error = "<Error><Type>Sender</Type><Code>TargetGroupNotFound</Code><Message>gone</Message></Error>";
      response.end(`<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`);
    });
    const ask = () => clients.loadBalancer.send(new DescribeTargetGroupsCommand({ Names: ["shop-web"] }));
    expect(await failing(ask)).toMatchObject({ kind: "failed", because: "TargetGroupNotFound: gone" });
  });

  test("throttling outlasts the SDK's retries", async () => {
    let requests = 0;
    const clients = await wired((_, response) => {
      requests++;
      response.writeHead(503, { "content-type": "text/xml" });
      const error = "<Error><Code>RequestLimitExceeded</Code><Message>slow</Message></Error>";
      response.end(`<Response><Errors>${error}</Errors><RequestID>1</RequestID></Response>`);
    });
    expect(await failing(() => asked(clients))).toMatchObject({ kind: "throttled" });
    expect(requests).toBe(2);
  });

  test("a connection that breaks, or that nobody takes, leaves the end unknown", async () => {
    const script = join(import.meta.dirname, "../support/failuresChild.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "./cli/typescript.mjs", script]);
    expect(stdout).toBe("hung up: unanswered\nnobody listens: unanswered\nno such host: unanswered\n");
  });

  test("a call that the lease cut off leaves the end unknown", async () => {
    const clients = await wired(() => {});
    const failure = await failing(() => asked(clients, { abortSignal: AbortSignal.timeout(50) }));
    expect(failure).toMatchObject({ kind: "unanswered" });
  });
});
