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
    return this.timed("reset", super.reset(options));
  }

  /** @throws EnvError (ENV_TIMEOUT), by rejecting */
  override step(action: ArrayLike<number>): StepResult | Promise<StepResult> {
    return this.timed("step", super.step(action));
  }

  /** @throws EnvError (ENV_TIMEOUT), by rejecting */
  override close(): void | Promise<void> {
    return this.timed("close", super.close());
  }

  private timed<T>(call: string, answer: T | Promise<T>): T | Promise<T> {
    return answer instanceof Promise ? within(this.seconds, answer, `${call}() of ${this.id}`) : answer;
  }
}

/**
 * `promise`, if it is kept within `seconds`; what becomes of it later is ignored.
 * @param what is being waited for, as an error calls it
 * @throws EnvError (ENV_TIMEOUT), by rejecting
 */
export function within<T>(seconds: number, promise: Promise<T>, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    let ticks = 0;
    const ticker = setInterval(
      () => {
        if (++ticks < TICKS) return;
        clearInterval(ticker);
        reject(
          new EnvError(
            "ENV_TIMEOUT",
            `Expected an answer of ${what} within ${seconds} s, got a promise that is still pending; ` +
              "if it is only slow, give it more time (on the command line by the environment variable TEMPERED_TIMEOUT)",
          ),
        );
      },
      (1000 * seconds) / TICKS,
    );
    promise.then(resolve, reject).finally(() => clearInterval(ticker));
  });
}
