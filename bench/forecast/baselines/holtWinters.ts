// Double-seasonal Holt-Winters (Taylor 2003) on the logarithm, without trend, with his first-order autoregressive adjustment.
import { ahead, daySteps, type Medians, weekSteps } from "../window.ts";

interface Settings {
  readonly level: number;
  readonly day: number;
  readonly week: number;
  readonly carry: number;
}

/** The one with the least error one step ahead in the window is taken. */
const tried: readonly Settings[] = [
  { level: 0.01, day: 0.15, week: 0.15, carry: 0.9 },
  { level: 0.03, day: 0.2, week: 0.2, carry: 0.8 },
  { level: 0.01, day: 0.1, week: 0.3, carry: 0.95 },
  { level: 0.1, day: 0.2, week: 0.2, carry: 0.6 },
  { level: 0.003, day: 0.1, week: 0.1, carry: 0.95 },
  { level: 0.03, day: 0.3, week: 0.1, carry: 0.9 },
];

export const holtWinters: Medians = ({ loads }) => {
  const offset = (0.05 * loads.reduce((sum, load) => sum + load, 0)) / loads.length + 1e-9;
  const y = loads.map((load) => Math.log(load + offset));
  const states = tried.map((settings) => filtered(y, settings));
  const best = states.reduce((a, b) => (b.squares < a.squares ? b : a));
  return ahead((step) => Math.exp(levelAhead(best, y.length, step)) - offset);
};

interface State {
  level: number;
  squares: number;
  error: number;
  readonly carry: number;
  readonly day: Float64Array;
  readonly week: Float64Array;
}

function filtered(y: Float64Array, { level, day, week, carry }: Settings): State {
  const state = started(y, carry);
  for (let t = daySteps; t < y.length; t++) {
    const [d, w] = [t % daySteps, t % weekSteps];
    const seasonal = (state.day[d] ?? 0) + (state.week[w] ?? 0);
    const plain = (y[t] ?? 0) - state.level - seasonal;
    const error = plain - carry * state.error;
    state.squares += error * error;
    state.error = plain;
    state.level += level * plain;
    state.day[d] = (state.day[d] ?? 0) + day * plain * (1 - level);
    // Before a week is over there is nothing to tell it from the day.
    if (t >= weekSteps) state.week[w] = (state.week[w] ?? 0) + week * plain * (1 - level);
    else state.week[w] = plain * (1 - level) * (1 - day);
  }
  return state;
}

/**
 * From the first day; the week is learnt in passing. Beginning with the means of both weeks, or of the first, was tried: the
 * settings chosen by the window's own errors are then too slow, and the loss within the hour a fifth to a third higher.
 */
function started(y: Float64Array, carry: number): State {
  const firstDay = y.slice(0, daySteps);
  const level = firstDay.reduce((sum, one) => sum + one, 0) / firstDay.length;
  const day = firstDay.map((one) => one - level);
  return { level, squares: 0, error: 0, carry, day, week: new Float64Array(weekSteps) };
}

function levelAhead({ level, day, week, error, carry }: State, length: number, step: number): number {
  const t = length + step;
  return level + (day[t % daySteps] ?? 0) + (week[t % weekSteps] ?? 0) + error * carry ** (step + 1);
}
