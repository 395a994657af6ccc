// What doctor finds in the account for a fleet as high as its peak: the same reads, the same checks.
import type { EpochMs, Finding } from "../../shared/core/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { asHighAs } from "../../shared/preflight/index.ts";
import { CliError } from "../failure.ts";
import { progress } from "../progress.ts";

interface Asked {
  readonly height: number;
  readonly stage: string;
  readonly region?: string;
  readonly now: EpochMs;
}

/** As though `bounds.max` were the peak's height. The SDK is loaded here and not before. */
export async function accountFindings(
  policy: Policy,
  { height, stage, region, now }: Asked,
): Promise<readonly Finding[]> {
  const { diagnose, openClients } = await import("../../shared/aws/doctor/index.ts");
  const opened = await openClients(region === undefined ? { kind: "usual" } : { kind: "one", name: region });
  if (opened.kind === "error") throw new CliError(opened.error);
  const bar = progress("reading");
  const policies = [asHighAs(policy, height)];
  try {
    const diagnosis = await diagnose(opened.value.clients, { stage, policies, now, onRead: bar.update });
    if (diagnosis.kind === "error") throw new CliError(diagnosis.error);
    const { account, fleets } = diagnosis.value;
    const asThough: Finding = {
      level: "ok",
      check: "account",
      found: `read from AWS as though \`bounds.max\` were ${height}, its height:`,
    };
    return [
      asThough,
      ...account.filter(({ check }) => check === "quota"),
      ...fleets.flatMap(({ findings }) => findings),
    ];
  } finally {
    bar.stop();
  }
}
