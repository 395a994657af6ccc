// `peaks`: announced events.
import { assert, dayMs, type EpochMs, minuteMs } from "../core/index.ts";
import { instantOf, timeZone, type WrittenTime, writtenTime } from "./calendar.ts";
import { defaults } from "./defaults.ts";
import { list, repeatedNames } from "./list.ts";
import { defaulted, object, required } from "./object.ts";
import { type Fault, fault, found, type Place, valueAt } from "./place.ts";
import { duration, expectation } from "./quantity.ts";
import { convert, type Shape, text } from "./shape.ts";
import type { Peak } from "./types.ts";

/** Fleets and peaks: what fits into a tag, a file name and a key of the log. */
export const plainName = text({
  expects: "a name of 1 to 40 characters of a–z, 0–9 and -",
  pattern: /^[a-z0-9-]{1,40}$/,
  examples: ["shop"],
});

const slope = duration({ from: 0, to: dayMs });

const peak: Shape<Peak> = convert(
  object({
    fields: {
      name: required(plainName, "What the log calls the peak."),
      at: required(
        writtenTime,
        "When the peak is there in full: local to `timeZone`, or with an offset or `Z` and no `timeZone`. An hour that the clocks run through twice means the first time.",
      ),
      timeZone: defaulted(timeZone, defaults.peak.timeZone, "The IANA time zone in which `at` is read."),
      expect: required(expectation, "How often the usual demand (`5x`), or how much (`60000 requests/min`)."),
      ramp: defaulted(slope, defaults.peak.ramp, "How long before `at` the demand begins to climb."),
      hold: required(duration({ from: minuteMs, to: 7 * dayMs }), "How long the peak lasts in full."),
      release: defaulted(slope, defaults.peak.release, "How long the capacity takes to come down afterwards."),
    },
    check: ({ at: written, timeZone: zone }, at) =>
      written === undefined || zone === undefined ? [] : timeFaults(at, written, zone),
  }),
  ({ name, at, timeZone: zone, expect, ramp, hold, release }) => ({
    name,
    atMs: atMsOf(at, zone),
    expect,
    rampMs: ramp,
    holdMs: hold,
    releaseMs: release,
  }),
);

function timeFaults(peakAt: Place, written: WrittenTime, zone: string): readonly Fault[] {
  const at = valueAt(peakAt, "at") ?? peakAt;
  if (written.kind === "instant") {
    return valueAt(peakAt, "timeZone") === undefined
      ? []
      : [fault(at, `expected a local time, because \`timeZone\` is given, found ${found(at)}`)];
  }
  const instant = instantOf(written.at, zone);
  return instant.kind === "ok" ? [] : [fault(at, instant.error)];
}

function atMsOf(written: WrittenTime, zone: string): EpochMs {
  if (written.kind === "instant") return written.atMs;
  const instant = instantOf(written.at, zone);
  assert(instant.kind === "ok", "a local time that the clocks skip was refused");
  return instant.value;
}

export const peaks: Shape<readonly Peak[]> = list({
  item: peak,
  noun: "peaks",
  min: 0,
  check: repeatedNames,
});
