// What a person has set in the lab, and its form in the page's address: only what differs from the defaults, in names
// short enough to read. An address is written by anybody, so what makes no sense in it falls back to the default.

import type { TemperatureLoss } from "../../src/sac/temperature.ts";
import { type FaultId, faultIds } from "./faults.ts";
import { isTaskId, type TaskId, tasks } from "./tasks.ts";

export interface Setup {
  readonly task: TaskId;
  readonly seed: number;
  /** Nats, unit actions; undefined is −(action dimensions). */
  readonly targetEntropy: number | undefined;
  readonly alphaLearningRate: number;
  readonly initialAlpha: number;
  /** Bounds of α; undefined is none. */
  readonly alphaMin: number | undefined;
  readonly alphaMax: number | undefined;
  readonly loss: TemperatureLoss;
  readonly faults: readonly FaultId[];
}

export const defaultSetup: Setup = {
  task: "pendulum",
  seed: 0,
  targetEntropy: undefined,
  alphaLearningRate: 1e-3,
  initialAlpha: 1,
  alphaMin: undefined,
  alphaMax: undefined,
  loss: "log-alpha",
  faults: [],
};

/** H̄ as set: the task's default where nothing is. */
export function targetOf({ targetEntropy, task }: Setup): number {
  return targetEntropy ?? -tasks[task].actionSize;
}

/** Whether the two differ in what cannot change while an agent learns. */
export function needsNewAgent(a: Setup, b: Setup): boolean {
  return a.task !== b.task || a.seed !== b.seed || a.initialAlpha !== b.initialAlpha;
}

interface NumberField {
  readonly key: string;
  readonly low: number;
  readonly high: number;
  readonly integer?: boolean;
}

/** Limits of each number, inclusive. */
export const limits = {
  seed: { key: "seed", low: 0, high: 2 ** 31, integer: true },
  targetEntropy: { key: "target", low: -100, high: 100 },
  alphaLearningRate: { key: "lr", low: 1e-7, high: 10 },
  initialAlpha: { key: "alpha", low: 1e-8, high: 1e6 },
  alphaMin: { key: "min", low: 1e-12, high: 1e6 },
  alphaMax: { key: "max", low: 1e-12, high: 1e6 },
} as const satisfies Record<string, NumberField>;

export type NumberName = keyof typeof limits;

/** @returns undefined where `text` is no number within the limits of `name` */
export function readNumber(name: NumberName, text: string | null): number | undefined {
  if (text === null || text.trim() === "") return undefined;
  const value = Number(text.replace("−", "-"));
  const { low, high, integer }: NumberField = limits[name];
  return value >= low && value <= high && (!integer || Number.isInteger(value)) ? value : undefined;
}

/** The part of an address after "#"; empty for the defaults. */
export function setupToHash(setup: Setup): string {
  const parameters = new URLSearchParams();
  if (setup.task !== defaultSetup.task) parameters.set("task", setup.task);
  for (const name of Object.keys(limits) as NumberName[]) {
    const value = setup[name];
    if (value !== undefined && value !== defaultSetup[name]) parameters.set(limits[name].key, String(value));
  }
  if (setup.loss !== defaultSetup.loss) parameters.set("loss", setup.loss);
  if (setup.faults.length > 0) parameters.set("faults", setup.faults.join("."));
  return parameters.toString();
}

export function setupFromHash(hash: string): Setup {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const task = parameters.get("task") ?? "";
  const number = (name: NumberName) => readNumber(name, parameters.get(limits[name].key));
  const [alphaMin, alphaMax] = [number("alphaMin"), number("alphaMax")];
  const crossed = alphaMin !== undefined && alphaMax !== undefined && alphaMin > alphaMax;
  const chosen = (parameters.get("faults") ?? "").split(".");
  return {
    task: isTaskId(task) ? task : defaultSetup.task,
    seed: number("seed") ?? defaultSetup.seed,
    targetEntropy: number("targetEntropy"),
    alphaLearningRate: number("alphaLearningRate") ?? defaultSetup.alphaLearningRate,
    initialAlpha: number("initialAlpha") ?? defaultSetup.initialAlpha,
    alphaMin: crossed ? undefined : alphaMin,
    alphaMax: crossed ? undefined : alphaMax,
    loss: parameters.get("loss") === "alpha" ? "alpha" : defaultSetup.loss,
    faults: faultIds.filter((id) => chosen.includes(id)),
  };
}
