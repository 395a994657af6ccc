// `renew`: instances that serve well are replaced all the same, because their launch template has moved on or they are old.
import { dayMs, hourMs, minuteMs } from "../core/index.ts";
import { timeZone } from "./calendar.ts";
import { cron, startsOf } from "./cron.ts";
import { defaults } from "./defaults.ts";
import { list } from "./list.ts";
import { defaulted, object, optional, required } from "./object.ts";
import { duration, percent } from "./quantity.ts";
import { convert, flag, type Shape } from "./shape.ts";
import type { Hours, Renew } from "./types.ts";

const hours: Shape<Hours> = convert(
  object({
    fields: {
      cron: required(cron, "When they begin: minute hour day month weekday."),
      timeZone: defaulted(timeZone, defaults.schedule.timeZone, "The IANA time zone in which `cron` is read."),
      for: required(duration({ from: minuteMs, to: 7 * dayMs }), "How long they last."),
    },
  }),
  ({ for: forMs, ...rest }) => ({ ...rest, starts: startsOf(rest.cron), forMs }),
);

export const renew: Shape<Renew> = convert(
  object({
    fields: {
      templateVersion: defaulted(
        flag,
        defaults.renew.templateVersion,
        "Whether instances of another version than the launch template's are replaced.",
      ),
      maxAge: optional(
        duration({ from: hourMs, to: 366 * dayMs }),
        "Instances older than this are replaced. Left out: none.",
      ),
      balance: defaulted(
        flag,
        defaults.renew.balance,
        "Whether one at a time is replaced in another subnet where a calm fleet stands unevenly.",
      ),
      atOnce: defaulted(
        percent({ from: 0.01, to: 0.5 }),
        defaults.renew.atOnce,
        "So many of those that serve at a time, at least one.",
      ),
      during: defaulted(
        list({ item: hours, noun: "hours", min: 0 }),
        defaults.renew.during,
        "Only in these hours. Left out: at any hour.",
      ),
    },
  }),
  ({ templateVersion, maxAge, balance, atOnce, during }) => ({
    kind: "renews",
    outdated: templateVersion,
    maxAgeMs: maxAge ?? "any",
    balanced: balance,
    atOnceRatio: atOnce,
    during,
  }),
);
