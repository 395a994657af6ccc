// Lambda's client, kept apart from the others: merely to have it beside them would make evaluate's zip 4 kB larger.
import { LambdaClient } from "@aws-sdk/client-lambda";
import { secondMs } from "../../core/index.ts";
import { within } from "../lambdaClients.ts";

export const lambda = new LambdaClient(within(5 * secondMs));
