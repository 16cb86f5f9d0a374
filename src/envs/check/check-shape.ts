// What can be said of an env without playing: its methods, its name, its spaces.

import { describe } from "../describe.ts";
import type { Env } from "../env.ts";
import { checkSpace } from "./check-space.ts";
import { isRecord, type Problems } from "./problems.ts";

/** Whether `env` has the methods, the id and the spaces of an env. */
export function checkShape(env: Env, problems: Problems): void {
  if (!isRecord(env)) {
    problems.error(
      "NOT_AN_ENV",
      `Expected an env object, got ${describe(env)}; return it from the function that makes the env`,
    );
    return;
  }
  for (const name of ["reset", "step"] as const) {
    if (typeof env[name] !== "function") {
      problems.error(
        "METHOD",
        `Expected a method ${name}(), got ${describe(env[name])}; see examples/my-env.js for the shape of an env`,
      );
    }
  }
  if (typeof env.id !== "string" || env.id === "") {
    problems.error(
      "ID",
      `Expected id to be a name such as "my-env", got ${describe(env.id)}; it appears in logs and errors`,
    );
  }
  checkSpace("observationSpace", env.observationSpace, problems);
  checkSpace("actionSpace", env.actionSpace, problems);
}
