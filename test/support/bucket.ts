// A bucket of S3 on this machine: what ListObjectsV2 and GetObject say over the wire, with pages as short as a test wants.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Stored {
  readonly key: string;
  readonly body: string | Uint8Array;
  readonly storedAt?: string;
  /** Breaks off after so many bytes. */
  readonly cutAt?: number;
}
export interface Bucket {
  readonly endpoint: string;
  /** Prefixes that were listed and keys that were read, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}
export interface BucketOptions {
  readonly name: string;
  readonly objects: readonly Stored[];
  readonly keysAPage: number;
  /** Instead of the answer to what is asked, as `get key` or `list prefix`. */
  readonly refuse?: (asked: string) => readonly [status: number, code: string] | undefined;
}

export async function serveBucket(options: BucketOptions): Promise<Bucket> {
  const asked: string[] = [];
  const server = createServer((request, response) => answer(options, asked, { request, response }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function answer(options: BucketOptions, asked: string[], { request, response }: Exchange): void {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://s3");
  const [, bucket = "", ...rest] = decodeURIComponent(pathname).split("/");
  const key = rest.join("/");
  const what = key === "" ? `list ${searchParams.get("prefix") ?? ""}` : `get ${key}`;
  asked.push(what);
  const refusal = bucket === options.name ? options.refuse?.(what) : ([404, "NoSuchBucket"] as const);
  const object = options.objects.find((one) => one.key === key);
  if (refusal) return void refuse(response, ...refusal);
  if (key === "") return void response.setHeader("content-type", "application/xml").end(listed(options, searchParams));
  if (object === undefined) return void refuse(response, 404, "NoSuchKey");
  response.writeHead(200, { "content-length": Buffer.byteLength(object.body) });
  if (object.cutAt === undefined) return void response.end(object.body);
  response.write(Buffer.from(object.body).subarray(0, object.cutAt), () => response.destroy());
}

const refuse = (response: ServerResponse, status: number, code: string): ServerResponse =>
  response
    .writeHead(status, { "content-type": "application/xml" })
    .end(`<Error><Code>${code}</Code><Message>as S3 says it</Message></Error>`);

function listed({ objects, keysAPage }: BucketOptions, asked: URLSearchParams): string {
  const prefix = asked.get("prefix") ?? "";
  const delimiter = asked.get("delimiter") ?? "";
  const entries = new Map<string, string>();
  for (const one of [...objects].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    if (!one.key.startsWith(prefix)) continue;
    const end = delimiter === "" ? -1 : one.key.indexOf(delimiter, prefix.length);
    const name = end === -1 ? one.key : one.key.slice(0, end + 1);
    entries.set(name, end === -1 ? contents(one) : `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`);
  }
  const from = Number(asked.get("continuation-token") ?? 0);
  const page = [...entries.values()].slice(from, from + keysAPage);
  const next = from + keysAPage < entries.size ? from + keysAPage : "none";
  const token = next === "none" ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`;
  return `<ListBucketResult><IsTruncated>${next !== "none"}</IsTruncated>${token}${page.join("")}</ListBucketResult>`;
}

const contents = ({ key, body, storedAt = "2026-11-20T00:00:00.000Z" }: Stored): string =>
  `<Contents><Key>${key}</Key><Size>${Buffer.byteLength(body)}</Size><LastModified>${storedAt}</LastModified></Contents>`;
