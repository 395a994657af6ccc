// What is deployed only where policies want it: who warms new instances, and who speaks to HAProxy.
import { unreachable } from "../../core/index.ts";
import type { Policy } from "../../policy/index.ts";
import type { WantedFunction } from "./facts.ts";

/** `own` is the function `warm`, in the VPC; `itself` the instance, told by SSM; `hook` a function of the operator's. */
export type WarmedBy = "nobody" | "own" | "itself" | "hook";

export function warmedBy({ warm }: Policy): WarmedBy {
  switch (warm.kind) {
    case "none":
      return "nobody";
    case "http":
      return warm.by === "ssm" ? "itself" : "own";
    case "hook":
      return "hook";
    default:
      return unreachable(warm);
  }
}

export const isWarmed = (policy: Policy): boolean => warmedBy(policy) !== "nobody";
export const isBehindHaproxy = ({ targetGroup }: Policy): boolean => typeof targetGroup !== "string";

export const wantedFunctions = (policies: readonly Policy[]): readonly WantedFunction[] => [
  ...(policies.some(isWarmed) ? (["warming"] as const) : []),
  ...(policies.some((policy) => warmedBy(policy) === "own") ? (["warm"] as const) : []),
  ...(policies.some(isBehindHaproxy) ? (["haproxy"] as const) : []),
];
