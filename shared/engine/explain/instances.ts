// What is done with the instances that are there, beside their number.
import { unreachable } from "../../core/index.ts";
import type { Reason } from "../types.ts";
import { clock, counted, usd, written } from "./words.ts";

export type InstancesReason = Extract<
  Reason,
  { kind: "outage" | "noticed" | "renewing" | "uneven" | "breaker" | "reserve" }
>;

export function instancesSay(reason: InstancesReason): string {
  switch (reason.kind) {
    case "outage":
      return `warning: ${written(reason.unhealthyCount)} are unhealthy and ${written(reason.servingCount)} serve; that is an outage, not a sick instance, and nobody is replaced`;
    case "noticed":
      return noticed(reason);
    case "renewing":
      return renewing(reason);
    case "uneven":
      return uneven(reason);
    case "breaker":
      return `warning: ${written(reason.failureCount)} launches of version ${reason.templateVersion} of the launch template in a row brought nothing that serves; ${instead(reason)}`;
    case "reserve":
      return inReserve(reason);
    default:
      return unreachable(reason);
  }
}

type Of<K extends InstancesReason["kind"]> = Extract<InstancesReason, { kind: K }>;

const noticed = ({ interruptionCount, rebalanceCount }: Of<"noticed">): string =>
  [
    ...(interruptionCount > 0
      ? [
          `EC2 takes back ${counted(interruptionCount, "spot instance")} within two minutes: drained at once, and replaced`,
        ]
      : []),
    ...(rebalanceCount > 0
      ? [`EC2 may soon take back ${counted(rebalanceCount, "spot instance")}: replaced first, then drained`]
      : []),
  ].join("; ");

function inReserve({ wantedCount, keptCount, fillingCount, usdPerHour }: Of<"reserve">): string {
  const filling = fillingCount === 0 ? "" : `, ${written(fillingCount)} on the way there`;
  return `${written(keptCount)} of ${written(wantedCount)} stopped in reserve${filling}, for ${usd(usdPerHour)}`;
}

function renewing({ templateVersion, outdatedCount, tooOldCount, now }: Of<"renewing">): string {
  const due = [
    ...(outdatedCount > 0
      ? [`${counted(outdatedCount, "instance")} of another version than ${templateVersion} of the launch template`]
      : []),
    ...(tooOldCount > 0 ? [`${counted(tooOldCount, "instance")} older than the policy allows`] : []),
  ].join(" and ");
  return now.kind === "replaces"
    ? `renewing ${due}, ${written(now.count)} at a time`
    : `${due} to be renewed: ${waits[now.because]}`;
}

function uneven({ fullest, emptiest, now }: Of<"uneven">): string {
  const standing = `${written(fullest.count)} stand in ${fullest.subnet} and ${written(emptiest.count)} in ${emptiest.subnet}`;
  return now.kind === "moves"
    ? `${standing}: ${now.instance} is replaced there`
    : `${standing}, to be evened out: ${waits[now.because]}`;
}

const waits = {
  hours: "not in these hours",
  unwell: "not while instances are unwell or announced as lost",
  breaker: "not while launches of that version fail",
  brake: "not while nothing may be let go",
} as const;

const instead = ({ instead: what }: Of<"breaker">): string =>
  what.kind === "last-good"
    ? `version ${what.templateVersion}, which did, is launched instead`
    : `none has served yet, so one is tried at a time, the next from ${clock(what.at)}`;
