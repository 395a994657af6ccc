// What an announced event says for itself, in words.
import { unreachable } from "../../core/index.ts";
import type { PeakFinding, Reason } from "../types.ts";
import { instant, lasting, percent, perInstance, reading, written } from "./words.ts";

type Of<K extends Reason["kind"]> = Extract<Reason, { kind: K }>;
export type PeakReason = Of<
  "peak-active" | "peak-idle" | "peak-beyond" | "peak-unread" | "peak-finding" | "peak-unattended"
>;

export function peakSays(reason: PeakReason): string {
  switch (reason.kind) {
    case "peak-active":
      return peakActive(reason);
    case "peak-idle":
      return timeOf(reason);
    case "peak-beyond":
      return `${timeOf(reason)}; warning: as demand stands it will want ${written(reason.count)}, and bounds and budget allow ${written(reason.most)}`;
    case "peak-unread":
      return `${timeOf(reason)}; warning: the day that it is to be like is not read yet`;
    case "peak-finding":
      return foundInItsWay(reason.finding);
    case "peak-unattended":
      return unattended(reason);
    default:
      return unreachable(reason);
  }
}

const timeOf = ({ startsAt, endsAt }: Of<"peak-idle" | "peak-beyond" | "peak-unread">): string =>
  `its time is ${instant(startsAt)} to ${instant(endsAt)}`;

function peakActive(reason: Of<"peak-active">): string {
  const plan = `${reading(reason.perMinute, "requests")} within the lead time of ${lasting(reason.leadMs)}`;
  const event = `${written(reason.expectedPerMinute)} expected, ${written(reason.baselinePerMinute)} before it`;
  return `${reason.phase}: ${plan} ${perInstance(reason)}; ${event}`;
}

const foundInItsWay = ({ level, check, found, toDo }: PeakFinding): string =>
  `${level} (${check}): ${found}; to do: ${toDo}`;

const unattended = ({ perMinute, expectedPerMinute, ratio, forMs }: Of<"peak-unattended">): string =>
  `released early: for ${lasting(forMs)} at most ${reading(perMinute, "requests")} came, under ${percent(ratio)} of the ${written(expectedPerMinute)} expected`;
