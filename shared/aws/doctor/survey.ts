// The Survey for real: the account is read with the clients of EC2 and Service Quotas, the table has the log and takes what was found.
import type { EC2Client } from "@aws-sdk/client-ec2";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { Survey } from "../../preflight/index.ts";
import { putPreflight } from "../log/peaks.ts";
import { logRows } from "../log/rows.ts";
import type { Table } from "../log/table.ts";
import { patient } from "../patient.ts";
import { readLaunching } from "./launching.ts";

/** Those that reconcile has, too, would come with this one. */
export const patientQuotas = /* @__PURE__ */ new ServiceQuotasClient(/* @__PURE__ */ patient());

export interface AwsSurveyOptions extends Pick<Survey, "now" | "lead"> {
  readonly ec2: EC2Client;
  readonly quotas: ServiceQuotasClient;
  readonly table: Table;
}

export const createAwsSurvey = ({ ec2, quotas, table, now, lead }: AwsSurveyOptions): Survey => ({
  now,
  lead,
  rows: logRows(table),
  account: (highest) => readLaunching({ ec2, quotas }, table.stage, highest),
  store: ({ fleet }, preflight) => putPreflight(table, fleet, preflight),
});
