// `warm paths` out of S3: the real client of S3 over real sockets.
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "@jest/globals";
import { dayMs, minuteMs } from "../../shared/core/index.ts";
import { type Bucket, type BucketOptions, type Stored, serveBucket } from "../support/bucket.ts";
import { getOf, logLine } from "../warm/logLine.ts";
import { type Ran, tidegate } from "./run.ts";

const open: Bucket[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()));
});
async function bucketOf(objects: readonly Stored[], changed: Partial<BucketOptions> = {}): Promise<Bucket> {
  const bucket = await serveBucket({ name: "my-logs", objects, keysAPage: 2, ...changed });
  open.push(bucket);
  return bucket;
}

const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
const env = { AWS_REGION: "eu-west-1", ...credentials };
const pathsIn = ({ endpoint }: Bucket, logs: string, ...args: readonly string[]): Promise<Ran> =>
  tidegate(["warm", "paths", "--logs", logs, ...args], { env: { ...env, AWS_ENDPOINT_URL: endpoint } });

const region = "AWSLogs/123456789012/elasticloadbalancing/eu-west-1";
const body = (path: string, times: number): Uint8Array => gzipSync(`${logLine(getOf(path))}\n`.repeat(times));
/** As AWS names them. */
function logAt(at: number, path: string, times = 1): Stored {
  const iso = new Date(at).toISOString();
  const stamp = `${iso.slice(0, 16).replace(/[-:]/g, "")}Z`;
  const name = `123456789012_elasticloadbalancing_eu-west-1_app.shop.50dc6c495c0c9188_${stamp}_10.0.0.1_${path.slice(1)}x.log.gz`;
  return { key: `${region}/${iso.slice(0, 10).replaceAll("-", "/")}/${name}`, body: body(path, times) };
}
const noon = Date.parse("2026-11-20T12:00Z");
const tests = { key: `${region.slice(0, 21)}ELBAccessLogTestFile`, body: "Enable AccessLog" };

describe("of a bucket with days of logs", () => {
  const objects = [
    tests,
    logAt(noon - 400 * dayMs, "/year-ago", 9),
    logAt(noon - dayMs, "/day-ago", 9),
    ...Array.from({ length: 5 }, (_, index) =>
      logAt(noon + index * 5 * minuteMs, index === 0 ? "/first" : "/", index + 1),
    ),
  ];

  test("all of them are read, page by page, and what was read is told", async () => {
    const { code, stdout, stderr } = await pathsIn(await bucketOf(objects), "s3://my-logs");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'paths:\n  - "/" # 14\n  - "/day-ago" # 9\n  - "/year-ago" # 9\n  - "/first" # 1\n',
    });
    expect(stderr).toContain("7 logs from 2025-10-16T12:00Z to 2026-11-20T12:20Z\n");
    expect(stderr).toMatch(/7 files, \d\.\d kB, 33 lines, 33 pages asked for; these are 100 % of them/);
  });

  test("the newest are read, and neither older ones nor the folders of older days are asked for", async () => {
    const bucket = await bucketOf(objects);
    const { stdout, stderr } = await pathsIn(bucket, `s3://my-logs/${region}/`, "--newest", "4");
    expect(stdout).toBe('paths:\n  - "/" # 14\n');
    expect(stderr).toContain("4 logs from 2026-11-20T12:05Z to 2026-11-20T12:20Z, the newest of more");
    expect(bucket.asked.filter((what) => what.startsWith("get"))).toHaveLength(4);
    expect(bucket.asked).toContain(`list ${region}/2026/11/20/`);
    expect(bucket.asked).not.toContain(`list ${region}/2026/11/19/`);
  });

  test("the key may be given down to a part of its name", async () => {
    const { stdout } = await pathsIn(await bucketOf(objects), `s3://my-logs/${region}/2026/11/19`);
    expect(stdout).toBe('paths:\n  - "/day-ago" # 9\n');
  });
});

test("those of a time, whatever lies before it", async () => {
  const now = Date.now();
  const recent = logAt(now - 10 * minuteMs, "/now", 2);
  const bucket = await bucketOf([recent, logAt(now - 3 * 60 * minuteMs, "/before"), logAt(now - 5 * dayMs, "/old")]);
  const { stdout } = await pathsIn(bucket, "s3://my-logs", "--since", "1h");
  expect(stdout).toBe('paths:\n  - "/now" # 2\n');
  expect(bucket.asked.filter((what) => what.startsWith("get"))).toEqual([`get ${recent.key}`]);
});

test("many say how far they are", async () => {
  const objects = Array.from({ length: 20 }, (_, index) => logAt(noon + index * minuteMs, "/"));
  const { stderr } = await pathsIn(await bucketOf(objects, { keysAPage: 7 }), "s3://my-logs");
  expect(stderr).toMatch(/tidegate: 2 of 20 logs, \d\.\d kB of \d\.\d kB\n/);
  expect(stderr.match(/ of 20 logs/g)).toHaveLength(10);
});

describe("what stands in the way is one line that says what to do", () => {
  const objects = [logAt(noon, "/")];
  const denied = [
    "AccessDenied",
    "allow s3:ListBucket on arn:aws:s3:::my-logs and s3:GetObject on arn:aws:s3:::my-logs/*",
  ];
  test.each<[string, readonly Stored[], Partial<BucketOptions>, readonly string[], readonly string[]]>([
    ["no such bucket", objects, { name: "others" }, [], ["there is no bucket my-logs (NoSuchBucket", "aws s3 ls"]],
    ["a list that is denied", objects, { refuse: () => [403, "AccessDenied"] }, [], denied],
    [
      "logs that are denied",
      objects,
      { refuse: (what) => (what[0] === "g" ? [403, "AccessDenied"] : undefined) },
      [],
      denied,
    ],
    ["a session that is over", objects, { refuse: () => [400, "ExpiredToken"] }, [], ["log in again"]],
    [
      "what S3 says otherwise",
      objects,
      { refuse: () => [400, "Odd"] },
      [],
      ["S3 refused s3://my-logs/ (Odd: as S3 says it)"],
    ],
    ["an empty bucket", [], {}, [], ["holds no access logs (*.log.gz): no key begins so", "access_logs.s3.enabled"]],
    ["other keys", [tests], {}, [], [`there is ${tests.key}, which is none`]],
    [
      "older logs alone",
      objects,
      { keysAPage: 9 },
      ["--since", "1m"],
      ["has no log of that time, the newest is of 2026-11-20: give a longer --since"],
    ],
    ["a log that breaks off", [{ ...logAt(noon, "/", 5_000), cutAt: 40 }], {}, [], [".log.gz cannot be read"]],
  ])("%s", async (_, stored, options, args, said) => {
    const { code, stdout, stderr } = await pathsIn(await bucketOf(stored, options), "s3://my-logs", ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    for (const part of said) expect(stderr).toContain(part);
    expect(stderr).not.toContain("bug");
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ["no credentials", ["s3://my-logs"], { AWS_REGION: "eu-west-1" }, "no AWS credentials: set AWS_PROFILE"],
    ["no region", ["s3://my-logs"], credentials, "no AWS region: set AWS_REGION"],
    ["nobody there", ["s3://my-logs"], { ...env, AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, "S3 cannot be reached"],
    ["no bucket's name", ["s3://My_Logs/x"], env, "is no address in S3: write s3://"],
    ["no number", ["s3://my-logs", "--newest", "0"], env, "--newest takes a whole number from 1 to 10000"],
    ["a choice among files", ["logs", "--since", "1h"], env, "--since and --newest choose among logs in S3"],
  ])("%s", async (_, [logs = "", ...args], given, said) => {
    const { code, stdout, stderr } = await tidegate(["warm", "paths", "--logs", logs, ...args], { env: given });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("bug");
  });
});
