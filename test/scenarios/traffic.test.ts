// What the fleet does about its traffic, when all else is well. `npm test -- test/scenarios -u` rewrites the timelines: read
// the difference before you commit it.
import { expect, test } from "@jest/globals";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import { monday, type Scenario, timelineOf } from "./scenario.ts";

const between = (from: number, to: number, inside: number, outside: number) => (minute: number) =>
  minute >= from && minute < to ? inside : outside;
/** From one load to another in so many minutes, from minute 5 on. */
const ramp = (from: number, to: number, minutes: number) => (minute: number) =>
  Math.round(from + (to - from) * Math.min(1, Math.max(0, (minute - 5) / minutes)));

const scenarios: readonly Scenario[] = [
  {
    name: "a plain ramp, up and down",
    minutes: 75,
    servingAtStart: 2,
    load: (minute) => (minute < 40 ? ramp(900, 4_000, 25)(minute) : ramp(4_000, 900, 15)(minute - 35)),
  },
  {
    name: "a flash crowd: six times the load from one minute to the next, for a quarter of an hour",
    minutes: 50,
    servingAtStart: 3,
    load: between(10, 25, 9_000, 1_500),
  },
  {
    name: "a crowd that comes back while its instances drain",
    policy: { stabilization: "{ scaleIn: 0s }", drain: "{ timeout: 5m, takeBack: true }" },
    minutes: 25,
    servingAtStart: 8,
    load: (minute) => (minute >= 5 && minute < 9 ? 1_500 : 4_000),
  },
  {
    name: "an announced peak: five times, at eleven",
    policy: {
      peaks: "[{ name: sale, at: 2026-03-02T11:00, expect: 5x, ramp: 20m, hold: 15m, release: 20m }]",
      bounds: "{ min: 2, max: 30 }",
    },
    minutes: 115,
    servingAtStart: 3,
    load: (minute) => (minute < 60 ? 1_400 : Math.round(7_000 * Math.exp(-(minute - 60) / 40))),
  },
  {
    name: "an announced peak that nobody comes to is let go early; they come late, and it stands again",
    policy: {
      peaks: "[{ name: sale, at: 2026-03-02T10:30, expect: 5x, sure: likely, ramp: 10m, hold: 1h, release: 10m }]",
      bounds: "{ min: 2, max: 30 }",
    },
    minutes: 110,
    servingAtStart: 3,
    load: (minute) => (minute < 70 ? 1_400 : 4_500),
  },
  {
    name: "an announced peak that is outrun: eight times where four were announced",
    policy: {
      peaks: "[{ name: sale, at: 2026-03-02T10:30, expect: 4x, ramp: 10m, hold: 20m, release: 10m }]",
      bounds: "{ min: 2, max: 30 }",
    },
    minutes: 60,
    servingAtStart: 3,
    load: (minute) => (minute < 30 ? 1_000 : 8_000),
  },
  {
    name: "two peaks at once: the larger counts, and neither multiplies the other",
    policy: {
      peaks:
        "[{ name: sale, at: 2026-03-02T10:20, expect: 3x, ramp: 5m, hold: 20m, release: 5m }, { name: flash, at: 2026-03-02T10:30, expect: 5x, ramp: 5m, hold: 5m, release: 5m }]",
    },
    minutes: 60,
    servingAtStart: 3,
    load: (minute) => (minute >= 20 && minute < 40 ? 3_000 : 1_000),
  },
  {
    name: "a hard budget under a flash crowd: fifty cents an instance, four dollars an hour",
    policy: {
      launch: "{ template: shop-web, leadTime: 3m, instanceTypes: [m7g.large] }",
      limits:
        "{ scaleOut: 100%/1m, budget: { soft: 2 USD/h, hard: 4 USD/h, prices: { m7g.large: { onDemand: 0.5 USD/h, spot: 0.2 USD/h } } } }",
    },
    minutes: 30,
    servingAtStart: 3,
    load: between(5, 12, 9_000, 1_500),
  },
  {
    name: "an override that holds the floor up, and expires",
    overrides: [
      { id: "o-1", min: 8, max: 100, until: monday + 20 * minuteMs, by: "ann", reason: "newsletter goes out" },
    ],
    minutes: 35,
    servingAtStart: 3,
    load: () => 1_500,
  },
  {
    name: "a schedule at eight in Paris, on the day the clocks go forward",
    policy: {
      rules:
        '[{ target: { metric: requests } }, { schedule: { cron: "0 8 * * *", timeZone: Europe/Paris, min: 6, for: 1h } }]',
    },
    // 29 March 2026: eight in Paris is seven in UTC the day before, and six from now on.
    startsAt: Date.UTC(2026, 2, 29, 5, 40),
    minutes: 100,
    servingAtStart: 2,
    load: () => 800,
  },
  {
    name: "a schedule in the hour that the clocks skip",
    policy: {
      rules:
        '[{ target: { metric: requests } }, { schedule: { cron: "30 2 * * *", timeZone: Europe/Paris, min: 6, for: 30m } }]',
    },
    startsAt: Date.UTC(2026, 2, 29, 0, 40),
    minutes: 70,
    servingAtStart: 2,
    load: () => 800,
  },
  {
    name: "a steady load, sized by CPU: one instance is added, and then nothing moves",
    policy: { rules: "[{ target: { metric: cpu, value: 70% } }]" },
    minutes: 60,
    servingAtStart: 9,
    load: () => 6_356,
  },
  {
    name: "a night without a single request",
    startsAt: monday - 8 * hourMs,
    minutes: 30,
    servingAtStart: 6,
    load: (minute) => (minute < 5 ? 2_500 : 0),
  },
];

test.each(scenarios)("$name", async (scenario) => {
  expect(await timelineOf(scenario)).toMatchSnapshot();
});
