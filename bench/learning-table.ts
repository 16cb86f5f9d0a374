// The learning benchmark's results as a Markdown table, and which of its bars they miss.

import type { Machine } from "../src/measure/machine.ts";

/** One agent, trained and judged. Entropies in nats, unit actions, means over the last updates. */
export interface Trained {
  readonly seed: number;
  readonly meanReturn: number;
  readonly stdReturn: number;
  readonly worstReturn: number;
  readonly alpha: number;
  readonly entropy: number;
  readonly targetEntropy: number;
  /** Wall clock of training, which other work on the machine stretches. */
  readonly seconds: number;
  /** What training took of the processor. */
  readonly cpuSeconds: number;
}

/** At least `share` of the agents reach a mean return of `wanted`, and none falls below `worst`. */
export interface Bar {
  readonly wanted: number;
  readonly share: number;
  readonly worst: number;
  /** How far the mean entropy of the last updates may be from its target, nats; absent where α is still falling. */
  readonly entropyTolerance?: number;
}

export interface TaskResult {
  readonly env: string;
  readonly steps: number;
  readonly bar: Bar;
  readonly agents: Trained[];
}

export interface LearningResult {
  readonly command: string;
  readonly machine: Machine;
  readonly engine: string;
  readonly threads: number;
  readonly episodes: number;
  readonly lastUpdates: number;
  readonly tasks: readonly TaskResult[];
}

export function missedBars({ tasks }: LearningResult): string[] {
  return tasks.flatMap(({ env, bar, agents }) => {
    const reached = agents.filter(({ meanReturn }) => meanReturn >= bar.wanted).length;
    const needed = Math.ceil(bar.share * agents.length);
    const worst = Math.min(...agents.map(({ meanReturn }) => meanReturn));
    const gap = Math.max(...agents.map(({ entropy, targetEntropy }) => Math.abs(entropy - targetEntropy)));
    return [
      ...(reached < needed
        ? [`${env}: ${reached} of ${agents.length} at ${bar.wanted}, wanted ${needed}`]
        : []),
      ...(worst < bar.worst
        ? [`${env}: an agent at ${worst.toFixed(1)}, wanted none below ${bar.worst}`]
        : []),
      ...(gap > (bar.entropyTolerance ?? Infinity)
        ? [`${env}: entropy ${gap.toFixed(2)} nats from its target, wanted ${bar.entropyTolerance}`]
        : []),
    ];
  });
}

export function markdown(result: LearningResult): string {
  const { machine, engine, threads, episodes, lastUpdates, tasks } = result;
  return [
    "# Learning",
    "",
    `Made by \`${result.command}\``,
    `on ${machine.cpu} (${machine.vectors}, ${machine.cores} cores), ${machine.system}; engine ${engine}, ` +
      `${threads} thread${threads === 1 ? "" : "s"}.`,
    "",
    `Default hyperparameters. Return: mean ± standard deviation over ${episodes} deterministic episodes of the final ` +
      `agent, and the worst of them. Entropy: nats, unit actions, mean over the last ${lastUpdates} updates. CPU s: ` +
      "processor seconds of training; the wall clock is longer where the machine has other work.",
    ...tasks.flatMap(taskTable),
    "",
  ].join("\n");
}

function taskTable({ env, steps, bar, agents }: TaskResult): string[] {
  const share = `${Math.ceil(bar.share * agents.length)} of ${agents.length}`;
  const entropy =
    bar.entropyTolerance === undefined ? "" : `; entropy within ${bar.entropyTolerance} nats of its target`;
  const floor = bar.worst === bar.wanted ? "" : `, none below ${minus(bar.worst, 0)}`;
  return [
    "",
    `## ${env}, ${steps.toLocaleString("en")} steps`,
    "",
    `Bar: ${share} agents at ${minus(bar.wanted, 0)} or better${floor}${entropy}.`,
    "",
    "| seed | return | worst episode | entropy | target | α | CPU s |",
    "|---:|---:|---:|---:|---:|---:|---:|",
    ...agents.map(
      ({ seed, meanReturn, stdReturn, worstReturn, entropy, targetEntropy, alpha, cpuSeconds }) =>
        `| ${seed} | ${minus(meanReturn, 1)} ± ${stdReturn.toFixed(1)} | ${minus(worstReturn, 1)} | ` +
        `${minus(entropy, 2)} | ${minus(targetEntropy, 0)} | ${alpha.toPrecision(3)} | ${cpuSeconds.toFixed(0)} |`,
    ),
  ];
}

function minus(value: number, digits: number): string {
  return value.toFixed(digits).replace("-", "−");
}
