// A quantity that may move while an agent learns: a number, or a schedule over the environment steps.

import { cos } from "../math/index.ts";

/** Moves from `start` to `end` over the first `steps` environment steps, then stays. */
export interface Schedule {
  readonly shape: "linear" | "cosine";
  readonly start: number;
  readonly end: number;
  readonly steps: number;
}

/** The value at environment step `step`. */
export function scheduledAt(value: number | Schedule, step: number): number {
  if (typeof value === "number") return value;
  const progress = Math.min(Math.max(step / value.steps, 0), 1);
  const share = value.shape === "linear" ? progress : (1 - cos(Math.PI * progress)) / 2;
  return value.start + (value.end - value.start) * share;
}

/** Whether it is a schedule, of numbers that are finite. */
export function isSchedule(value: unknown): value is Schedule {
  if (typeof value !== "object" || value === null) return false;
  const { shape, start, end, steps, ...rest } = value as Partial<Schedule>;
  return (
    (shape === "linear" || shape === "cosine") &&
    [start, end, steps].every(Number.isFinite) &&
    steps! > 0 &&
    Object.keys(rest).length === 0
  );
}

/** Whether it is a learning rate: a number above 0, or a schedule of numbers from 0 up that are not 0 throughout. */
export function isLearningRate(value: unknown): value is number | Schedule {
  if (isSchedule(value)) return value.start >= 0 && value.end >= 0 && value.start + value.end > 0;
  return Number.isFinite(value) && (value as number) > 0;
}
