// What is thrown where a temperature is asked for that cannot work.

import { TemperedError } from "../errors.ts";

/** A temperature that cannot work; the message says what would. */
export class TemperatureError extends TemperedError {
  constructor(message: string) {
    super("TEMPERATURE", message);
  }
}
