// `peaks`: announced events.
import { Document } from "yaml";
import { assert, dayMs, type EpochMs, error, minuteMs, type Result } from "../core/index.ts";
import { type Day, instantOf, timeOfDay, timeZone, type WrittenTime, writtenDay, writtenTime } from "./calendar.ts";
import { defaults } from "./defaults.ts";
import { list, repeatedNames } from "./list.ts";
import { defaulted, object, optional, readSpelling, required } from "./object.ts";
import { type Fault, fault, found, type Place, rootOf, valueAt } from "./place.ts";
import { prefetch } from "./prefetch.ts";
import { duration, expectation, percent } from "./quantity.ts";
import { convert, oneOf, type Shape, shortOrMap, text } from "./shape.ts";
import type { Expectation, Peak } from "./types.ts";

/** Fleets and peaks: what fits into a tag, a file name and a key of the log. */
export const plainName = text({
  expects: "a name of 1 to 40 characters of a–z, 0–9 and -",
  pattern: /^[a-z0-9-]{1,40}$/,
  examples: ["shop"],
});

const slope = duration({ from: 0, to: dayMs });
const hold = duration({ from: minuteMs, to: 7 * dayMs });

type Expected = Exclude<Expectation, { kind: "like" }> | { readonly kind: "like"; readonly day: Day };
const expected: Shape<Expected> = shortOrMap<Expected>(
  expectation,
  convert(
    object({ fields: { like: required(writtenDay, "A day: the load of its same hours is expected again.") } }),
    ({ like }) => ({ kind: "like", day: like }),
  ),
);

type Early = Peak["early"];
const early: Shape<Early> = convert(
  object({
    fields: {
      below: defaulted(
        percent({ from: 0.01, to: 1 }),
        defaults.peak.early.below,
        "Of what is expected: fewer, and nobody comes.",
      ),
      after: defaulted(
        duration({ from: minuteMs, to: dayMs }),
        defaults.peak.early.after,
        "For so long, from `at` on.",
      ),
    },
  }),
  ({ below, after }) => ({ kind: "below", ratio: below, afterMs: after }),
);

interface Release {
  readonly within: number;
  readonly early: Early | undefined;
}
const release: Shape<Release> = shortOrMap<Release>(
  convert(slope, (within) => ({ within, early: undefined })),
  object({
    fields: {
      within: defaulted(slope, defaults.peak.release, "How long the capacity takes to come down afterwards."),
      early: optional(early, "When to let go before its time."),
    },
  }),
);

const fields = {
  name: required(plainName, "What the log calls the peak."),
  at: required(
    writtenTime,
    "When the peak is there in full: local to `timeZone`, or with an offset or `Z` and no `timeZone`. An hour that the clocks run through twice means the first time.",
  ),
  timeZone: defaulted(timeZone, defaults.peak.timeZone, "The IANA time zone in which `at` is read."),
  expect: required(
    expected,
    "How often the usual demand (`5x`), how much (`60000 requests/min`), or as on a day (`{ like: 2026-11-27 }`).",
  ),
  sure: defaulted(
    oneOf(["certain", "likely"]),
    defaults.peak.sure,
    "`likely` lets go early when nobody comes, `certain` holds to the end; `release.early` says it more exactly.",
  ),
  ramp: defaulted(slope, defaults.peak.ramp, "How long before `at` the demand begins to climb."),
  hold: required(hold, "How long the peak lasts in full."),
  release: defaulted(
    release,
    defaults.peak.release,
    "How long the capacity takes to come down, and when it does early.",
  ),
  prefetch: optional(prefetch, "What to fetch through the CDN beforehand."),
};

const peak: Shape<Peak> = convert(
  object({
    fields,
    check: ({ at: written, timeZone: zone, expect }, at) =>
      written === undefined || zone === undefined ? [] : timeFaults(at, { written, zone, expect }),
  }),
  ({ name, at, timeZone: zone, expect, sure, ramp, hold, release, prefetch }) => ({
    name,
    atMs: atMsOf(at, zone),
    expect: expect.kind === "like" ? { kind: "like", fromMs: atMsOf(sameTime(expect.day, at), zone) } : expect,
    rampMs: ramp,
    holdMs: hold,
    releaseMs: release.within,
    early: release.early ?? (sure === "likely" ? unlessTheyCome : { kind: "never" }),
    ...(prefetch === undefined ? {} : { prefetch }),
  }),
);

const unlessTheyCome = readSpelling(early, {});

interface Timed {
  readonly written: WrittenTime;
  readonly zone: string;
  readonly expect: Expected | undefined;
}

function timeFaults(peakAt: Place, { written, zone, expect }: Timed): readonly Fault[] {
  const at = valueAt(peakAt, "at") ?? peakAt;
  if (written.kind === "instant" && valueAt(peakAt, "timeZone") !== undefined)
    return [fault(at, `expected a local time, because \`timeZone\` is given, found ${found(at)}`)];
  const instant = instantAt(written, zone);
  if (instant.kind === "error") return [fault(at, instant.error)];
  if (expect?.kind !== "like") return [];
  const likeAt = valueAt(peakAt, "expect") ?? peakAt;
  const like = instantAt(sameTime(expect.day, written), zone);
  if (like.kind === "error") return [fault(likeAt, like.error)];
  return like.value < instant.value ? [] : [fault(likeAt, "expected a day before that of `at`")];
}

/** The same time of the day, by the same clocks. */
const sameTime = (day: Day, written: WrittenTime): WrittenTime => ({
  kind: "local",
  at: `${day}T${timeOfDay(written)}`,
});

const instantAt = (written: WrittenTime, zone: string): Result<EpochMs, string> =>
  written.kind === "instant" ? { kind: "ok", value: written.atMs } : instantOf(written.at, zone);

function atMsOf(written: WrittenTime, zone: string): EpochMs {
  const instant = instantAt(written, zone);
  assert(instant.kind === "ok", "a local time that the clocks skip was refused");
  return instant.value;
}

export const peaks: Shape<readonly Peak[]> = list({
  item: peak,
  noun: "peaks",
  min: 0,
  check: repeatedNames,
});

/** A peak as one would write it into a policy, by its keys; or all of its mistakes, a line each. */
export function parsePeak(written: Readonly<Record<string, unknown>>): Result<Peak, readonly string[]> {
  const source = { document: new Document(written), lineStarts: [0], state: "whole" } as const;
  const reading = peak.read(rootOf(source));
  return reading.kind === "ok" ? reading : error(reading.error.map(({ path, message }) => `${path} ${message}`));
}
