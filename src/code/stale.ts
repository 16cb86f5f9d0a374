// Whether the α in the losses is the one that is tuned: a value computed once, or a setting that nothing writes again,
// stays as it was.

import type { AlphaLoss } from "./alpha-loss.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { assigned, nameOf, outward, ownerOf, spelling, within } from "./lookup.ts";
import type { AlphaOptimizer } from "./optimizer.ts";
import { has } from "./polynomial.ts";
import type { SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import { outermost, type SoftValue } from "./soft.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

interface Use {
  readonly expression: Expression & { readonly kind: "name" | "member" };
  readonly scope: Scope;
}

export function judgeStaleness(
  evaluator: Evaluator,
  losses: readonly AlphaLoss[],
  optimizers: readonly AlphaOptimizer[],
  values: readonly SoftValue[],
  source: Source,
): SourceFinding[] {
  const [loss] = losses;
  if (!loss && optimizers.length === 0) return [];
  const seen = new Set<string>();
  return usesOf(evaluator, values).flatMap((use): SourceFinding[] => {
    const name = spelling(use.expression);
    const owner = ownerOf(use.scope);
    const key = `${name}:${owner?.place.from ?? ""}`;
    if (seen.has(key)) return [];
    seen.add(key);
    // The class that tunes α must be the one whose losses read it.
    if (loss && ownerOf(loss.scope) !== owner) return [];
    const at = name.startsWith("self.")
      ? stepsHere(owner, optimizers, source)
        ? attribute(name, owner, evaluator, source)
        : undefined
      : local(use, name, optimizers, source);
    if (!at) return [];
    return [
      {
        id: "alpha-frozen",
        severity: "error",
        confidence: 0.85,
        line: source.lineOf(at.from),
        endLine: source.lineOf(at.to),
        evidence: { read: name, given: source.text.slice(at.from, at.to) },
        message: `${name} is given its value here and never again, while its logarithm is tuned: the losses go on with the first α.`,
        fix: `After the optimiser's step, write ${name} again from the parameter: its exponential, detached.`,
        reference: "alpha-frozen",
      },
    ];
  });
}

/** The names of α in the losses, as far as they are names. */
function usesOf(evaluator: Evaluator, values: readonly SoftValue[]): Use[] {
  return outermost(values)
    .filter(({ logProb }) => logProb !== 0)
    .flatMap((value) => {
      const statements: { statement: Statement; scope: Scope }[] = [
        { statement: value.statement, scope: value.scope },
      ];
      for (const event of value.events) if (event.kind === "statement") statements.push(event);
      return statements.flatMap(({ statement, scope }) => {
        // One of two branches: the other one reads what is tuned.
        if (hasSibling(statement, scope)) return [];
        return within(statement.value)
          .filter((part) => part.kind === "name" || part.kind === "member")
          .filter(
            (part) => roleOf(nameOf(part)) === symbols.alpha && !evaluator.exponentiated.has(nameOf(part)),
          )
          .map((expression) => ({ expression: expression as Use["expression"], scope }));
      });
    });
}

function hasSibling(statement: Statement, scope: Scope): boolean {
  if (statement.kind !== "assign" || statement.arms.length === 0) return false;
  const arm = statement.arms.at(-1)!;
  return assigned(scope, spelling(statement.target)).some(({ statement: other }) => {
    const theirs = other.arms.at(-1);
    return other.arms.length === statement.arms.length && theirs !== undefined && theirs.from !== arm.from;
  });
}

/** Whether this class steps α: who does it elsewhere may refresh it there. */
function stepsHere(owner: Scope | undefined, optimizers: readonly AlphaOptimizer[], source: Source): boolean {
  const names = optimizers
    .filter(({ scope }) => ownerOf(scope) === owner)
    .map(({ name }) => name.split(".").at(-1)!);
  const makers = new Set(optimizers.map(({ scope }) => scope));
  return names.some((name) =>
    owner?.scopes.some(
      (method) =>
        !makers.has(method) &&
        method.statements.some(
          ({ from, to, kind }) =>
            kind !== "return" &&
            new RegExp(`\\b${name}\\b`).test(source.text.slice(from, to)) &&
            !/load_state|state_dict/.test(source.text.slice(from, to)),
        ),
    ),
  );
}

/** An attribute that one method gives its value, and no other one. */
function attribute(
  name: string,
  owner: Scope | undefined,
  evaluator: Evaluator,
  source: Source,
): Statement | undefined {
  if (!owner) return undefined;
  const short = name.split(".").at(-1)!;
  if (owner.scopes.some((method) => method.name === short)) return undefined;
  const copies = new RegExp(`\\.${short}(\\.data)?\\.(assign|copy_|fill_|set_|mul_|load_state)|setattr`);
  if (copies.test(source.text)) return undefined;
  const written = evaluator.program.scopes.flatMap((scope) =>
    assigned(scope, name).map((one) => ({ ...one, scope })),
  );
  const places = new Set(written.map(({ scope }) => scope));
  const [first] = written;
  if (!first || places.size !== 1) return undefined;
  if (!/^(__init__|constructor|init|_?setup\w*|_?build\w*|_?create\w*|fields)$/.test(first.scope.name))
    return undefined;
  if (written.some(({ statement }) => isLive(statement, source))) return undefined;
  // A branch in which the logarithm is not made is one in which α is a setting.
  const makers = first.scope.statements.filter(
    (one) => one.kind === "assign" && roleOf(nameOf(one.target)) === symbols.logAlpha,
  );
  const other = ({ arms }: Statement) =>
    arms.some(({ from, to }) => makers.every((one) => one.from < from || to < one.from));
  if (makers.length > 0 && written.every(({ statement }) => other(statement))) return undefined;
  // Where it is chosen by a branch, the tuned one may be another name's.
  if (first.part !== undefined) return undefined;
  return tuned(owner, short, evaluator)
    ? (written.find(({ statement }) => /exp\(/.test(textOf(statement, source))) ?? first).statement
    : undefined;
}

/** Whether what is given is read anew at each use: a property, a lambda, a deferred tensor, a parameter itself. */
function isLive(statement: Statement, source: Source): boolean {
  return /lambda|Deferred|Parameter\(|requires_grad|Alpha\w*\(|Temperature\w*\(|=>|self\.param/.test(
    textOf(statement, source),
  );
}

function textOf({ from, to }: { from: number; to: number }, source: Source): string {
  return source.text.slice(from, to);
}

/** Whether the class steps a logarithm that its losses do not read. */
function tuned(owner: Scope, short: string, evaluator: Evaluator): boolean {
  return owner.scopes.some((method) =>
    method.statements.some(
      (statement) =>
        statement.kind === "assign" &&
        [symbols.logAlpha as string].includes(roleOf(nameOf(statement.target)) ?? "") &&
        nameOf(statement.target) !== short &&
        !evaluator.exponentiated.has(short),
    ),
  );
}

/** A name that is given its value before the loop, or outside of the function, in which α is stepped. */
function local(
  use: Use,
  name: string,
  optimizers: readonly AlphaOptimizer[],
  source: Source,
): Statement | undefined {
  if (name.includes(".") || optimizers.length === 0) return undefined;
  for (const scope of outward(use.scope)) {
    const written = assigned(scope, name);
    if (written.length === 0) {
      if (scope.parameters.some((one) => one.name === name)) return undefined;
      continue;
    }
    const optimizer = optimizers.find((one) => one.scope === scope && one.holds !== "");
    if (!optimizer) return undefined;
    const around =
      use.scope === scope
        ? scope.loops.filter(({ from, to }) => from <= use.expression.from && use.expression.from <= to)
        : [];
    const inLoop = ({ from }: Statement) => around.some((loop) => loop.from <= from && from <= loop.to);
    if (use.scope === scope && around.length === 0) return undefined;
    if (written.some(({ statement }) => inLoop(statement) || isLive(statement, source))) return undefined;
    const again = new RegExp(`\\b(nonlocal|global)\\b[^\\n]*\\b${name}\\b`);
    if (again.test(source.text)) return undefined;
    return written.find(({ statement }) => /exp\(/.test(textOf(statement, source)))?.statement;
  }
  return undefined;
}

/** Whether an attribute of another object carries α, as a holder's `value` does. */
export function holderValues(
  evaluator: Evaluator,
  losses: readonly AlphaLoss[],
  values: readonly SoftValue[],
  source: Source,
): SourceFinding[] {
  return losses.flatMap((loss): SourceFinding[] => {
    const owner = ownerOf(loss.scope);
    // Losses beside it may read the parameter itself.
    if (values.some((value) => value.owner === owner)) return [];
    const maker = owner?.scopes.find(({ name }) => name === "__init__");
    if (!owner || !maker) return [];
    return maker.statements.flatMap((statement): SourceFinding[] => {
      if (statement.kind !== "assign" || !/^self\.\w+$/.test(spelling(statement.target))) return [];
      const polynomial = evaluator.of(statement.value, { scope: maker, before: statement.from });
      if (!has(polynomial, symbols.alpha, symbols.alphaFixed) || polynomial.length !== 1) return [];
      const name = spelling(statement.target);
      const returned = owner.scopes.some((method) =>
        method.statements.some((one) => one.kind === "return" && spelling(one.value) === name),
      );
      const elsewhere = owner.scopes.some((method) => method !== maker && assigned(method, name).length > 0);
      if (!returned || elsewhere || isLive(statement, source)) return [];
      return [
        {
          id: "alpha-frozen",
          severity: "error",
          confidence: 0.85,
          line: source.lineOf(statement.from),
          endLine: source.lineOf(statement.to),
          evidence: { computedOnce: name },
          message: `${name} is computed here once and handed out ever after, while its logarithm is stepped.`,
          fix: `After the optimiser's step, compute ${name} again.`,
          reference: "alpha-frozen",
        },
      ];
    });
  });
}
