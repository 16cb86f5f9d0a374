// Where names get their values, who calls what, and which class an attribute is an instance of.

import { type Expression, everyScope, type Loop, type Scope, type Statement } from "./syntax.ts";

export interface Assignment {
  readonly statement: Statement & { readonly kind: "assign" };
  /** Which part of a tuple the name is given. */
  readonly part?: number;
  /** Which part of that part, in `a, (b, c) = …`. */
  readonly inner?: number;
}

const indexes = new WeakMap<Scope, ReadonlyMap<string, readonly Assignment[]>>();

/** In order; `self.a` is a name too. */
export function assigned(scope: Scope, name: string): readonly Assignment[] {
  let index = indexes.get(scope);
  if (!index) {
    index = indexOf(scope);
    indexes.set(scope, index);
  }
  return index.get(name) ?? [];
}

function indexOf(scope: Scope): Map<string, Assignment[]> {
  const index = new Map<string, Assignment[]>();
  const note = (target: Expression, found: Assignment) => {
    const name = spelling(target);
    if (name !== "") put(index, name, found);
  };
  for (const statement of scope.statements) {
    if (statement.kind !== "assign") continue;
    if (statement.target.kind === "sequence") {
      for (const [part, target] of statement.target.of.entries()) {
        note(target, { statement, part });
        if (target.kind !== "sequence") continue;
        for (const [inner, one] of target.of.entries()) note(one, { statement, part, inner });
      }
    } else note(statement.target, { statement });
  }
  return index;
}

/** The assignments that may hold there, the last first. */
export function latest(scope: Scope, name: string, before: number): Assignment[] {
  const found: Assignment[] = [];
  for (const one of assigned(scope, name).toReversed()) {
    if (one.statement.to > before) continue;
    found.push(one);
    if (one.statement.arms.every(({ from, to }) => from <= before && before <= to)) break;
  }
  return found;
}

export function ownerOf(from: Scope): Scope | undefined {
  for (let scope: Scope | undefined = from; scope; scope = scope.parent) {
    if (scope.kind === "class") return scope;
  }
  return undefined;
}

/** `a`, `self.a` or `agent.a`, spelt so. */
export function spelling(expression: Expression): string {
  if (expression.kind === "name") return expression.name;
  if (expression.kind === "member") {
    const of = spelling(expression.of);
    return `${of === "this" ? "self" : of}.${expression.name}`;
  }
  return "";
}

/** The last part of a name, and the name of what is called. */
export function nameOf(expression: Expression): string {
  if (expression.kind === "call") return nameOf(expression.callee);
  return expression.kind === "name" || expression.kind === "member" ? expression.name : "";
}

export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "member":
    case "item":
    case "minus":
    case "not":
      return [expression.of];
    case "binary":
      return [expression.left, expression.right];
    case "call":
      return [expression.callee, ...expression.args.map(({ value }) => value)];
    case "sequence":
    case "either":
      return expression.of;
    case "record":
      return expression.entries.map(({ value }) => value);
    default:
      return [];
  }
}

const insides = new WeakMap<Expression, readonly Expression[]>();

/** An expression and all inside it. */
export function within(expression: Expression): readonly Expression[] {
  let found = insides.get(expression);
  if (!found) {
    found = walked(expression);
    insides.set(expression, found);
  }
  return found;
}

function walked(expression: Expression): Expression[] {
  const found: Expression[] = [];
  const open = [expression];
  for (let next = open.pop(); next; next = open.pop()) {
    found.push(next);
    for (const part of partsOf(next)) open.push(part);
  }
  return found;
}

export interface Call {
  readonly call: Expression & { readonly kind: "call" };
  readonly scope: Scope;
  readonly statement: Statement;
}

const callsOfScopes = new WeakMap<Scope, readonly Call[]>();

/** The calls of one scope's own statements. */
export function callsIn(scope: Scope): readonly Call[] {
  let found = callsOfScopes.get(scope);
  if (!found) {
    found = scope.statements.flatMap((statement) =>
      within(statement.value).flatMap((call) => (call.kind === "call" ? [{ call, scope, statement }] : [])),
    );
    callsOfScopes.set(scope, found);
  }
  return found;
}

/** Every scope, and every call by the name of what is called. */
export class Program {
  readonly root: Scope;
  /** Modules, whose functions are not those of the same name here. */
  readonly imported: ReadonlySet<string>;
  readonly scopes: readonly Scope[];
  readonly #calls = new Map<string, Call[]>();
  readonly #named = new Map<string, Scope[]>();
  readonly #entries = new Map<string, { value: Expression; scope: Scope; statement: Statement }[]>();

  constructor(root: Scope, text: string) {
    this.root = root;
    this.imported = importedIn(text);
    this.scopes = everyScope(root);
    for (const scope of this.scopes) {
      put(this.#named, scope.name, scope);
      for (const one of callsIn(scope)) put(this.#calls, nameOf(one.call.callee), one);
      for (const statement of scope.statements) {
        for (const part of within(statement.value)) {
          if (part.kind !== "record") continue;
          for (const { name, value } of part.entries) {
            if (name !== undefined) put(this.#entries, name, { value, scope, statement });
          }
        }
      }
    }
  }

  /** Whether critics are usually one network with an output each, as in JAX. */
  get vectorized(): boolean {
    return ["vmap", "value_and_grad", "grad", "stop_gradient"].some((name) => this.#calls.has(name));
  }

  callsOf(name: string): readonly Call[] {
    return this.#calls.get(name) ?? [];
  }

  entriesOf(key: string) {
    return this.#entries.get(key) ?? [];
  }

  named(name: string, kind: Scope["kind"]): readonly Scope[] {
    return (this.#named.get(name) ?? []).filter((scope) => scope.kind === kind);
  }

  /** What calls an instance: `forward`, `call`, `__call__`. */
  calledOf(expression: Expression, from: Scope): Scope | undefined {
    return callable(this.classOf(expression, from));
  }

  /** Whose instance a name or an attribute holds, by what it is assigned. */
  classOf(expression: Expression, from: Scope): Scope | undefined {
    const spelt = spelling(expression);
    if (spelt === "self") return ownerOf(from);
    if (spelt === "") return undefined;
    const places = spelt.startsWith("self.") ? (ownerOf(from)?.scopes ?? []) : outward(from);
    for (const place of places) {
      for (const { statement, part } of assigned(place, spelt)) {
        const value =
          part !== undefined && statement.value.kind === "sequence"
            ? statement.value.of[part]
            : statement.value;
        if (!value) continue;
        const made = made_(value);
        const [found] = made ? this.named(nameOf(made), "class") : [];
        if (found) return found;
      }
    }
    return undefined;
  }
}

/** The class's call in `Class(…).to(device)` and in `deepcopy(Class(…))`. */
function made_(value: Expression, depth = 0): Expression | undefined {
  if (depth > 5 || value.kind !== "call") return undefined;
  const { callee, args } = value;
  if (
    callee.kind === "member" &&
    /^(to|cuda|float|double|eval|train|share_memory|requires_grad_)$/.test(callee.name)
  ) {
    return made_(callee.of, depth + 1);
  }
  if (/^(deepcopy|compile|jit|script)$/.test(nameOf(callee)) && args[0])
    return made_(args[0].value, depth + 1);
  return callee;
}

/** `policies` in `from networks import critics, policies` and in `import * as policies from "…"`. */
function importedIn(text: string): ReadonlySet<string> {
  const lists = text.matchAll(/^(?:from [\w.]+ )?import (?:\* as )?\(?([\w., \t]*(?:\n[ \t]+[\w., \t]*)*)/gm);
  const names = [...lists].flatMap(([, list]) => list!.split(","));
  // Those of classes are no modules.
  return new Set(names.map((one) => one.trim().split(/\s+/).at(-1)!).filter((one) => /^[a-z]/.test(one)));
}

function put<T>(lists: Map<string, T[]>, name: string, one: T): void {
  const list = lists.get(name);
  if (list) list.push(one);
  else lists.set(name, [one]);
}

function callable(owner: Scope | undefined): Scope | undefined {
  return owner?.scopes.find(({ name }) => /^(forward|call|__call__)$/.test(name));
}

export function outward(from: Scope): Scope[] {
  const found: Scope[] = [];
  for (let scope: Scope | undefined = from; scope; scope = scope.parent) {
    if (scope.kind !== "class") found.push(scope);
  }
  return found;
}

/** The loop or comprehension around a place in which a name is given its value, and which part of it. */
export function loopOf(
  scope: Scope,
  name: string,
  at: number,
): { loop: Loop; part?: number; inner?: number } | undefined {
  const around = scope.loops.filter(({ from, to }) => from <= at && at <= to);
  for (const loop of around.toReversed()) {
    if (spelling(loop.target) === name) return { loop };
    if (loop.target.kind !== "sequence") continue;
    const part = loop.target.of.findIndex((target) => spelling(target) === name);
    if (part >= 0) return { loop, part };
    for (const [index, target] of loop.target.of.entries()) {
      if (target.kind !== "sequence") continue;
      const inner = target.of.findIndex((one) => spelling(one) === name);
      if (inner >= 0) return { loop, part: index, inner };
    }
  }
  return undefined;
}
