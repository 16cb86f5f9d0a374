// How many threads an update is worth, by a table of what was measured (bench/threads.ts writes it). One thread more is taken
// where the largest updates that are no larger than this one were clearly faster with it: a larger one gains more, so that
// nobody is slower than with one thread. More threads than were measured are never taken.

import { coresHere } from "./cores.ts";
import type { EngineName } from "./engine.ts";
import { measured } from "./thread-table.generated.ts";

/** A number of threads, or `auto`. */
export type ThreadChoice = "auto" | number;

/** An update, as far as it decides how many threads pay. */
export interface Work {
  readonly batchSize: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Of the critics', where they are not those of `hidden`. */
  readonly criticHidden?: readonly number[];
  /** Whether these are residual blocks. Default false. */
  readonly residual?: boolean;
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
export function threadsFor(
  engine: EngineName,
  work: Work | undefined,
  cores = coresHere(),
  updates: readonly MeasuredUpdate[] = measured[engine],
): number {
  if (work === undefined) return 1;
  const within = (a: Work, b: Work) => a.batchSize <= b.batchSize && weightsOf(a) <= weightsOf(b);
  const nearest = updates.filter(
    (one) =>
      within(one, work) &&
      !updates.some((other) => other !== one && within(other, work) && within(one, other)),
  );
  const pays = (threads: number) =>
    nearest.length > 0 &&
    nearest.every(({ speedups }) => (speedups[threads - 1] ?? 0) > CLEARLY * speedups[threads - 2]!);
  let threads = 1;
  while (threads < cores && pays(threads + 1)) threads++;
  return threads;
}

/**
 * Of a network, as an update works on them: three quarters of its products are the critics', where actor and critics are alike
 * (four passes of the actor; two of critics that are targets, six of those that learn, four that the actor learns from).
 */
function weightsOf(work: Work): number {
  const { hidden, criticHidden = [] } = work;
  const critics = criticHidden.length > 0 ? criticHidden : hidden;
  return (weightsWith(hidden, work) + 3 * weightsWith(critics, work)) / 4;
}

/** Of a critic with these hidden layers, or blocks, whose middle is four times as wide. */
function weightsWith(
  hidden: readonly number[],
  { observationSize, actionSize, residual = false }: Work,
): number {
  const layers = residual ? [hidden[0]!, ...hidden.flatMap((units) => [4 * units, units])] : hidden;
  const widths = [observationSize + actionSize, ...layers, 1];
  return widths.slice(1).reduce((total, width, layer) => total + width * widths[layer]!, 0);
}
