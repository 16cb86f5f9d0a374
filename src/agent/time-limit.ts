// An environment that never answers must not stop a run without a word.

export { within } from "../envs/wrappers/timeout.ts";

/** Seconds that an environment may take for a step or a reset, unless told otherwise; the bridge to Python gives up before. */
export const STEP_SECONDS = 90;
