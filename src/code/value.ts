// What an expression is known to be: a polynomial in α, log π, H̄, Q and the like, or a tuple or record of such.

import type { Met } from "./met.ts";
import { has, numberOf, type Polynomial, rename, scale, symbol, unknown } from "./polynomial.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Scope } from "./syntax.ts";

export type Value =
  | Polynomial
  | { readonly parts: readonly Value[]; readonly entries?: ReadonlyMap<string, Entry> };

/** One of a record, with what was met on the way to it alone. */
export interface Entry {
  readonly value: Value;
  readonly met: Met;
}

/** Where an expression stands: its scope, and the place before which names were given. */
export interface Site {
  readonly scope: Scope;
  readonly before: number;
  /** What a helper was called with. */
  readonly given?: ReadonlyMap<string, Value>;
}

const detached = {
  [symbols.logAlpha]: symbols.logAlphaFixed,
  [symbols.alpha]: symbols.alphaFixed,
  [symbols.q]: symbols.qFixed,
};

export function flat(value: Value): Polynomial {
  return "parts" in value ? unknown : value;
}

export function still(value: Value): Value {
  return "parts" in value ? { parts: value.parts.map(still) } : rename(value, detached);
}

/** One of a tuple; of what a twin network gives, either. */
export function partOf(value: Value, index: number | undefined): Value {
  if ("parts" in value) return index === undefined ? unknown : (value.parts.at(index) ?? unknown);
  return isQ(value) ? value : unknown;
}

export function isQ(polynomial: Polynomial): boolean {
  return (
    polynomial.length > 0 &&
    polynomial.every(({ symbols: names }) =>
      names.some((name) => name === symbols.q || name === symbols.qFixed),
    )
  );
}

export function same(polynomial: Polynomial, name: string): boolean {
  const [only] = polynomial;
  return polynomial.length === 1 && only!.by === 1 && only!.symbols.length === 1 && only!.symbols[0] === name;
}

export function isAlpha(polynomial: Polynomial): boolean {
  return (
    same(polynomial, symbols.alpha) ||
    same(polynomial, symbols.logAlpha) ||
    same(polynomial, symbols.logAlphaFixed) ||
    same(polynomial, symbols.alphaFixed)
  );
}

/** What is shown, or else what the name suggests. */
export function named(value: Value, name: string, exponentiated: ReadonlySet<string>): Value {
  if ("parts" in value)
    return value.parts.length === 0 && !value.entries ? named(unknown, name, exponentiated) : value;
  const role = roleOf(name);
  // α by a number is α all the same.
  if (role === symbols.alpha && (numberOf(value) ?? 0) > 0) return symbol(symbols.alphaFixed);
  if (!has(value, "?") || role === undefined) return value;
  const shown = value.filter(
    ({ symbols: [first, ...rest] }) =>
      rest.length === 0 && (first === symbols.logProb || first === symbols.logProbs),
  );
  // A density with its correction for tanh: the sign is shown, the rest is not needed.
  if (shown.length === 1 && (role === symbols.logProb || role === symbols.entropy))
    return scale(symbol(shown[0]!.symbols[0]!), Math.sign(shown[0]!.by));
  // What is made of Q is not all of it.
  if (has(value, symbols.q, symbols.qFixed)) return value;
  if (role === symbols.alpha && exponentiated.has(name)) return symbol(symbols.logAlpha);
  return symbol(role);
}

/** How much is known: of several values that a name may have, the one that tells most counts. */
export function knowledge(value: Value): number {
  if ("parts" in value) return Math.max(0, ...value.parts.map(knowledge));
  if (isAlpha(value)) return 3;
  const kinds = new Set(value.flatMap(({ symbols: names }) => names.filter((name) => name !== "?")));
  if (kinds.size > 0) return 2 + Math.min(kinds.size, 9) / 10;
  return has(value, "?") ? 0 : 1;
}

/** Of the values that a name may have, the one that tells most; of equals the first. */
export function best(options: readonly Value[]): Value {
  let found: Value = options[0] ?? unknown;
  for (const option of options.slice(1)) if (knowledge(option) > knowledge(found)) found = option;
  return found;
}
