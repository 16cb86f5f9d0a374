// How many threads an update is worth, by a table of what was measured (bench/threads.ts writes it). One thread more is taken
// where some update that is no larger was clearly faster with it: a larger one gains more, so that nobody is slower than with
// one thread. More threads than were measured are never taken.

import { coresHere } from "./cores.ts";
import type { EngineName } from "./engine.ts";
import { measured } from "./thread-table.generated.ts";

export type ThreadChoice = "auto" | number;

/** An update, as far as it decides how many threads pay. */
export interface Work {
  readonly batchSize: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
}

/** An update that was measured. */
export interface MeasuredUpdate extends Work {
  /** How many times as fast it is with 1, 2, … threads as with one. */
  readonly speedups: readonly number[];
}

/** A smaller gain is within what machines differ by. */
const CLEARLY = 1.1;

/**
 * @param work without it, one
 * @param cores threads that the machine runs at once
 */
export function threadsFor(engine: EngineName, work: Work | undefined, cores = coresHere()): number {
  if (work === undefined) return 1;
  const updates: readonly MeasuredUpdate[] = measured[engine];
  const smaller = updates.filter(
    (other) => other.batchSize <= work.batchSize && weightsOf(other) <= weightsOf(work),
  );
  const pays = (threads: number) =>
    smaller.some(({ speedups }) => (speedups[threads - 1] ?? 0) > CLEARLY * speedups[threads - 2]!);
  let threads = 1;
  while (threads < cores && pays(threads + 1)) threads++;
  return threads;
}

/** Of a critic. */
function weightsOf({ observationSize, actionSize, hidden }: Work): number {
  const widths = [observationSize + actionSize, ...hidden, 1];
  return widths.slice(1).reduce((total, width, layer) => total + width * widths[layer]!, 0);
}
