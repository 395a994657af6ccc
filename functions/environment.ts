// The only place that reads the environment. What is missing from it is named, all at once.

import { endpointsOf } from "./endpoints.ts";

export interface Environment {
  readonly tableName: string;
  readonly stage: string;
  readonly queueUrl: string;
  /** Where Lambda unpacks the function's zip. */
  readonly folder: string;
  /** Names this process, as no other is named. */
  readonly logStream: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
export const environment = (): Environment =>
  read({
    tableName: "TIDEGATE_TABLE",
    stage: "TIDEGATE_STAGE",
    queueUrl: "TIDEGATE_QUEUE_URL",
    folder: "LAMBDA_TASK_ROOT",
    logStream: "AWS_LAMBDA_LOG_STREAM_NAME",
  });

/** Where wishes for warm-ups go; "" where no warmer is deployed. */
export const warmQueueUrl = (): string => process.env.TIDEGATE_WARM_QUEUE_URL ?? "";

/** The function that speaks to HAProxy; "" where no policy names one. */
export const haproxyFunction = (): string => process.env.TIDEGATE_HAPROXY_FUNCTION ?? "";

/** Where Lambda is called: as AWS names it for the region, or as is said. Throws where nobody knows the region. */
export const lambdaUrl = (): string => {
  const said = process.env.AWS_ENDPOINT_URL_LAMBDA ?? process.env.AWS_ENDPOINT_URL;
  return said ?? endpointsOf("lambda")({ Region: read({ region: "AWS_REGION" }).region }).url.origin;
};

/** For a function that knows nothing else of its deployment. */
export const stageName = (): string => read({ stage: "TIDEGATE_STAGE" }).stage;

/** The function that warms; "" where only hooks of the operator's do. */
export const warmFunction = (): string => process.env.TIDEGATE_WARM_FUNCTION ?? "";

/** The document by which instances warm themselves; "" where no policy warms so. */
export const warmDocument = (): string => process.env.TIDEGATE_WARM_DOCUMENT ?? "";

/** The least level that is logged, as Lambda's own JSON logging names it; "" when nothing is set. */
export const logLevel = (): string => process.env.TIDEGATE_LOG_LEVEL ?? "";

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The role's credentials, which Lambda renews by replacing the process. */
export const roleCredentials = (): RoleCredentials =>
  read({
    accessKeyId: "AWS_ACCESS_KEY_ID",
    secretAccessKey: "AWS_SECRET_ACCESS_KEY",
    sessionToken: "AWS_SESSION_TOKEN",
  });

function read<Field extends string>(variables: Readonly<Record<Field, string>>): Readonly<Record<Field, string>> {
  const names = Object.values<string>(variables);
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`not set in the environment: ${missing.join(", ")}`);
  const entries = Object.entries<string>(variables).map(([field, name]) => [field, process.env[name]]);
  return Object.fromEntries(entries) as Record<Field, string>;
}
