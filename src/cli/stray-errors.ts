// What nobody waits for and nobody catches: a promise that is rejected behind our back, an exception in somebody's timer, an
// environment that ends the process. A command that only tells something ends with one line; a training is told, and ends as
// it does when a step fails.

import { describe, isError } from "../envs/describe.ts";
import { TemperedError } from "../errors.ts";

type Listener = (error: TemperedError) => void;

let listener: Listener | undefined;
const exit = process.exit.bind(process);

/** Once, at start-up. */
export function guardStrays(stderr: NodeJS.WriteStream): void {
  const hear = (how: string) => (thrown: unknown) => {
    const error = strayError(how, thrown);
    if (listener) listener(error);
    else {
      const text = process.env.TEMPERED_DEBUG && isError(thrown) ? thrown.stack : error.message;
      stderr.write(`error: ${text}\n`, () => exit(1));
    }
  };
  process.on("unhandledRejection", hear("a promise that nobody waits for was rejected with"));
  process.on("uncaughtException", hear("an exception that nobody catches was thrown:"));
}

/**
 * Until the returned function is called, strays are told to `heard`, and `process.exit` throws where it is called: a run has
 * things to save.
 */
export function whenStray(heard: Listener): () => void {
  listener = heard;
  process.exit = (code) => {
    const error = strayError("process.exit was called with", code ?? 0);
    heard(error);
    throw error;
  };
  return () => {
    listener = undefined;
    process.exit = exit;
  };
}

/** Ends the process now, whoever is in the middle of what. */
export function exitAtOnce(code: number): never {
  return exit(code);
}

function strayError(how: string, thrown: unknown): TemperedError {
  const what = isError(thrown) ? `${thrown.name}: ${thrown.message}` : describe(thrown);
  const line = what.replace(/\s+/g, " ").slice(0, 300);
  return new TemperedError("STRAY", `Expected no error outside of what is waited for, but ${how} ${line}`, {
    cause: thrown,
  });
}
