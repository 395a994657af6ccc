// `reserve`: a warm pool of stopped instances.
import { hourMs } from "../core/index.ts";
import { defaults } from "./defaults.ts";
import { defaulted, object, required } from "./object.ts";
import { storageUsdPerHour } from "./prices.ts";
import { duration, gigabytes } from "./quantity.ts";
import { convert, flag, type Shape, wholeNumber } from "./shape.ts";
import type { Reserve } from "./types.ts";

export const reserve: Shape<Reserve> = convert(
  object({
    fields: {
      count: required(wholeNumber({ from: 1, to: 1_000 }), "So many are kept, beside `bounds`."),
      hibernate: defaulted(
        flag,
        defaults.reserve.hibernate,
        "Whether they keep what is in their memory. The launch template has to allow it.",
      ),
      settle: defaulted(
        duration({ from: 0, to: hourMs }),
        defaults.reserve.settle,
        "So long a new one runs before it is stopped, at least; and until it is warm, where the policy warms.",
      ),
      storage: defaulted(
        gigabytes({ from: 1, to: 16_000 }),
        defaults.reserve.storage,
        "The volumes of one instance, which are paid for while it is stopped.",
      ),
    },
  }),
  ({ count, hibernate, settle, storage }) => ({
    kind: "keeps",
    count,
    by: hibernate ? "hibernating" : "stopping",
    settleMs: settle,
    usdPerHour: storageUsdPerHour(storage),
  }),
);
