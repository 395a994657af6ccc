// S3 for somebody in front of a terminal: a client, one object as it comes in, and what S3 may have against either.
import type { Readable } from "node:stream";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { secondMs } from "../../core/index.ts";

/** Every object whose key begins so. */
export interface Place {
  readonly bucket: string;
  /** "" for all of the bucket. */
  readonly prefix: string;
}

/** In whichever region the bucket is. */
export const openS3 = (): S3Client =>
  new S3Client({
    followRegionRedirects: true,
    maxAttempts: 4,
    requestHandler: {
      connectionTimeout: 2 * secondMs,
      requestTimeout: 20 * secondMs,
      socketTimeout: 20 * secondMs,
      throwOnRequestTimeout: true,
    },
  });

/** The object as it is stored; whoever reads it meets what breaks off. */
export async function openLog(client: S3Client, { bucket }: Place, key: string): Promise<Readable> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Body as Readable;
}

/** One line on what S3 has against it, and what to do; "none" when it was something else, and so a bug. */
export function s3Refusal(thrown: unknown, { bucket, prefix }: Place): string | "none" {
  const { name = "", message = "", code = "", $metadata } = Object(thrown) as Refusal;
  if (message === "Region is missing") return "no AWS region: set AWS_REGION, or region in ~/.aws/config";
  if (name === "CredentialsProviderError")
    return `no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${message})`;
  if (unreachable.has(code) || name === "TimeoutError") return `S3 cannot be reached: ${message || code}`;
  const said = `(${name}: ${message})`;
  if (name === "NoSuchBucket")
    return `there is no bucket ${bucket} ${said}: \`aws s3 ls\` lists yours; the load balancer's attribute access_logs.s3.bucket names it`;
  if (/^(ExpiredToken|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken)/.test(name))
    return `S3 does not take these credentials ${said}: log in again, or set AWS_PROFILE`;
  if (name === "AccessDenied" || $metadata?.httpStatusCode === 403)
    return `s3://${bucket}/${prefix} may not be read ${said}: allow s3:ListBucket on arn:aws:s3:::${bucket} and s3:GetObject on arn:aws:s3:::${bucket}/*`;
  return $metadata === undefined ? "none" : `S3 refused s3://${bucket}/${prefix} ${said}`;
}

interface Refusal {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const unreachable: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "ETIMEDOUT"],
]);
