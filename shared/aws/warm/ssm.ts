// Systems Manager's client, for the one function that has instances warm themselves.
import { SSMClient } from "@aws-sdk/client-ssm";
import { secondMs } from "../../core/index.ts";
import { within } from "../lambdaClients.ts";

export const ssm = new SSMClient(within(5 * secondMs));
