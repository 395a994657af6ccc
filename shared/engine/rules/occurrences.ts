// When a recurrence starts next, in its own time zone. In the spring gap a start that does not exist happens at the first
// instant after it; in autumn a start that exists twice happens once, at the earlier.
import { Cron } from "croner";
import type { EpochMs } from "../../core/index.ts";

interface Gap {
  readonly after: EpochMs;
  readonly next: EpochMs | "never";
}

/**
 * Between two occurrences the answer does not change, and finding it is by far the slowest thing a decision does. A decision
 * asks at a few instants (now, one lead time on, one bridge on), so a few gaps a recurrence are remembered, newest first.
 */
const remembered = new Map<string, readonly Gap[]>();
const recurrencesMax = 1_000;
const gapsMax = 4;

/** The first start strictly after `after`, or `never` where none comes within croner's search. */
export function nextStart(
  schedule: { readonly cron: string; readonly timeZone: string },
  after: EpochMs,
): EpochMs | "never" {
  const key = `${schedule.cron} ${schedule.timeZone}`;
  const gaps = remembered.get(key) ?? [];
  const known = gaps.find((gap) => gap.after <= after && (gap.next === "never" || after < gap.next));
  if (known) return known.next;
  const next: EpochMs | "never" =
    new Cron(schedule.cron, { timezone: schedule.timeZone }).nextRun(new Date(after))?.getTime() ?? "never";
  if (remembered.size >= recurrencesMax) remembered.clear();
  remembered.set(key, [{ after, next }, ...gaps].slice(0, gapsMax));
  return next;
}
