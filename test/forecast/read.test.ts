// Reading a forecast at and between the levels that it keeps.
import { expect, test } from "@jest/globals";
import { loadsAt } from "../../shared/forecast/index.ts";
import { tableLevels } from "../../shared/forecast/spread.ts";
import { givenAt, madeOf, monday } from "./given.ts";

test("at the table's last level no load is higher than beyond it, whatever the distances round to", () => {
  const forecast = madeOf(givenAt(monday));
  for (let nth = 1; nth <= 200; nth += 1) {
    const distances = tableLevels.map((level) => (level * nth) / 7);
    const spread = { ...forecast.spread, bands: [{ untilStep: forecast.medians.length, distances }] };
    const [last, beyond] = [0.999, 1].map((level) => loadsAt({ ...forecast, spread }, level));
    expect(last?.filter((load, step) => load > (beyond?.[step] ?? 0))).toEqual([]);
  }
});
