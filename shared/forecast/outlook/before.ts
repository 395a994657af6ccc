// How a site's first model would have done if its like had been made for half a day already: each of them knows only what was before it.
import { type DurationMs, hourMs } from "../../core/index.ts";
import { outlookModelOf } from "./fit.ts";
import { type LiveSkill, noSkill, skillSince } from "./skill.ts";
import type { OutlookGiven } from "./types.ts";

/** Measured: four hours have false alarms, a day is hardly better. Decision 0015. */
const beforeMs: DurationMs = 12 * hourMs;

export function skillBefore(given: OutlookGiven, everyMs: DurationMs): LiveSkill {
  let skill = noSkill;
  for (let at = given.at - beforeMs; at < given.at; at += everyMs) {
    const model = outlookModelOf({ ...given, at });
    skill = skillSince(model, { history: given.history, before: skill, now: at + everyMs });
  }
  return skill;
}
