// Sums of products of symbols: the normal form in which a loss is compared with the paper's, whatever its spelling.

/** A product: its number, and its symbols in order. */
export interface Term {
  readonly by: number;
  readonly symbols: readonly string[];
}

export type Polynomial = readonly Term[];

const mostTerms = 64;
const longest = 8;

export const unknown: Polynomial = [{ by: 1, symbols: ["?"] }];

export function constant(value: number): Polynomial {
  return value === 0 ? [] : [{ by: value, symbols: [] }];
}

export function symbol(name: string): Polynomial {
  return [{ by: 1, symbols: [name] }];
}

export function sum(...parts: readonly Polynomial[]): Polynomial {
  const collected = new Map<string, Term>();
  for (const { by, symbols } of parts.flat()) {
    // Two unknowns that look alike need not cancel.
    const key = symbols.join("·") + (symbols.includes("?") ? Math.sign(by) : "");
    collected.set(key, { by: (collected.get(key)?.by ?? 0) + by, symbols });
  }
  const terms = [...collected.values()].filter(({ by }) => by !== 0);
  return terms.length > mostTerms ? unknown : terms;
}

export function scale(polynomial: Polynomial, by: number): Polynomial {
  return by === 0 ? [] : polynomial.map((term) => ({ ...term, by: term.by * by }));
}

export function product(left: Polynomial, right: Polynomial): Polynomial {
  if (left.length * right.length > mostTerms) return unknown;
  const terms = left.flatMap((a) =>
    right.map((b) => ({ by: a.by * b.by, symbols: [...a.symbols, ...b.symbols].sort() })),
  );
  return terms.some(({ symbols }) => symbols.length > longest) ? unknown : sum(terms);
}

export function rename(polynomial: Polynomial, names: Readonly<Record<string, string>>): Polynomial {
  return sum(
    polynomial.map(({ by, symbols }) => ({
      by,
      symbols: symbols.map((name) => names[name] ?? name).sort(),
    })),
  );
}

export function has(polynomial: Polynomial, ...names: readonly string[]): boolean {
  return polynomial.some(({ symbols }) => symbols.some((name) => names.includes(name)));
}

/** The number, if it is one. */
export function numberOf(polynomial: Polynomial): number | undefined {
  if (polynomial.length === 0) return 0;
  const [only] = polynomial;
  return polynomial.length === 1 && only!.symbols.length === 0 ? only!.by : undefined;
}

export function arithmetic(operator: string, left: Polynomial, right: Polynomial): Polynomial {
  if (operator === "+") return sum(left, right);
  if (operator === "-") return sum(left, scale(right, -1));
  if (operator === "*") return product(left, right);
  if (operator === "/") {
    const by = numberOf(right);
    return by ? scale(left, 1 / by) : unknown;
  }
  // γⁿ is a discount too.
  if (operator === "**" && left.length === 1 && left[0]!.symbols.join() === "γ") return left;
  return unknown;
}
