// The product's own gate, on the lab's instances: the warm-up that the Lambda in the VPC runs.
import { performance } from "node:perf_hooks";
import type { WarmResult } from "../../shared/engine/index.ts";
import type { Address } from "../../shared/haproxy/index.ts";
import type { WarmHttp } from "../../shared/policy/index.ts";
import { usualLimits, type Ways, warmUp } from "../../shared/warm/index.ts";

/** Whatever warms an instance before it takes traffic. Never rejects: a failure is a verdict. */
export type Warmer = (address: Address, warm: WarmHttp) => Promise<WarmResult>;

export const isWarm = ({ verdict }: WarmResult): boolean => verdict === "under-bound" || verdict === "stopped-falling";

/** All of the lab is on this machine, whose own address no instance of a fleet may have; and its minutes are short. */
const ways: Ways = {
  now: () => performance.now(),
  refusalOf: () => "none",
  limits: { ...usualLimits, answerMs: 5_000, pauseMs: 50 },
};

export const warmByGate: Warmer = async ({ host, port }, warm) =>
  await warmUp({ target: { address: host, port, protocol: "http" }, warm }, ways);
