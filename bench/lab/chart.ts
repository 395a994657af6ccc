// One chart as inline SVG: a filled area, lines, marks along its foot. Colours are the page's: light and dark are one drawing.

export interface Chart {
  readonly label: string;
  readonly unit: string;
  readonly scale: "linear" | "logarithmic";
  /** Same length; one value a minute. Unknown leaves a gap. */
  readonly area: Series | "none";
  readonly lines: readonly Series[];
  readonly marks: readonly Marks[];
  /** What a step along the x axis is called. */
  readonly step: string;
}
export interface Series {
  readonly name: string;
  readonly style: string;
  readonly values: readonly (number | "unknown")[];
}
/** A row under the plot with a mark at each of these minutes. */
export interface Marks {
  readonly name: string;
  readonly style: string;
  readonly at: readonly { readonly minute: number; readonly says: string }[];
}

const width = 1_120;
const left = 58;
const top = 8;
const plotHeight = 200;
const rowHeight = 17;

type Scale = (value: number) => number;
interface Axis {
  readonly y: Scale;
  readonly ticks: readonly number[];
}

export function drawn(chart: Chart): string {
  const count = Math.max(1, ...chart.lines.map(({ values }) => values.length));
  const x = (index: number): number => round(left + (index / count) * (width - left));
  const series = [...(chart.area === "none" ? [] : [chart.area]), ...chart.lines];
  const known = series.flatMap(({ values }) => values.filter((value) => value !== "unknown"));
  const { y, ticks } = chart.scale === "linear" ? linear(known) : logarithmic(known);
  const height = top + plotHeight + chart.marks.length * rowHeight + 26;
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${chart.label}">`,
    ...ticks.map((tick) => gridLine(y(tick), `${tick.toLocaleString("en-GB")}${chart.unit}`)),
    ...(chart.area === "none" ? [] : [areaPath(chart.area, x, y)]),
    ...chart.lines.map((line) => linePath(line, x, y)),
    ...chart.marks.flatMap((marks, row) => marksRow(marks, top + plotHeight + (row + 1) * rowHeight, x)),
    ...xTicks(count, x, height, chart.step),
    "</svg>",
  ].join("");
}

const round = (value: number): number => Math.round(value * 10) / 10;
const heightOf = (ratio: number): number => round(top + (1 - Math.min(1, Math.max(0, ratio))) * plotHeight);

function linear(values: readonly number[]): Axis {
  const step = stepOf(Math.max(1, ...values) / 4);
  const most = Math.ceil(Math.max(1, ...values) / step) * step;
  const ticks = Array.from({ length: Math.round(most / step) + 1 }, (_, index) => index * step);
  return { y: (value) => heightOf(value / most), ticks };
}

/** From the power of ten below the smallest to that above the largest. */
function logarithmic(values: readonly number[]): Axis {
  const positive = values.filter((value) => value > 0);
  const lowest = Math.floor(Math.log10(Math.min(1, ...positive)) + 1e-9);
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(1, ...positive)) - 1e-9));
  const ticks = Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index));
  return { y: (value) => heightOf((Math.log10(Math.max(1e-9, value)) - lowest) / (highest - lowest)), ticks };
}

/** At 1, 2 or 5 times a power of ten. */
function stepOf(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, raw)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
}

const gridLine = (at: number, says: string): string =>
  `<line class="grid" x1="${left}" x2="${width}" y1="${at}" y2="${at}"/>` +
  `<text class="tick" x="${left - 6}" y="${at + 4}" text-anchor="end">${says}</text>`;

/** Stairs: a value holds for its minute. Each run of known values is a path of its own. */
function stairs(values: Series["values"], x: Scale, y: Scale): string {
  let open = false;
  return values
    .map((value, index) => {
      if (value === "unknown") {
        open = false;
        return "";
      }
      const start = open ? `V${y(value)}` : `M${x(index)} ${y(value)}`;
      open = true;
      return `${start}H${x(index + 1)}`;
    })
    .join("");
}

const linePath = ({ name, style, values }: Series, x: Scale, y: Scale): string =>
  `<path class="line ${style}" d="${stairs(values, x, y)}"><title>${name}</title></path>`;

function areaPath({ name, style, values }: Series, x: Scale, y: Scale): string {
  const floor = heightOf(0);
  const tops = values.map((value, index) => `L${x(index)} ${y(value === "unknown" ? 0 : value)}H${x(index + 1)}`);
  return `<path class="area ${style}" d="M${left} ${floor}${tops.join("")}V${floor}Z"><title>${name}</title></path>`;
}

const marksRow = ({ name, style, at }: Marks, base: number, x: Scale): readonly string[] => [
  `<line class="grid" x1="${left}" x2="${width}" y1="${base}" y2="${base}"/>`,
  `<text class="tick" x="${left - 6}" y="${base}" text-anchor="end">${name}</text>`,
  ...at.map(
    ({ minute, says }) =>
      `<path class="mark ${style}" d="M${x(minute)} ${base}v-10h${Math.max(2, round(x(minute + 1) - x(minute) - 0.5))}v10z"><title>${says}</title></path>`,
  ),
];

function xTicks(count: number, x: Scale, height: number, step: string): readonly string[] {
  const every = stepOf(count / 10);
  // None at the right edge, which would cut it in two.
  const ticks = Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every);
  return ticks.map(
    (tick) =>
      `<text class="tick" x="${x(tick)}" y="${height - 6}" text-anchor="middle">${tick === 0 ? step : tick}</text>`,
  );
}
