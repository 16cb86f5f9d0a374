// What can go wrong between an agent and its env.

import { TemperedError } from "../errors.ts";

/**
 * Codes: ENV_UNKNOWN (no env of that id), ENV_OPTION (a setting the env cannot have), ENV_SPACE (bounds that make no
 * space), ENV_ORDER (step without a running episode), ENV_VALUE (the env gave a value that must stop training),
 * ENV_MODULE (a file that makes no env), ENV_CHECK (the checker found errors), ENV_STATE (a state of the wrong size),
 * ENV_ACTION (an action of the wrong size), ENV_THROWN (the env threw what is no error), ENV_TIMEOUT (a promise that was
 * not kept in time).
 */
export class EnvError extends TemperedError {}
