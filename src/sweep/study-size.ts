// How many runs a study makes, told before any of them is made.

import { grouped } from "../text/numbers.ts";
import type { Study } from "./study.ts";

/** More than that is a mistake. */
export const MOST_RUNS = 100_000;

interface Factor {
  readonly count: number;
  readonly what: string;
  /** Where the file says it. */
  readonly keys: readonly string[];
}

/** @returns what is wrong and which part of the file has most of it; undefined where the runs are not too many */
export function tooManyRuns(
  study: Study,
): { readonly message: string; readonly keys: readonly string[] } | undefined {
  const all = factors(study).filter(({ count }) => count > 1);
  const runs = all.reduce((product, { count }) => product * count, 1);
  if (runs <= MOST_RUNS) return undefined;
  const product = all.map(({ count, what }) => `${grouped(count)} ${what}`).join(" × ");
  const remedy =
    study.grid.length > 0 ? "draw some of them with [random] and samples instead" : "ask for fewer of them";
  return {
    message: `Expected at most ${grouped(MOST_RUNS)} runs, got ${grouped(runs)} = ${product}; ${remedy}`,
    keys: all.reduce((most, each) => (each.count > most.count ? each : most)).keys,
  };
}

function factors({ env, seeds, grid, random, samples, list }: Study): Factor[] {
  return [
    ...grid.map(({ key, values }) => ({ count: values.length, what: `of ${key}`, keys: ["grid", key] })),
    { count: random.length > 0 ? samples : 1, what: "samples", keys: ["samples"] },
    { count: list.length, what: "of the list", keys: ["list"] },
    { count: env.length, what: "environments", keys: ["env"] },
    { count: seeds.length, what: "seeds", keys: ["seeds"] },
  ];
}
