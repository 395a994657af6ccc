// How far a bucket is listed, and what of it is read.
import { S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "@jest/globals";
import { findLogs, type Wanted } from "../../shared/aws/accessLogs/index.ts";
import { type Bucket, serveBucket } from "../support/bucket.ts";

const all: Wanted = { since: "all", filesMax: 1_000, bytesMax: 1_000_000 };

async function foundIn({ endpoint, close }: Bucket, wanted: Partial<Wanted>) {
  const client = new S3Client({
    ...{ endpoint, region: "eu-west-1", credentials: { accessKeyId: "x", secretAccessKey: "x" } },
  });
  const found = await findLogs(client, { bucket: "b", prefix: "" }, { ...all, ...wanted });
  client.destroy();
  await close();
  return found;
}
const bucketOf = (count: number, keysAPage: number): Promise<Bucket> => {
  const storedAt = (index: number): string => new Date(Date.parse("2026-11-20T00:00Z") + index).toISOString();
  const objectAt = (index: number) => ({ key: `${index}.log`, body: "12345", storedAt: storedAt(index) });
  return serveBucket({ name: "b", keysAPage, objects: Array.from({ length: count }, (_, index) => objectAt(index)) });
};

test("the newest that have so many bytes together", async () => {
  const found = await foundIn(await bucketOf(5, 10), { bytesMax: 14 });
  expect(found).toMatchObject({ leftOff: "bytes", logs: [{ key: "4.log" }, { key: "3.log" }] });
});

test("a bucket of keys without end is given up", async () => {
  const bucket = await bucketOf(501, 1);
  expect(await foundIn(bucket, {})).toEqual({ kind: "too-many-keys", listed: 500_000 });
  expect(bucket.asked).toHaveLength(500);
});
