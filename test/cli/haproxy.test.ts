// Each command that reads a policy, with one whose fleet is behind HAProxy, as its users run it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { textWith } from "../policy/sample.ts";
import { tidegate } from "./run.ts";

jest.setTimeout(120_000);

let home: string;
/** An AWS that refuses every read. */
let aws: Server;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "tidegate-haproxy-"));
  const behind = {
    targetGroup: null,
    loadBalancer: "{ haproxy: { address: 10.0.3.7:9999, backend: site, port: 8080 } }",
    peaks: "[{ name: sale, at: 2040-01-05T10:00, timeZone: UTC, expect: 30000 requests/min, hold: 2h }]",
  };
  writeFileSync(join(home, "shop.yml"), textWith(behind));
  aws = createServer((request, response) => {
    request.resume();
    response.writeHead(400, { "content-type": "text/xml" });
    response.end("<Errors><Error><Code>UnauthorizedOperation</Code><Message>not you</Message></Error></Errors>");
  });
  await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  aws.closeAllConnections();
  aws.close();
  rmSync(home, { recursive: true });
});

test.each([
  ["validate shop.yml", /shop\.yml/],
  ["simulate --policy shop.yml --generate flash-crowd", /requests beyond/],
  ["cost", /a month/],
  ["peaks check sale --policy shop.yml", /HAProxy is to carry up to 30000 requests\/min/],
  ["doctor shop.yml", /^ {2}note {5}backend site at 10\.0\.3\.7:9999 is not asked[^→]*$/m],
])("tidegate %s", async (line, says) => {
  const { port } = aws.address() as AddressInfo;
  const env = {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "k",
    AWS_SECRET_ACCESS_KEY: "s",
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
  const { code, stdout, stderr } = await tidegate(line.split(" "), { cwd: home, env });
  expect({ code, stderr: stderr.replace(/.*\r/g, "") }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(says);
  expect(stdout).not.toMatch(/target group (site|shop)|modify-capacity-reservation|LCU/);
});
