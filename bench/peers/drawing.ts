// A picture as inline SVG. Colours are the page's: light and dark are one drawing.
import { dayMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import type { Bucket, Picture } from "./picture.ts";

const width = 1_120;
const plotHeight = 210;
const left = 52;
const stripHeight = 13;
const bottom = plotHeight + 10;

/** Names of the fleets, in the picture's order, for their strips of misses. */
export function drawn(picture: Picture, names: readonly string[]): string {
  const { buckets } = picture;
  const top = niceTop(Math.max(...buckets.flatMap(({ needed, fleets }) => [needed, ...fleets.map(servedBy)])));
  const x = (index: number): number => left + (index / buckets.length) * (width - left);
  const y = (count: number): number => round(8 + (1 - Math.min(1, count / top)) * (plotHeight - 8));
  const height = bottom + names.length * (stripHeight + 4) + 22;
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" preserveAspectRatio="xMidYMid meet">`,
    ...yTicks(top, y),
    `<path class="load" d="${area(buckets, x, y)}"/>`,
    `<path class="needed" d="${stairs(
      buckets.map(({ needed }) => y(needed)),
      x,
    )}"/>`,
    ...names.map((_, fleet) => {
      const heights = buckets.map(({ fleets }) => y(servedBy(fleets[fleet])));
      return `<path class="fleet f${fleet}" d="${stairs(heights, x)}"/>`;
    }),
    ...names.flatMap((name, fleet) => strip(picture, { name, fleet, x })),
    ...xTicks(picture, x, height),
    "</svg>",
  ].join("");
}

const servedBy = (fleet: Bucket["fleets"][number] | undefined): number =>
  fleet === undefined || !Number.isFinite(fleet.serving) ? 0 : fleet.serving;

const round = (value: number): number => Math.round(value * 10) / 10;
type Scale = (value: number) => number;

function niceTop(highest: number): number {
  const step = stepOf(highest);
  return Math.max(step, Math.ceil(highest / step) * step);
}

/** About four lines, at 1, 2 or 5 times a power of ten. */
function stepOf(highest: number): number {
  const raw = Math.max(1, highest / 4);
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
}

function yTicks(top: number, y: Scale): readonly string[] {
  const step = stepOf(top);
  const counts = Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step);
  return counts.map(
    (count) =>
      `<line class="grid" x1="${left}" x2="${width}" y1="${y(count)}" y2="${y(count)}"/>` +
      `<text class="tick" x="${left - 6}" y="${y(count) + 4}" text-anchor="end">${count}</text>`,
  );
}

function stairs(heights: readonly number[], x: Scale): string {
  const parts = heights.map((at, index) => `${index === 0 ? "M" : "L"}${round(x(index))} ${at}H${round(x(index + 1))}`);
  return parts.join("");
}

const area = (buckets: readonly Bucket[], x: Scale, y: Scale): string =>
  `M${left} ${y(0)}${buckets.map(({ load }, index) => `L${round(x(index))} ${y(load)}H${round(x(index + 1))}`).join("")}V${y(0)}Z`;

interface Strip {
  readonly name: string;
  readonly fleet: number;
  readonly x: Scale;
}

/** Where the fleet fell short: the taller the mark, the larger the share of requests that found no room. */
function strip({ buckets }: Picture, { name, fleet, x }: Strip): readonly string[] {
  const base = bottom + (fleet + 1) * (stripHeight + 4);
  const wide = Math.max(1.2, x(1) - x(0));
  const marks = buckets.flatMap(({ fleets }, index) => {
    const missed = fleets[fleet]?.missedRatio ?? 0;
    if (missed === 0) return [];
    const tall = round(2 + (stripHeight - 2) * Math.min(1, missed * 2));
    return [`M${round(x(index))} ${base}v-${tall}h${round(wide)}v${tall}z`];
  });
  return [
    `<line class="grid" x1="${left}" x2="${width}" y1="${base}" y2="${base}"/>`,
    `<text class="tick" x="${left - 6}" y="${base}" text-anchor="end">missed</text>`,
    `<path class="missed f${fleet}" d="${marks.join("")}"><title>${name}: requests that found no room</title></path>`,
  ];
}

function xTicks({ fromAt, bucketMinutes, buckets }: Picture, x: Scale, height: number): readonly string[] {
  const bucketMs = bucketMinutes * minuteMs;
  const spanMs = buckets.length * bucketMs;
  const stepMs = spanMs <= 2 * dayMs ? 3 * hourMs : Math.ceil(spanMs / dayMs / 12) * dayMs;
  const first = Math.ceil(fromAt / stepMs) * stepMs;
  const ticks = Array.from(
    { length: Math.ceil((fromAt + spanMs - first) / stepMs) },
    (_, index) => first + index * stepMs,
  );
  return ticks.map((at) => {
    const iso = new Date(at).toISOString();
    const label = spanMs <= 2 * dayMs ? iso.slice(11, 16) : iso.slice(5, 10);
    const place = round(x((at - fromAt) / bucketMs));
    return `<line class="grid" x1="${place}" x2="${place}" y1="8" y2="${plotHeight}"/><text class="tick" x="${place}" y="${height - 5}" text-anchor="middle">${label}</text>`;
  });
}
