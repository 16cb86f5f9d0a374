// What a call may reach in the program: a function in sight, a helper that is handed a network, several critics put together.

import { assigned, loopOf, nameOf, outward, ownerOf, type Program, spelling, within } from "./lookup.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Argument, Expression, Scope } from "./syntax.ts";

export type Call = Expression & { readonly kind: "call" };

/** Whether an extreme is one of several critics: of what is put together, or along the first axis of an ensemble. */
export function ofSeveral({ args }: Call, subject: Expression, scope: Scope, program: Program): boolean {
  const axis = args.find((one) => /^(dim|axis)$/.test(one.name ?? "") || one.value.kind === "number")?.value;
  if (axis?.kind === "number" && axis.value === 0) return true;
  if (args.some(({ spread }) => spread)) return true;
  const last = axis?.kind === "minus" && axis.of.kind === "number" && axis.of.value === 1;
  // The best of many actions loses that axis.
  const first = axis?.kind === "number" && axis.value === 1;
  // Of critics that are given an action, each has one value.
  if ((last || first) && takesAction(subject, scope)) return true;
  return isStacked(subject, scope) || (last && program.vectorized);
}

/** Whether a network or a method returns the least or the largest of several values. */
export function takesExtreme({ statements }: Scope): boolean {
  return statements.some(({ value }) =>
    within(value).some(
      (part) => part.kind === "call" && /^(a?min|a?max|(min|max)imum|reduce_(min|max))$/.test(nameOf(part)),
    ),
  );
}

/** Whether it is what a critic gives for a state and an action. */
function takesAction(expression: Expression, scope: Scope, depth = 0): boolean {
  if (depth > 4) return false;
  if (expression.kind === "call") {
    const role = roleOf(nameOf(expression)) === symbols.q;
    const bare = expression.args.filter(({ name }) => name === undefined);
    if (role) return bare.length > 1;
    const { callee } = expression;
    return (
      callee.kind === "member" &&
      /^(detach|to|float|clone|squeeze)$/.test(callee.name) &&
      takesAction(callee.of, scope, depth + 1)
    );
  }
  if (expression.kind !== "name") return false;
  const last = assigned(scope, expression.name).findLast(({ statement }) => statement.to < expression.from);
  return last !== undefined && last.part === undefined && takesAction(last.statement.value, scope, depth + 1);
}

function isStacked(expression: Expression, scope: Scope, depth = 0): boolean {
  if (expression.kind === "call")
    return /^(cat|concat|concatenate|stack|vstack|hstack)$/.test(nameOf(expression.callee));
  if (depth > 4 || expression.kind !== "name") return false;
  const last = assigned(scope, expression.name).findLast(({ statement }) => statement.to < expression.from);
  return last !== undefined && last.part === undefined && isStacked(last.statement.value, scope, depth + 1);
}

/** The network in `nets[0](…)` and `net.apply(…)`. */
function networkCalled(callee: Expression): Expression {
  if (callee.kind === "item") return networkCalled(callee.of);
  const forward = callee.kind === "member" && /^(apply|predict|forward|call)$/.test(callee.name);
  return forward ? networkCalled(callee.of) : callee;
}

/** Whether a helper is handed a network, which it calls. */
export function takesNetwork(found: Scope, args: readonly Argument[]): boolean {
  return networksHanded(found, args).length > 0;
}

/** The networks that a helper is handed by their names, and calls. */
export function networksHanded(found: Scope, args: readonly Argument[]): Expression[] {
  const own = found.parameters.filter((parameter) => !/^(self|cls)$/.test(parameter.name));
  const handed = args.filter(({ value, name }, at) => {
    const parameter = name ?? own[at]?.name;
    if (parameter === undefined || spelling(value) === "") return false;
    const over = found.loops
      .filter((loop) => nameOf(loop.over) === parameter)
      .map(({ target }) => spelling(target));
    return found.statements.some((statement) =>
      within(statement.value).some(
        (part) =>
          part.kind === "call" &&
          ([parameter, ...over].includes(spelling(networkCalled(part.callee))) ||
            (nameOf(part) === "map" &&
              part.callee.kind === "member" &&
              nameOf(part.callee.of) === parameter)),
      ),
    );
  });
  return handed.map(({ value }) => value);
}

/** Whether what is called is a network that a function is handed, and is called a critic where it is handed over. */
export function isHandedCritic(callee: Expression, scope: Scope, program: Program): boolean {
  const called = networkCalled(callee);
  if (called.kind !== "name") return false;
  const around = loopOf(scope, called.name, called.from);
  if (around && isOfCritics(around.loop.over, around.part)) return true;
  const over = around?.loop.over;
  const name = over?.kind === "name" ? over.name : called.name;
  const own = scope.parameters.filter((parameter) => !/^(self|cls)$/.test(parameter.name));
  const place = own.findIndex((parameter) => parameter.name === name);
  if (place < 0) return false;
  return program.callsOf(scope.name).some(({ call }) => {
    const given =
      call.args.find((one) => one.name === name) ?? call.args.filter((one) => one.name === undefined)[place];
    return given !== undefined && spelling(given.value) !== "" && roleOf(nameOf(given.value)) === symbols.q;
  });
}

/** Whether what is looped over is critics by its own name, or by those of all its parts. */
function isOfCritics(over: Expression, part: number | undefined): boolean {
  const named = (one: Expression | undefined) =>
    one !== undefined && spelling(one) !== "" && roleOf(nameOf(one)) === symbols.q;
  if (over.kind === "call" && nameOf(over) === "zip" && part !== undefined)
    return named(over.args[part]?.value);
  if (over.kind !== "sequence") return part === undefined && named(over);
  return (
    over.of.length > 0 &&
    over.of.every((one) =>
      named(part === undefined ? one : one.kind === "sequence" ? one.of[part] : undefined),
    )
  );
}

export function madeBy(callee: Expression, scope: Scope): Expression | undefined {
  const name = spelling(callee);
  if (name === "" || name.includes(".")) return undefined;
  for (const place of outward(scope)) {
    const last = assigned(place, name).at(-1);
    if (last) return last.part === undefined ? last.statement.value : undefined;
  }
  return undefined;
}

export function functionIn(expression: Expression, scope: Scope, program: Program): Scope | undefined {
  return expression.kind === "name" || expression.kind === "member"
    ? helperOf(expression, scope, program)
    : undefined;
}

/** A function of that name in sight, a method of this class, or the only method of that name in the file. */
export function helperOf(callee: Expression, from: Scope, program: Program): Scope | undefined {
  if (callee.kind === "member") {
    const { name, of } = callee;
    if (of.kind === "name" && /^(self|this|cls)$/.test(of.name)) {
      const own = ownerOf(from)?.scopes.find((scope) => scope.name === name);
      if (own) return own;
    } else if (/^(forward|call|update|step|get|apply|act|__\w+)$/.test(name)) {
      return undefined;
    } else if (of.kind === "name" && program.imported.has(of.name)) {
      return undefined;
    }
    // What hands a call on to another object's method of that name is not that method.
    const found = program
      .named(name, "function")
      .filter((scope) => scope.parent?.kind === "class" && scope !== from);
    if (found.length === 1) return found[0];
    const owner = found.length > 1 ? program.classOf(of, from) : undefined;
    return owner && found.find(({ parent }) => parent === owner);
  }
  if (callee.kind !== "name") return undefined;
  for (const scope of outward(from)) {
    const found = scope.scopes.find((inner) => inner.kind === "function" && inner.name === callee.name);
    if (found) return found;
  }
  return undefined;
}
