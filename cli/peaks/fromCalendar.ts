// All events of a calendar, at its first reading and at each later one: what has moved moves, what is gone is told, and one bad event
// keeps no other from being taken.
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { AddedPeak } from "../../shared/aws/log/index.ts";
import { CliError } from "../failure.ts";
import { say } from "../output.ts";
import { type Calendar, peaksIn, type TakenEvent } from "./calendar.ts";
import { calendarName, calendarText } from "./feed.ts";
import { type Among, type Candidate, judged, type Taken } from "./judged.ts";
import type { Written } from "./written.ts";

/** What is left out is told on standard error; the exit code is 1 where something bad was. A CliError where nothing is taken. */
export async function takenFrom(source: string, said: Written, among: Among): Promise<readonly Taken[]> {
  const calendar = await read(source, said, among);
  const known = among.standing.filter(({ event }) => event?.calendar === keyOf(source));
  const [taken, bad]: [Taken[], string[]] = [[], [...calendar.bad]];
  for (const event of calendar.events) {
    const judgement = await judged(asKnown(event, source, known), among, taken);
    if (judgement.kind === "ok") taken.push(judgement.value);
    else bad.push(...judgement.error.split("\n"));
  }
  for (const one of [...calendar.passedOver, ...bad]) say(`left out ${one}`);
  for (const one of goneFrom(known, taken, among.now)) say(gone(among.fleet, one));
  if (bad.length > 0) process.exitCode = 1;
  if (taken.length === 0) throw new CliError(`${calendarName(source)} has no event ahead to take`);
  return taken;
}

async function read(source: string, said: Written, { now }: Among): Promise<Calendar> {
  const { timeZone = "UTC", ...otherwise } = said as { readonly timeZone?: string };
  const calendar = peaksIn(await calendarText(source), { timeZone, otherwise, now });
  if (calendar.kind === "error") throw new CliError(`${calendarName(source)}: ${calendar.error}`);
  return calendar.value;
}

/** Which calendar it is. Not its address: whoever has that may often read it, and more read the table. */
const keyOf = (source: string): string =>
  createHash("sha256")
    .update(/^\w+:\/\//.test(source) ? source : resolve(source))
    .digest("hex")
    .slice(0, 16);

/** Under the name that it was given when it first came: it may have been moved since, or stand beside others of its title. */
function asKnown({ id, written }: TakenEvent, source: string, known: readonly AddedPeak[]): Candidate {
  const name = known.find(({ event }) => event?.id === id)?.peak.name ?? written.name;
  return { written: { ...written, name }, writer: "calendar", event: { calendar: keyOf(source), id } };
}

/** Those that an earlier reading has brought and this one has not, though they are not over. */
const goneFrom = (known: readonly AddedPeak[], taken: readonly Taken[], now: number): readonly AddedPeak[] =>
  known.filter(({ peak }) => peak.atMs + peak.holdMs > now && taken.every((one) => one.peak.name !== peak.name));

const gone = (fleet: string, { peak: { name } }: AddedPeak): string =>
  `${fleet}/${name} came with this calendar, which does not bring it any more; it stands: tidegate peaks cancel ${fleet}/${name}`;
