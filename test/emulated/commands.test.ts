// The document by which instances warm themselves, and commands of it, as somebody else understands Systems Manager.
import { createRequire } from "node:module";
import { CreateDocumentCommand, DescribeDocumentCommand, SSMClient } from "@aws-sdk/client-ssm";
import { beforeAll, expect, test } from "@jest/globals";
import { createWarmCalls } from "../../shared/aws/warm/index.ts";
import { parametersFor } from "../../shared/warm/index.ts";
import { warmBy } from "../support/given.ts";
import { accountAt, given, region } from "./account.ts";

const account = accountAt(given(process.env.TIDEGATE_TEST_MOTO));
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const ssm = new SSMClient({ endpoint: account.endpoint, region, credentials, maxAttempts: 1 });
const calls = createWarmCalls({ ...account, lambda: account.functions, ssm }, Date.now);
const document = "tidegate-emulated-warm";
const instance = "i-0123456789abcdef0";
const target = { address: "10.0.3.7", port: 8080, protocol: "http" } as const;

beforeAll(async () => {
  const content = await createRequire(import.meta.url)("../../serverless/warmer/document.cjs")();
  await ssm.send(
    new CreateDocumentCommand({
      Name: document,
      Content: JSON.stringify(content),
      DocumentType: "Command",
      DocumentFormat: "JSON",
    }),
  );
});

test("the document is taken, with every parameter that a command gives", async () => {
  const { Document } = await ssm.send(new DescribeDocumentCommand({ Name: document }));
  expect(Document).toMatchObject({ SchemaVersion: "2.2", DocumentType: "Command" });
  const named = Document?.Parameters?.map(({ Name }) => Name ?? "");
  expect(named?.sort()).toEqual(Object.keys(parametersFor({ target, warm: warmBy() })).sort());
});

async function send(): Promise<string> {
  const parameters = parametersFor({ target, warm: warmBy() });
  const sent = await calls.send({ document, instance, comment: "emulated/shop", parameters });
  if (sent.kind === "error") throw new Error(sent.error.because);
  return sent.value;
}

test("a command is sent, and has an end that can be asked for", async () => {
  const command = await send();
  // No agent runs it: it is over at once, and has printed what the emulator says.
  const ended = { kind: "ok", value: { kind: "printed", output: expect.any(String) } };
  expect(await calls.askAfter({ command, instance })).toEqual(ended);
});

test("a command of which SSM has not noted yet where it runs is under way", async () => {
  const command = await send();
  const elsewhere = await calls.askAfter({ command, instance: "i-0fedcba9876543210" });
  expect(elsewhere).toEqual({ kind: "ok", value: { kind: "under-way" } });
});

test("a command that there is not is told", async () => {
  const command = "11111111-2222-3333-4444-555555555555";
  const because = expect.stringContaining("InvalidCommandId");
  expect(await calls.askAfter({ command, instance })).toEqual({ kind: "error", error: { again: "in-vain", because } });
});
