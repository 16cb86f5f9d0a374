// Before somebody else's code is run: a person at a terminal is asked, a program is refused.

import { createInterface } from "node:readline/promises";
import { TemperedError } from "../errors.ts";
import type { RunManifest } from "../runs/run-manifest.ts";
import { mustBeOwn } from "../training/origin.ts";

/** What can be read from and written to; a terminal where `isTTY`. */
export interface Asking {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * That the environment of a stored run may be executed: it is the user's own, was named, or is answered for with y.
 * @throws TemperedError (RUN_ORIGIN)
 */
export async function mustBeTrusted(
  directory: string,
  run: Pick<RunManifest, "env" | "origin">,
  named: string | undefined,
  { input, output }: Asking,
): Promise<void> {
  try {
    mustBeOwn(directory, run, named);
  } catch (error) {
    const isOrigin = error instanceof TemperedError && error.code === "RUN_ORIGIN";
    if (!isOrigin || !input.isTTY || !output.isTTY) throw error;
    const lines = createInterface({ input, output });
    try {
      const answer = await lines.question(
        `${directory} was made elsewhere, and its environment is code that would be run here: ${JSON.stringify(run.env)}\n` +
          "Have you looked at it, and shall it be run? y/N ",
      );
      if (!/^y(es)?$/i.test(answer.trim())) throw error;
    } finally {
      lines.close();
    }
  }
}
