// React: reactive provisioning after T. Chieu et al., "Dynamic Scaling of Web Applications in a Virtualized Cloud Computing
// Environment", ICEBE 2009, https://doi.org/10.1109/ICEBE.2009.45.
import { type DurationMs, minuteMs } from "../../core/index.ts";
import { sizeByNeed, type Wish } from "./held.ts";
import { gridOf, type Peer, type Rule, settingOf } from "./peer.ts";
import { moved, stays } from "./steps.ts";

/** What is missing is bought, and a fifth of it on top. */
const deficitFactor = 1.2;
/** So far over the need nothing is let go. */
const slackRatio = 0.1;
/** It shrinks at once: one look's need. */
const documentedWindowMs: DurationMs = minuteMs;

export const sizeByReact: Rule = (windowMs) => sizeByNeed(windowMs, reacted);

function reacted({ current, needed, highest }: Wish) {
  const figures = { needed, "highest of the window": highest };
  if (needed > current) {
    const to = current + Math.ceil((needed - current) * deficitFactor - 1e-9);
    return moved({ from: current, to, says: "the deficit and a fifth", figures });
  }
  if (current > highest * (1 + slackRatio))
    return moved({ from: current, to: highest, says: "over the need by a tenth", figures });
  return stays(current, "no deficit, no tenth too many", figures);
}

export const react: Peer = {
  kind: "research",
  about: "React (Chieu et al.): deficit × 1.2, shrinks when 10 % over the need",
  documented: settingOf(sizeByReact, { target: "of-policy", windowMs: documentedWindowMs }),
  grid: gridOf(sizeByReact, documentedWindowMs, 60 * minuteMs),
};
