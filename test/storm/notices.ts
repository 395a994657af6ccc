// EC2 announces that it takes spot instances back: an interruption is followed by the loss two minutes later, a rebalance
// recommendation by nothing, or by an interruption.
import { putNotice, type Table } from "../../shared/aws/index.ts";
import { fleetTag } from "../../shared/control/index.ts";
import { type EpochMs, minuteMs } from "../../shared/core/index.ts";
import type { Notice } from "../../shared/engine/index.ts";
import type { Cloud } from "../../shared/sim/index.ts";
import type { Draw } from "./policy.ts";
import type { Truth } from "./truth.ts";
import type { Weather } from "./weather.ts";

interface Given {
  readonly cloud: Cloud;
  readonly table: Table;
  readonly fleet: string;
  readonly owner: string;
  readonly weather: Weather;
  readonly truth: Truth;
  readonly draw: Draw;
}

/** `turn` is called at the start of each minute. */
export function createNotices({ cloud, table, fleet, owner, weather, truth, draw }: Given) {
  const lostAt = new Map<string, EpochMs>();
  const announce = async (instance: string, kind: Notice["kind"]): Promise<void> => {
    if (kind === "interruption") lostAt.set(instance, cloud.now + 2 * minuteMs);
    const notice = { instance, kind, at: cloud.now };
    truth.noticed(notice);
    await putNotice(table, fleet, notice);
  };
  return {
    turn: async (): Promise<void> => {
      const ours = cloud
        .describe(cloud.now)
        .filter(({ tags, state }) => tags[fleetTag] === owner && state === "running");
      for (const { id, purchase } of ours) {
        const at = lostAt.get(id);
        if (at !== undefined && at <= cloud.now) {
          truth.disturbed();
          cloud.terminate([id]);
        } else if (
          at === undefined &&
          purchase === "spot" &&
          draw.chance(0.15 * weather.force("spot-notices", cloud.now))
        )
          await announce(id, draw.one(["interruption", "rebalance"]));
      }
    },
  };
}
