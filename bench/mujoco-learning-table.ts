// What bench/mujoco-learning.ts learned, as Markdown, and whether it is good enough: the median of tempered's seeds
// must reach the median of PyTorch's less a quarter, because so few seeds say no more than that.

import type { Machine } from "../src/measure/machine.ts";
import { quantile } from "../src/measure/timing.ts";

export type ProgramName = "tempered" | "pytorch";

/** One evaluation, with the temperature of that moment. */
export interface CurvePoint {
  readonly step: number;
  /** Of the deterministic episodes. */
  readonly meanReturn: number;
  readonly alpha: number;
  /** Nats, unit actions. */
  readonly entropy: number;
}

export interface LearnedRun {
  readonly program: ProgramName;
  readonly env: string;
  readonly seed: number;
  readonly steps: number;
  /** Versions. */
  readonly about: string;
  readonly curve: readonly CurvePoint[];
}

export interface MujocoLearning {
  readonly command: string;
  readonly machine: Machine;
  readonly episodes: number;
  readonly runs: readonly LearnedRun[];
}

/** Share of the peer's median that may be missing. */
const TOLERANCE = 0.25;

export interface Task {
  readonly env: string;
  readonly steps: number;
}

export function tasksOf({ runs }: MujocoLearning): Task[] {
  const names = new Set(runs.map(({ env, steps }) => JSON.stringify({ env, steps })));
  return [...names].map((text) => JSON.parse(text) as Task);
}

/** Name of the picture that stands beside the table. */
export function pictureName({ env, steps }: Task): string {
  return `${env}-${steps}.svg`;
}

/** Runs of one program on one task, by seed. */
export function runsOf({ runs }: MujocoLearning, { env, steps }: Task, program: ProgramName): LearnedRun[] {
  return runs.filter((run) => run.env === env && run.steps === steps && run.program === program);
}

function finalReturns(runs: readonly LearnedRun[]): number[] {
  return runs.flatMap(({ curve }) => curve.at(-1)?.meanReturn ?? []);
}

export function missedBars(result: MujocoLearning): string[] {
  return tasksOf(result).flatMap((task) => {
    const [ours, theirs] = (["tempered", "pytorch"] as const).map((program) =>
      finalReturns(runsOf(result, task, program)),
    ) as [number[], number[]];
    if (ours.length === 0 || theirs.length === 0) return [`${task.env}: one side has not run`];
    const [median, bar] = [quantile(ours, 0.5), barOf(theirs)];
    return median >= bar ? [] : [`${task.env}: median ${median.toFixed(0)}, wanted ${bar.toFixed(0)}`];
  });
}

function barOf(theirs: readonly number[]): number {
  const median = quantile([...theirs], 0.5);
  return median - TOLERANCE * Math.abs(median);
}

export function markdown(result: MujocoLearning): string {
  const { machine, episodes, runs, command } = result;
  return [
    "# Learning on MuJoCo",
    "",
    `Made by \`${command}\` on ${machine.cpu} (${machine.vectors}, ${machine.cores} cores), ${machine.system}.`,
    [...new Set(runs.map(({ about }) => about))].join(" · "),
    "",
    `Stable-Baselines3's defaults on both sides. Return: mean of ${episodes} deterministic episodes of the final agent.`,
    `The bar is the median of PyTorch's seeds less ${100 * TOLERANCE}%.`,
    ...tasksOf(result).flatMap((task) => section(result, task)),
    "",
  ].join("\n");
}

function section(result: MujocoLearning, task: Task): string[] {
  const theirs = finalReturns(runsOf(result, task, "pytorch"));
  const rows = (["tempered", "pytorch"] as const).flatMap((program) => {
    const runs = runsOf(result, task, program);
    if (runs.length === 0) return [];
    const returns = finalReturns(runs);
    const last = runs.flatMap(({ curve }) => curve.at(-1) ?? []);
    const lowest = runs.map(({ curve }) => Math.min(...curve.map(({ alpha }) => alpha)));
    const list = <T>(items: readonly T[], text: (item: T) => string) => items.map(text).join(", ");
    return [
      `| ${program} | ${list(returns, (x) => x.toFixed(0))} | ${quantile([...returns], 0.5).toFixed(0)} | ` +
        `${list(last, ({ alpha }) => alpha.toPrecision(2))} | ${list(lowest, (x) => x.toPrecision(2))} | ` +
        `${list(last, ({ entropy }) => entropy.toFixed(2))} |`,
    ];
  });
  return [
    "",
    `## ${task.env}, ${task.steps.toLocaleString("en")} steps`,
    "",
    ...(theirs.length > 0 ? [`Bar: ${barOf(theirs).toFixed(0)}.`, ""] : []),
    "| program | return, a seed each | median | α at the end | α, lowest | entropy at the end |",
    "|---|---|---:|---|---|---|",
    ...rows,
    "",
    `![Return, α and entropy over the steps](${pictureName(task)})`,
  ];
}
