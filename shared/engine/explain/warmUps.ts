// How warm-ups went, of instances that do not serve yet: what stands in a decision of them.
import { unreachable } from "../../core/index.ts";
import type { Instance, InstancesView, WarmEnd, WarmResult, WarmVerdict } from "../types.ts";
import { counted, lasting, percent, quoted, written } from "./words.ts";

/** A launch of a hundred is not told one by one. */
const toldMax = 10;

export function warmUpsSeen(view: InstancesView): readonly string[] {
  if (view.kind !== "seen") return [];
  const told = view.instances.filter(({ target }) => target.kind !== "healthy").flatMap(warmUpOf);
  const more = told.length - toldMax;
  return [...told.slice(0, toldMax), ...(more > 0 ? [`${counted(more, "more warm-up")} ended`] : [])];
}

/** That something is warm without anybody having measured it is what its phase says. */
function warmUpOf({ id, warm }: Instance): readonly string[] {
  if (warm.kind !== "done" && warm.kind !== "failed") return [];
  return warm.kind === "failed" || "result" in warm ? [`${id} ${sentenceOfWarmEnd(warm)}`] : [];
}

/** `is warm after 42s, as quick as asked: 240 requests, p95 820 ms → 95 ms`: of whichever instance is spoken. */
export function sentenceOfWarmEnd(end: WarmEnd): string {
  if (!("result" in end)) return end.kind === "failed" ? `did not get warm: ${quoted(end.because)}` : "is warm";
  const { verdict, durationMs, trouble } = end.result;
  const kind = end.kind === "done" ? "is warm after" : "did not get warm in";
  const first = trouble === "" ? "" : `; first trouble: ${quoted(trouble)}`;
  return `${kind} ${lasting(durationMs)}, ${verdictTold(verdict)}: ${figures(end.result)}${first}`;
}

/** `240 requests, p95 820 ms → 95 ms, 96 % cache hits` */
function figures({ requests, firstP95Ms, lastP95Ms, hitRatio }: WarmResult): string {
  const p95 = [firstP95Ms, lastP95Ms].map((ms) => (ms === "none" ? "none" : `${written(ms)} ms`)).join(" → ");
  const hits = hitRatio === "none" ? [] : [`${percent(hitRatio)} cache hits`];
  return [counted(requests, "request"), `p95 ${p95}`, ...hits].join(", ");
}

function verdictTold(verdict: WarmVerdict): string {
  switch (verdict) {
    case "under-bound":
      return "as quick as asked";
    case "stopped-falling":
      return "as quick as it gets";
    case "time-up":
      return "its time was up";
    case "requests-spent":
      return "its requests were spent";
    case "no-paths":
      return "nothing there to ask for";
    case "address-refused":
      return "its address is none to ask";
    default:
      return unreachable(verdict);
  }
}
