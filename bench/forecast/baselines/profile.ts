// The mean of the same time of day, the same weekday counted three times, moved by how the last hour compares with it.
import { ahead, daySteps, type Medians, weekSteps } from "../window.ts";

const weekdayWeight = 3;
const levelSteps = 12;
/** The correction fades to a third in six hours. */
const fadeSteps = 72;

export const profile: Medians = ({ loads }) => {
  const likely = (position: number): number => {
    let [total, weight] = [0, 0];
    for (let i = position - daySteps; i >= 0; i -= daySteps) {
      if (i >= loads.length) continue;
      const one = (position - i) % weekSteps === 0 ? weekdayWeight : 1;
      total += one * (loads[i] ?? 0);
      weight += one;
    }
    return weight > 0 ? total / weight : (loads.at(-1) ?? 0);
  };
  const [seen, expected] = [0, 0].map((_, which) => {
    let sum = 0;
    for (let i = loads.length - levelSteps; i < loads.length; i++) sum += which === 0 ? (loads[i] ?? 0) : likely(i);
    return sum;
  }) as [number, number];
  const ratio = expected > 0 ? seen / expected : 1;
  return ahead((step) => likely(loads.length + step) * (1 + (ratio - 1) * Math.exp(-step / fadeSteps)));
};
