// What the rules for names, attributes and calls ask of the evaluator, which keeps values and counts steps.

import type { Event } from "./event.ts";
import type { Program } from "./lookup.ts";
import type { Polynomial } from "./polynomial.ts";
import type { Expression, Scope } from "./syntax.ts";
import type { Site, Value } from "./value.ts";

export interface Reader {
  readonly program: Program;
  /** Attributes and names called α that are exponentiated somewhere, and so hold its logarithm. */
  readonly exponentiated: ReadonlySet<string>;
  /** The symbol that a name stays: H̄, and what an optimiser holds. */
  readonly special: (name: string) => Polynomial | undefined;
  readonly value: (expression: Expression, site: Site) => Value;
  readonly note: (event: Event) => void;
  /** What a function returns. */
  readonly returned: (scope: Scope, given?: ReadonlyMap<string, Value>) => Value;
  /** What a function is called with, where that is known. */
  readonly parameter: (scope: Scope, name: string) => Value;
  /** An entry of a record, with what was met on the way to it. */
  readonly entry: (whole: Value, key: string) => Value | undefined;
  /** A value whose Q values, if it has any, come from this place. */
  readonly beyond: (at: Expression, scope: Scope, value: () => Value) => Value;
}
