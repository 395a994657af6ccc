// Reading a forecast at and between the levels that it keeps.
import { expect, test } from "@jest/globals";
import { loadsAt } from "../../shared/forecast/index.ts";
import { tableLevels } from "../../shared/forecast/spread.ts";
import { givenAt, madeOf, monday } from "./given.ts";

test("at the table's last level no load is higher than beyond it, whatever the distances round to", () => {
  const forecast = madeOf(givenAt(monday));
  const medians = forecast.medians.map(() => 1);
  for (let nth = 1; nth <= 400; nth += 1) {
    const distances = tableLevels.map((level) => (level === 0.999 ? 1.2 : 0.5) * Math.abs(Math.sin(nth)));
    const spread = { offset: 0, scales: medians, bands: [{ untilStep: medians.length, distances }] };
    const [last, beyond] = [0.999, 1].map((level) => loadsAt({ ...forecast, medians, spread }, level));
    expect(last?.filter((load, step) => load > (beyond?.[step] ?? 0))).toEqual([]);
  }
});
