// A function's body as statements between which values flow: what a value was made from, and what is made from it.

import type { Source } from "./judge.ts";
import { type Assignment, assigned, callsIn, nameOf, spelling, within } from "./lookup.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

export type Call = Expression & { readonly kind: "call" };

const deepest = 8;

/** One function's statements, and what flows between them. */
export class Body {
  readonly scope: Scope;
  readonly source: Source;

  constructor(scope: Scope, source: Source) {
    this.scope = scope;
    this.source = source;
  }

  text({ from, to }: { from: number; to: number }): string {
    return this.source.text.slice(from, to);
  }

  calls(wanted: (call: Call) => boolean): readonly { call: Call; statement: Statement }[] {
    return callsIn(this.scope).filter(({ call }) => wanted(call));
  }

  /** The statements that a value is made of. */
  behind(expression: Expression, found = new Set<Statement>()): Set<Statement> {
    for (const part of within(expression)) {
      const name = spelling(part);
      if (name === "" || found.size > 60) continue;
      for (const { statement } of assigned(this.scope, name)) {
        if (found.has(statement) || statement.value === expression) continue;
        found.add(statement);
        this.behind(statement.value, found);
      }
    }
    return found;
  }

  /** The statements that are made of what a statement gives a name. */
  ahead(statement: Statement, found = new Set<Statement>()): Set<Statement> {
    found.add(statement);
    if (statement.kind !== "assign") return found;
    const names = (statement.target.kind === "sequence" ? statement.target.of : [statement.target]).map(
      spelling,
    );
    for (const other of this.scope.statements) {
      if (found.has(other)) continue;
      const mentions = within(other.value).some(
        (part) => names.includes(spelling(part)) && spelling(part) !== "",
      );
      if (mentions) this.ahead(other, found);
    }
    return found;
  }

  /** What a name was last given before. */
  origin(expression: Expression | undefined, depth = 0): Expression | undefined {
    if (!expression || depth > deepest) return expression;
    const name = spelling(expression);
    if (name === "") {
      // Neither where it is kept nor its shape changes what it is.
      if (
        expression.kind === "call" &&
        /^(to|detach|clone|float|unsqueeze|squeeze|view|reshape|clamp|clip)$/.test(nameOf(expression.callee))
      ) {
        return this.origin(subjectOf(expression), depth + 1);
      }
      return expression;
    }
    const last = assigned(this.scope, name).findLast(
      ({ statement }) => statement.to <= expression.from && statement.value.kind !== "binary",
    );
    const first =
      last ?? assigned(this.scope, name).findLast(({ statement }) => statement.to <= expression.from);
    const value = first && partGiven(first);
    return value ? this.origin(value, depth + 1) : expression;
  }

  /** Whether a sample or noise went into it. */
  drawn(expression: Expression | undefined): boolean {
    if (!expression) return false;
    const all = [expression, ...[...this.behind(expression)].map(({ value }) => value)];
    return all.some((one) =>
      /\br?sample\(|randn|random_?normal|\bnoise\b|\beps(ilon)?\b/i.test(this.text(one)),
    );
  }
}

/** What a name is given, where it is shown: the whole, or its own of a tuple that is written out. */
function partGiven({ statement: { value }, part, inner }: Assignment): Expression | undefined {
  if (part === undefined) return value;
  return value.kind === "sequence" && inner === undefined ? value.of[part] : undefined;
}

/** What a call is about: the object of a method, or the first argument of a library's function. */
export function subjectOf(call: Call): Expression | undefined {
  const { callee, args } = call;
  const library =
    callee.kind === "member" &&
    callee.of.kind === "name" &&
    /^(torch|th|tf|np|jnp|F|nn|math|K|T|mx|paddle|ptu|ops)$/.test(callee.of.name);
  const nested =
    callee.kind === "member" && callee.of.kind === "member" && /^(nn|math|functional)$/.test(callee.of.name);
  return callee.kind === "member" && !library && !nested ? callee.of : args[0]?.value;
}
