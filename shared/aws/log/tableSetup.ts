// Makes and drops the table where no CloudFormation does: on the embedded database.

import { setTimeout as wait } from "node:timers/promises";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ResourceInUseException,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import type { Table } from "./table.ts";

const looksMax = 200;
const lookWaitMs = 5;

/** Creates the table unless it stands, and waits until it can be used. */
export async function ensureTable(table: Table): Promise<void> {
  try {
    await table.client.send(
      new CreateTableCommand({
        TableName: table.name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "S" },
        ],
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntil(table, "ACTIVE");
}

/** Deletes the table with all that is in it, and waits until it is gone. */
export async function dropTable(table: Table): Promise<void> {
  if ((await tableStatus(table)) === "missing") return;
  await table.client.send(new DeleteTableCommand({ TableName: table.name }));
  await waitUntil(table, "missing");
}

export async function tableStatus(table: Table): Promise<string | "missing"> {
  try {
    const { Table: described } = await table.client.send(new DescribeTableCommand({ TableName: table.name }));
    return described?.TableStatus ?? "missing";
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return "missing";
    throw error;
  }
}

async function waitUntil(table: Table, status: "ACTIVE" | "missing"): Promise<void> {
  for (let look = 0; look < looksMax; look++) {
    if ((await tableStatus(table)) === status) return;
    await wait(lookWaitMs);
  }
  throw new Error(`table ${table.name} is not ${status} after ${looksMax} looks`);
}
