// `warm paths` out of a bucket that an emulator keeps: keys, pages of a thousand and refusals as somebody else understands S3.
import { gzipSync } from "node:zlib";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { beforeAll, expect, test } from "@jest/globals";
import { tidegate } from "../cli/run.ts";
import { getOf, logLine } from "../warm/logLine.ts";
import { accountAt, environmentFor, given, region } from "./account.ts";

const account = accountAt(given(process.env.TIDEGATE_TEST_MOTO));
const env = environmentFor(account);
const client = new S3Client({
  endpoint: account.endpoint,
  region,
  forcePathStyle: true,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});
const Bucket = "tidegate-access-logs";
const folder = `shop/AWSLogs/123456789012/elasticloadbalancing/${region}`;
/** More than a page of a list. */
const count = 1_050;

const put = (Key: string, path: string): Promise<unknown> =>
  client.send(new PutObjectCommand({ Bucket, Key, Body: gzipSync(`${logLine(getOf(path))}\n`) }));
/** `index` is its minute of the day. */
const keyOf = (day: string, index: number): string => {
  const at = new Date(Date.parse(`${day}T00:00Z`) + index * 60_000).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return `${folder}/${day.replaceAll("-", "/")}/123456789012_elasticloadbalancing_${region}_app.shop.50dc6c_${at}Z_10.0.0.1_x.log.gz`;
};

beforeAll(async () => {
  await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
  await put(keyOf("2026-11-19", 0), "/old");
  for (let index = 0; index < count; index += 50)
    await Promise.all(Array.from({ length: 50 }, (_, at) => put(keyOf("2026-11-20", index + at), "/")));
});

test("a day of more than a thousand logs is read to its end", async () => {
  const { code, stdout, stderr } = await tidegate(
    ["warm", "paths", "--logs", `s3://${Bucket}/shop`, "--newest", "2000"],
    { env },
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: `paths:\n  - "/" # ${count}\n  - "/old" # 1\n` });
  expect(stderr).toContain(`${count + 1} files, `);
});

test("the newest are the last of the last day", async () => {
  const { stderr } = await tidegate(["warm", "paths", "--logs", `s3://${Bucket}/${folder}/`, "--newest", "10"], {
    env,
  });
  expect(stderr).toContain("10 logs from 2026-11-20T17:20Z to 2026-11-20T17:29Z, the newest of more");
});

test("a bucket that nobody has is named", async () => {
  const { code, stderr } = await tidegate(["warm", "paths", "--logs", "s3://tidegate-nobody-has-it"], { env });
  expect(code).toBe(1);
  expect(stderr).toContain("there is no bucket tidegate-nobody-has-it (NoSuchBucket: ");
});
