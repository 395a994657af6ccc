// A load balancer's access logs in S3. A face of its own: nothing that is deployed loads the client of S3.
export { type AccessLogs, type Found, findLogs, type StoredLog, type Wanted } from "./find.ts";
export { openLog, openS3, type Place, s3Refusal } from "./s3.ts";
