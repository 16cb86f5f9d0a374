// A call of `learn`: read its reports one by one, or await it whole. Nothing is learned before one or the other begins.
//
//   for await (const metrics of agent.learn({ totalTimesteps })) …
//   const last = await agent.learn({ totalTimesteps });

import { Guard } from "../envs/wrappers/guard.ts";
import { type Schedule, scheduledAt } from "../sac/schedule.ts";
import type { TemperatureSettings } from "../sac/temperature.ts";
import type { Policy } from "./evaluate.ts";
import type { LearnEvaluation, LearnOptions } from "./learn-options.ts";
import type { LearnMetrics } from "./metrics-window.ts";

// biome-ignore lint/suspicious/noExplicitAny: as a promise has it: who catches says what it is.
type Rejected<B> = ((reason: any) => B | PromiseLike<B>) | null;

/** What `learn` gives: an iterable of reports, or a promise of its end; one of the two, as one likes. */
export class Learning implements AsyncGenerator<LearnMetrics, void, void>, PromiseLike<LearnMetrics> {
  private readonly reports: AsyncGenerator<LearnMetrics, void, void>;
  private readonly now: () => LearnMetrics;
  private last: LearnMetrics | undefined;
  private whole: Promise<LearnMetrics> | undefined;

  /** @param now the report of an agent that did not take a step */
  constructor(reports: AsyncGenerator<LearnMetrics, void, void>, now: () => LearnMetrics) {
    this.reports = reports;
    this.now = now;
  }

  /** Learns until the next report. */
  async next(): Promise<IteratorResult<LearnMetrics, void>> {
    const result = await this.reports.next();
    if (!result.done) this.last = result.value;
    return result;
  }

  /** Ends learning; the agent stays usable. */
  return(): Promise<IteratorResult<LearnMetrics, void>> {
    return this.reports.return();
  }

  /** Ends learning with an error. */
  throw(error: unknown): Promise<IteratorResult<LearnMetrics, void>> {
    return this.reports.throw(error);
  }

  /** The reports, one by one. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends learning, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.reports.return();
  }

  /** Learns to the end. Fulfilled with the last report. */
  // biome-ignore lint/suspicious/noThenProperty: what can be awaited has one.
  then<A = LearnMetrics, B = never>(
    fulfilled?: ((last: LearnMetrics) => A | PromiseLike<A>) | null,
    rejected?: Rejected<B>,
  ): Promise<A | B> {
    this.whole ??= this.toTheEnd();
    return this.whole.then(fulfilled, rejected);
  }

  /** Learns to the end, and takes what went wrong. */
  catch<B = never>(rejected?: Rejected<B>): Promise<LearnMetrics | B> {
    return this.then(undefined, rejected);
  }

  /** Learns to the end, and then calls. */
  finally(ended?: (() => void) | null): Promise<LearnMetrics> {
    return this.then().finally(ended);
  }

  private async toTheEnd(): Promise<LearnMetrics> {
    while (!(await this.next()).done);
    return this.last ?? this.now();
  }
}

interface Learner extends Policy {
  readonly steps: number;
  readonly learner: { readonly updates: number };
  readonly hyperparameters: { readonly learningRate: number | Schedule };
  readonly temperature: TemperatureSettings | undefined;
}

/** The reports as they are told to callbacks and logs, with evaluations between them. */
export async function* told(
  agent: Learner,
  reports: AsyncGenerator<LearnMetrics, void, void>,
  { totalTimesteps, evaluation, onMetrics, onEvaluation, log = [], signal }: LearnOptions,
): AsyncGenerator<LearnMetrics, void, void> {
  const logs = [log].flat();
  const stepsBefore = agent.steps;
  const end = stepsBefore + totalTimesteps;
  const evaluationEnv = evaluation && new Guard(evaluation.env);
  let [evaluated, updates, best] = [stepsBefore, agent.learner.updates, -Infinity];
  let seconds = 0;
  let since = performance.now();
  for await (const metrics of reports) {
    const { step } = metrics;
    seconds += (performance.now() - since) / 1000;
    let made: LearnEvaluation | undefined;
    if (evaluation && !signal?.aborted && (step >= end || step - evaluated >= evaluation.every)) {
      evaluated = step;
      const { episodes = 10, seed = 0 } = evaluation;
      const { evaluate } = await import("./evaluate.ts");
      const result = await evaluate(agent, evaluationEnv!, { episodes, seed });
      made = { step, isBest: result.meanReturn >= best, ...result };
      best = Math.max(best, result.meanReturn);
    }
    if (logs.length > 0) {
      const { rowOf } = await import("./metrics-row.ts");
      const learningRate = scheduledAt(agent.hyperparameters.learningRate, metrics.step);
      const tuned = agent.temperature?.alpha === "auto";
      const updated = metrics.updates > updates;
      const row = rowOf(metrics, { seconds, stepsBefore, learningRate, tuned, updated, evaluation: made });
      for (const take of logs) await take(row, step);
    }
    updates = metrics.updates;
    await onMetrics?.(metrics);
    if (made) await onEvaluation?.(made);
    yield metrics;
    since = performance.now();
  }
}
