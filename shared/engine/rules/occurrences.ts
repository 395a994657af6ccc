// When a recurrence starts next, in its own time zone. In the spring gap a start that does not exist happens at the first
// instant after it; in autumn a start that exists twice happens once, at the earlier.
import { Cron } from "croner";
import type { EpochMs } from "../../core/index.ts";

interface Gap {
  readonly after: EpochMs;
  readonly next: EpochMs | "never";
}

/** Between two occurrences the answer does not change: one gap a recurrence is remembered, and only computed values are. */
const remembered = new Map<string, Gap>();
const rememberedMax = 1_000;

/** The first start strictly after `after`, or `never` where none comes within croner's search. */
export function nextStart(
  schedule: { readonly cron: string; readonly timeZone: string },
  after: EpochMs,
): EpochMs | "never" {
  const key = `${schedule.cron} ${schedule.timeZone}`;
  const gap = remembered.get(key);
  if (gap && gap.after <= after && (gap.next === "never" || after < gap.next)) return gap.next;
  const next = new Cron(schedule.cron, { timezone: schedule.timeZone }).nextRun(new Date(after))?.getTime() ?? "never";
  if (remembered.size >= rememberedMax) remembered.clear();
  remembered.set(key, { after, next });
  return next;
}
