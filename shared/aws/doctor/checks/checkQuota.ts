// A quota against what is to fit into it.
import { error } from "../../../core/index.ts";
import type { AccountFacts } from "../facts.ts";
import { about, type Finding } from "../finding.ts";
import type { Quota } from "../quotas.ts";

interface Demand {
  readonly quota: Quota;
  readonly unit: "targets" | "vCPUs";
  readonly needs: readonly { readonly what: string; readonly count: number }[];
}

const quotas = about("quota");

export function checkQuota({ quotas: read }: Pick<AccountFacts, "quotas">, demand: Demand): Finding {
  const { quota, unit, needs } = demand;
  const named = `quota "${quota.name}" (${quota.code})`;
  const reading = read.get(quota.code) ?? error({ kind: "failed", because: "it was not asked for" });
  if (reading.kind === "error") return quotas.unread(named, reading.error);
  const count = needs.reduce((sum, need) => sum + need.count, 0);
  const said = needs.map((need) => `${need.what} ${need.count}`).join(" + ");
  const found = `${named} is ${reading.value} ${unit}; needed: ${needs.length > 1 ? `${count} (${said})` : said}`;
  if (count <= reading.value) return quotas.fine(found);
  return quotas.warning(found, `ask for ${count} or more in Service Quotas, or lower \`bounds.max\``);
}
