// An environment that never answers must not stop a run without a word. While one is waited for, a timer also keeps the
// process alive: a promise that nobody will ever settle does not.

import { TemperedError } from "../errors.ts";

/** Seconds that an environment may take for a step or a reset, unless told otherwise; the bridge to Python gives up before. */
export const STEP_SECONDS = 90;

/**
 * What `answer` resolves to.
 * @param what is waited for, such as "step 12 of Pendulum-v1"
 * @throws TemperedError (ENV_TIMEOUT) after `seconds`
 */
export function within<T>(answer: Promise<T>, seconds: number, what: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new TemperedError(
          "ENV_TIMEOUT",
          `Expected ${what()} to end within ${seconds} s, but it has not; the environment hangs, or needs longer: ` +
            "set stepSeconds (TEMPERED_TIMEOUT on the command line)",
        ),
      );
    }, 1000 * seconds);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
