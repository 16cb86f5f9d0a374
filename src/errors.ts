// Every error tempered throws on purpose: it says what was expected, what came and what to do, and carries a
// `code` that programs can test without parsing the message.

/** The base of all errors thrown by tempered. `code` is stable across versions; the message is for people. */
export class TemperedError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
