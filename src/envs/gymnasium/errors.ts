// What can go wrong between tempered and a Python environment. One class; its code tells the cases apart.

import { TemperedError } from "../../errors.ts";

/**
 * - `ENV_PYTHON`: Python raised an exception; `traceback` holds Python's own text.
 * - `ENV_PYTHON_NOT_FOUND`: there is no such interpreter, or it may not be started.
 * - `ENV_GYMNASIUM_MISSING`: the interpreter has no `gymnasium` (or no `numpy`).
 * - `ENV_UNKNOWN`: Gymnasium knows no such id, or what `module:name` makes is no environment.
 * - `ENV_SPACE_UNSUPPORTED`: an observation or action space that is no fixed number of numbers and choices.
 * - `ENV_DIED`: the Python process ended by itself or was killed.
 * - `ENV_TIMEOUT`: the Python process gave no answer in time, and was killed.
 * - `ENV_PROTOCOL`: the two sides do not speak the same protocol.
 * - `ENV_BUSY`: a call came before the answer to the one before it.
 * - `ENV_CLOSED`: a call came after `close`.
 * - `ENV_COUNT`: a number of environments or processes that is none, or seeds, a mask or actions of another number.
 */
export type GymnasiumErrorCode =
  | "ENV_PYTHON"
  | "ENV_PYTHON_NOT_FOUND"
  | "ENV_GYMNASIUM_MISSING"
  | "ENV_UNKNOWN"
  | "ENV_SPACE_UNSUPPORTED"
  | "ENV_DIED"
  | "ENV_TIMEOUT"
  | "ENV_PROTOCOL"
  | "ENV_BUSY"
  | "ENV_CLOSED"
  | "ENV_COUNT";

export class GymnasiumError extends TemperedError {
  declare readonly code: GymnasiumErrorCode;
  /** Python's traceback, from the first frame outside the bridge; empty where Python raised nothing. */
  readonly traceback: string;

  constructor(code: GymnasiumErrorCode, message: string, traceback = "") {
    super(code, message);
    this.traceback = traceback;
  }
}
