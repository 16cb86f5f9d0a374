// The benchmark's figures as a Markdown table. A ratio is the median, over the rounds, of tempered's rate divided by
// the other's in the same round.

import type { UpdateSizes } from "../src/measure/flops.ts";
import type { Machine } from "../src/measure/machine.ts";
import { quantile } from "../src/measure/timing.ts";
import type { Info, Measurement } from "./contender.ts";

export interface Contest {
  readonly threads: number;
  readonly entries: { name: string; info: Info; gemm: number; runs: Measurement[] }[];
  readonly skipped: { name: string; reason: string }[];
}

export interface Result {
  readonly machine: Machine;
  readonly pinned: boolean;
  readonly sizes: UpdateSizes;
  readonly flopsPerUpdate: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly contests: readonly Contest[];
}

type Entry = Contest["entries"][number];

export function markdown(result: Result): string {
  const { machine, sizes, contests } = result;
  return [
    `${machine.cpu} (${machine.vendor}, ${machine.vectors}, ${machine.cores} cores), ${machine.system}`,
    ...new Set(contests.flatMap(({ entries }) => entries.map(({ info }) => about(info)))),
    "",
    `observation ${sizes.observationDim}, action ${sizes.actionDim}, hidden ${sizes.hidden.join("×")}, ` +
      `batch ${sizes.batch}, float32: ${(result.flopsPerUpdate / 1e9).toFixed(2)} GFLOP an update; median of ` +
      `${result.rounds} interleaved runs of ${result.seconds} s, ${result.pinned ? "one core a thread" : "not pinned"}`,
    "",
    "| program | threads | updates/s | lowest–highest | ms p10 | ms p50 | GFLOP/s | its GEMM ceiling | share | tempered is |",
    "|---|---|---|---|---|---|---|---|---|---|",
    ...contests.flatMap((contest) => contest.entries.map((entry) => row(result, contest, entry))),
    ...contests.flatMap(({ threads, skipped }) =>
      skipped.map(({ name, reason }) => `| ${name} | ${threads} | skipped: ${reason} ||||||||`),
    ),
    "",
  ].join("\n");
}

function row({ flopsPerUpdate }: Result, { threads, entries }: Contest, entry: Entry): string {
  const rates = ratesOf(entry);
  const rate = median(rates);
  const gflops = (rate * flopsPerUpdate) / 1e9;
  const own = ratesOf(entries[0]!);
  const ratio = median(own.map((value, round) => value / rates[round]!));
  const cells = [
    entry.name,
    threads,
    rate.toFixed(0),
    `${Math.min(...rates).toFixed(0)}–${Math.max(...rates).toFixed(0)}`,
    median(entry.runs.map(({ p10 }) => p10)).toFixed(2),
    median(entry.runs.map(({ p50 }) => p50)).toFixed(2),
    gflops.toFixed(0),
    entry.gemm.toFixed(0),
    `${((100 * gflops) / entry.gemm).toFixed(0)}%`,
    entry === entries[0] ? "" : `${ratio.toFixed(2)}×`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function ratesOf({ runs }: Entry): number[] {
  return runs.map(({ updates, seconds }) => updates / seconds);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Versions and instruction sets without the number of threads, which the table has. */
function about(info: Info): string {
  const known = Object.entries(info).filter(
    ([name, value]) => name !== "threads" && name !== "cpu" && value !== "",
  );
  return `- ${known.map(([name, value]) => `${name} ${value}`).join(" · ")}`;
}
