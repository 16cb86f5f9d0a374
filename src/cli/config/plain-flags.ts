// Flags that check their text themselves, for commands that are over before a schema library would be loaded.

/** A flag whose text is read by a function of its own. */
export interface ParsedFlag<T> {
  readonly kind: "parsed";
  readonly parse: (text: string) => T;
  readonly brief: string;
  readonly placeholder: string;
  readonly optional: true;
}

/** An optional flag that takes any text, such as a path. */
export function textFlag(brief: string, placeholder: string): ParsedFlag<string> {
  return { kind: "parsed", parse: String, brief, placeholder, optional: true };
}

export interface NumberRule {
  /** Exclusive lower bound. */
  readonly above?: number;
  /** Smallest integer; without it any number is taken. */
  readonly integerFrom?: number;
}

/** An optional flag for a number. */
export function numberFlag(brief: string, placeholder: string, rule: NumberRule = {}): ParsedFlag<number> {
  return {
    ...textFlag(brief, placeholder),
    parse: (text) => numberIn(text, rule) ?? refuse(named(rule), text),
  };
}

/** An optional flag for one number or several between commas. */
export function numbersFlag(
  brief: string,
  placeholder: string,
  rule: NumberRule,
): ParsedFlag<readonly number[]> {
  const parse = (text: string) =>
    text
      .split(",")
      .map((part) => numberIn(part, rule) ?? refuse(`${named(rule)}, or several between commas`, text));
  return { ...textFlag(brief, placeholder), parse };
}

/** An optional flag for one of a few words, which are its placeholder. */
export function choiceFlag<const T extends string>(brief: string, choices: readonly T[]): ParsedFlag<T> {
  const parse = (text: string) =>
    choices.find((choice) => choice === text) ?? refuse(choices.join(" or "), text);
  return { ...textFlag(brief, choices.join("|")), parse };
}

function numberIn(text: string, { above, integerFrom }: NumberRule): number | undefined {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || !(value > (above ?? Number.NEGATIVE_INFINITY))) return undefined;
  return integerFrom === undefined || (Number.isSafeInteger(value) && value >= integerFrom)
    ? value
    : undefined;
}

function named({ above, integerFrom }: NumberRule): string {
  if (integerFrom !== undefined)
    return integerFrom === 1 ? "a positive integer" : `an integer from ${integerFrom} up`;
  return above === undefined ? "a number" : `a number above ${above}`;
}

function refuse(what: string, text: string): never {
  throw new RangeError(`expected ${what}, got ${JSON.stringify(text)}`);
}
