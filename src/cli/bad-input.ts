// What the person at the keyboard can put right: a flag, a file, an environment that does not exist. It ends the
// program with exit code 2; a run that fails once it is under way ends it with 1.

import { TemperedError } from "../errors.ts";

export class BadInput extends TemperedError {}

/** Does `work`, on whose behalf nothing has happened yet; an error of ours in it is an error of the input. */
export async function asInput<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TemperedError)) throw error;
    throw new BadInput(error.code, error.message, { cause: error });
  }
}
