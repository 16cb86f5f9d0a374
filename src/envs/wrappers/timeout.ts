// Gives up on a promise that the env does not keep: without it a run would wait for ever, or Node would end where nothing
// else is left to do. An env that answers at once, or that computes without end, cannot be timed from inside.

import type { Env, ResetOptions, ResetResult, StepResult } from "../env.ts";
import { EnvError } from "../errors.ts";
import { Wrapper } from "./wrapper.ts";

/** Ticks count the time in which this process was awake: a suspended laptop is no hung env. */
const TICKS = 10;

export class Timeout extends Wrapper {
  private readonly seconds: number;

  /**
   * @param seconds that a promise of reset, step or close may take
   * @throws EnvError (ENV_OPTION) unless `seconds` is above 0
   */
  constructor(env: Env, seconds: number) {
    super(env);
    if (!(seconds > 0)) {
      throw new EnvError("ENV_OPTION", `Expected a time-out above 0 seconds, got ${seconds}; try 60`);
    }
    this.seconds = seconds;
  }

  /** @throws EnvError (ENV_TIMEOUT), by rejecting */
  override reset(options?: ResetOptions): ResetResult | Promise<ResetResult> {
    return this.timed(super.reset(options), "a reset");
  }

  /** @throws EnvError (ENV_TIMEOUT), by rejecting */
  override step(action: ArrayLike<number>): StepResult | Promise<StepResult> {
    return this.timed(super.step(action), "a step");
  }

  /** @throws EnvError (ENV_TIMEOUT), by rejecting */
  override close(): void | Promise<void> {
    return this.timed(super.close(), "the end");
  }

  private timed<T>(answer: T | Promise<T>, what: string): T | Promise<T> {
    return answer instanceof Promise ? within(answer, this.seconds, () => `${what} of ${this.id}`) : answer;
  }
}

/**
 * What `answer` resolves to. While it is waited for, a timer also keeps the process alive.
 * @param what is waited for, such as "a step of Pendulum-v1"
 * @throws EnvError (ENV_TIMEOUT) after `seconds`, by rejecting; what becomes of `answer` later is ignored
 */
export function within<T>(answer: Promise<T>, seconds: number, what: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    let ticks = 0;
    const ticker = setInterval(
      () => {
        if (++ticks < TICKS) return;
        clearInterval(ticker);
        reject(
          new EnvError(
            "ENV_TIMEOUT",
            `Expected ${what()} to end within ${seconds} s, but it has not; the environment hangs, or needs longer: ` +
              "give it more time (TEMPERED_TIMEOUT on the command line)",
          ),
        );
      },
      (1000 * seconds) / TICKS,
    );
    answer.then(resolve, reject).finally(() => clearInterval(ticker));
  });
}
