// What is noted on the way to a value: where names got theirs, whose Q it is, what was clamped or detached.

import type { Polynomial } from "./polynomial.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

/** What was met on the way to a value. */
export type Event =
  /** A statement that gave a name its value, or a helper's return. */
  | { readonly kind: "statement"; readonly statement: Statement; readonly scope: Scope }
  /** Where a Q value comes from: the call of a network, or a name that nothing more is known of. */
  | { readonly kind: "q"; readonly at: Expression; readonly scope: Scope }
  /** The larger of two or more Q values. */
  | { readonly kind: "largest"; readonly at: Expression; readonly scope: Scope }
  | { readonly kind: "smallest"; readonly at: Expression; readonly scope: Scope }
  | { readonly kind: "clamp"; readonly at: Expression; readonly of: Polynomial; readonly scope: Scope }
  | { readonly kind: "detach"; readonly at: Expression; readonly of: Polynomial; readonly scope: Scope };
