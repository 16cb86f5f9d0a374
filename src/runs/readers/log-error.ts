// Why a log could not be read: one line that names the file and the place in it.

import { TemperedError } from "../../errors.ts";

/** What can be wrong with a log. */
export type LogErrorCode =
  | "LOG_EMPTY"
  | "LOG_UNRECOGNISED"
  | "LOG_NO_QUANTITY"
  | "LOG_DAMAGED"
  | "LOG_NOT_FOUND";

const MAX_LENGTH = 500;

export class LogError extends TemperedError {
  /** The file (or stream) that could not be read. */
  readonly path: string;

  /** @param place such as "line 3" or "byte 120"; empty where the whole file is meant */
  constructor(code: LogErrorCode, path: string, place: string, message: string, options?: ErrorOptions) {
    super(code, oneLine(`${path}${place && `, ${place}`}: ${message}`), options);
    this.path = path;
  }
}

/** Text from a file, made safe to print: no control characters, no line breaks, not without end. */
export function oneLine(text: string, maxLength = MAX_LENGTH): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const safe = text.slice(0, maxLength * 4).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]+/g, " ");
  return safe.length > maxLength ? `${safe.slice(0, maxLength - 1)}…` : safe;
}
