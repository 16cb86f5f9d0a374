// What an ended episode lets through: not-done in its spellings, and what is chosen by whether an episode ended.

import { has, numberOf, type Polynomial, product, scale, sum, symbol, unknown } from "./polynomial.ts";
import { symbols } from "./roles.ts";
import { flat, knowledge, same, type Value } from "./value.ts";

/** 1 − d of what is 0 or 1. */
export function complement(inner: Polynomial): Polynomial {
  if (same(inner, symbols.done)) return symbol(symbols.notDone);
  return same(inner, symbols.notDone) ? symbol(symbols.done) : unknown;
}

/** `d == 0` and `d < 0.5`; undefined where no flag is compared with a number. */
export function compared(operator: string, left: Polynomial, right: Polynomial): Polynomial | undefined {
  const number = numberOf(right);
  if (number === undefined || !isFlag(left)) return undefined;
  const holds = {
    "==": (flag: number) => flag === number,
    "===": (flag: number) => flag === number,
    "!=": (flag: number) => flag !== number,
    "!==": (flag: number) => flag !== number,
    "<": (flag: number) => flag < number,
    ">": (flag: number) => flag > number,
    "<=": (flag: number) => flag <= number,
    ">=": (flag: number) => flag >= number,
  }[operator];
  if (!holds || holds(0) === holds(1)) return undefined;
  return holds(1) ? left : complement(left);
}

/** Whether an episode ended, or not. */
export const isFlag = (value: Polynomial): boolean =>
  same(value, symbols.done) || same(value, symbols.notDone);

/** One value where the condition holds and another where not; undefined where the condition says nothing of ends. */
export function chosenBy(when: Polynomial, yes: Value, no: Value): Value | undefined {
  const known = knowledge(yes) >= knowledge(no) ? yes : no;
  const ended = same(when, symbols.done);
  if (!isFlag(when)) {
    // Where the episode ended there is another value.
    if (has(when, symbols.done, symbols.notDone, symbols.weight))
      return product(symbol(symbols.notDone), flat(known));
    // Where an unknown condition leaves nothing, it may be an end.
    const nothing = [yes, no].some((side) => numberOf(flat(side)) === 0);
    return nothing && has(flat(known), symbols.q, symbols.qFixed, symbols.v)
      ? product(unknown, flat(known))
      : undefined;
  }
  const [whenYes, whenNo] = ended ? [symbols.done, symbols.notDone] : [symbols.notDone, symbols.done];
  const [one, other] = [flat(yes), flat(no)];
  if (numberOf(other) === 0) return product(symbol(whenYes), one);
  if (numberOf(one) === 0) return product(symbol(whenNo), other);
  const valued = [one, other].map((side) => has(side, symbols.q, symbols.qFixed, symbols.v));
  if (valued[0] !== valued[1] && !has(one, "?") && !has(other, "?")) {
    const [base, far, where] = valued[0] ? [other, one, whenYes] : [one, other, whenNo];
    return sum(base, product(symbol(where), sum(far, scale(base, -1))));
  }
  // The value is what only an ended episode gets, or only one that goes on.
  if (valued[0] !== valued[1]) return product(symbol(valued[0] ? whenYes : whenNo), valued[0] ? one : other);
  const plain = Math.min(knowledge(yes), knowledge(no)) <= 1;
  return product(symbol(plain ? (known === yes ? whenYes : whenNo) : symbols.notDone), flat(known));
}
