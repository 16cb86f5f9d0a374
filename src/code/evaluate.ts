// Follows an expression back through assignments, attributes and helpers to a polynomial in α, log α, log π and H̄.

import {
  constant,
  has,
  numberOf,
  type Polynomial,
  product,
  rename,
  scale,
  sum,
  symbol,
  unknown,
} from "./polynomial.ts";
import { roleOf, symbols } from "./roles.ts";
import { type Expression, everyScope, type Scope, type Statement } from "./syntax.ts";

type Value = Polynomial | { readonly parts: readonly Value[] };

/** Where an expression stands: its scope, and the place before which names were given. */
export interface Site {
  readonly scope: Scope;
  readonly before: number;
  /** What a helper was called with. */
  readonly given?: ReadonlyMap<string, Value>;
}

const detached = { [symbols.logAlpha]: symbols.logAlphaFixed, [symbols.alpha]: symbols.alphaFixed };
const keeps = new Set(
  (
    "mean sum to cpu float double view reshape squeeze unsqueeze flatten numpy clone contiguous cuda type expand " +
    "expand_as astype reduce_mean reduce_sum squeeze_ tensor as_tensor FloatTensor Tensor array asarray float32 " +
    "convert_to_tensor cast nanmean average stack cat concatenate repeat item requires_grad_ " +
    "dataSync squeeze asScalar variable scalar gather scalar_tensor from_numpy sum_rightmost int Variable Parameter read_value value identity"
  ).split(" "),
);
const detaches = new Set(["detach", "detach_", "stop_gradient", "item", "numpy", "stopGradient"]);
const deepest = 24;
const mostSteps = 20_000;
/** Milliseconds for a whole program; what is asked after them is unknown. */
const longest = 700;

export class Evaluator {
  /** Attributes and names called α that are exponentiated somewhere, and so hold its logarithm. */
  readonly exponentiated: ReadonlySet<string>;
  readonly root: Scope;
  #steps = 0;
  readonly #until = Date.now() + longest;
  #late = false;
  #scopes: readonly Scope[] | undefined;

  constructor(root: Scope, text: string) {
    this.root = root;
    const found = text.matchAll(/exp\(\s*(?:self\.|this\.)?(\w+)\s*\)|(?:self\.|this\.|\b)(\w+)\.exp\(\)/g);
    this.exponentiated = new Set([...found].map((match) => match[1] ?? match[2]!));
  }

  /** A new question may take as many steps as the last. */
  of(expression: Expression, site: Site): Polynomial {
    this.#steps = 0;
    return flat(this.#value(expression, site, 0));
  }

  #value(expression: Expression, site: Site, depth: number): Value {
    if (this.#late || depth > deepest || ++this.#steps > mostSteps) return unknown;
    if (this.#steps % 64 === 1 && Date.now() > this.#until) this.#late = true;
    const value = (inner: Expression) => flat(this.#value(inner, site, depth + 1));
    switch (expression.kind) {
      case "number":
        return constant(expression.value);
      case "minus":
        return scale(value(expression.of), -1);
      case "binary":
        return arithmetic(expression.operator, value(expression.left), value(expression.right));
      case "sequence":
        if (expression.of.length === 1) return value(expression.of[0]!);
        return { parts: expression.of.map((part) => this.#value(part, site, depth + 1)) };
      case "either": {
        const choices = expression.of.map(value);
        return choices.find((choice) => !has(choice, "?")) ?? choices[0] ?? unknown;
      }
      case "item": {
        const whole = this.#value(expression.of, site, depth + 1);
        if (!("parts" in whole)) return whole;
        return expression.index === undefined ? unknown : (whole.parts.at(expression.index) ?? unknown);
      }
      case "name":
        return this.#name(expression.name, site, depth);
      case "member":
        return this.#member(expression, site, depth);
      case "call":
        return this.#call(expression, site, depth);
      case "opaque":
        return unknown;
    }
  }

  #name(name: string, site: Site, depth: number): Value {
    const given = site.given?.get(name);
    if (given !== undefined) return named(given, name, this.exponentiated);
    const special = this.#special(name);
    if (special) return special;
    let before = site.before;
    for (let scope: Scope | undefined = site.scope; scope; scope = scope.parent) {
      if (scope.kind === "class") continue;
      const last = assigned(scope, name).findLast(({ statement }) => statement.to <= before);
      if (last) {
        const inner = { ...site, scope, before: last.statement.from };
        const whole = this.#value(last.statement.value, inner, depth + 1);
        const part =
          last.part === undefined ? whole : "parts" in whole ? (whole.parts[last.part] ?? unknown) : unknown;
        const result = last.statement.withoutGradient ? still(part) : part;
        return named(result, name, this.exponentiated);
      }
      if (scope.parameters.some((parameter) => parameter.name === name)) break;
      before = Number.POSITIVE_INFINITY;
    }
    return named(unknown, name, this.exponentiated);
  }

  #member(expression: Expression & { kind: "member" }, site: Site, depth: number): Value {
    const { name } = expression;
    if (name === "T" || name === "data") return this.#value(expression.of, site, depth + 1);
    if (name === "probs") return symbol(symbols.probability);
    const own = expression.of.kind === "name" && /^(self|this)$/.test(expression.of.name);
    const special = this.#special(name);
    if (special) return special;
    if (!own) return named(unknown, name, this.exponentiated);
    const owner = ownerOf(site.scope);
    if (!owner) return named(unknown, name, this.exponentiated);
    const property = owner.scopes.find((method) => method.name === name);
    if (property) return named(this.#returned(property, undefined, depth), name, this.exponentiated);
    const options = owner.scopes
      .flatMap((method) => assigned(method, `self.${name}`).map((found) => ({ ...found, method })))
      .filter(({ part }) => part === undefined)
      .map(({ statement, method }) =>
        this.#value(statement.value, { scope: method, before: statement.from }, depth + 1),
      )
      .map(flat);
    const known = options.find((option) => option.length > 0 && !has(option, "?"));
    const alphas = options.find((option) => isAlpha(option));
    return named(alphas ?? known ?? unknown, name, this.exponentiated);
  }

  /** H̄ stays a symbol, and so does what an optimiser holds. */
  #special(name: string): Polynomial | undefined {
    const role = roleOf(name);
    if (role === symbols.target || role === symbols.logAlpha) return symbol(role);
    if (role === symbols.alpha && this.exponentiated.has(name)) return symbol(symbols.logAlpha);
    return undefined;
  }

  #call(expression: Expression & { kind: "call" }, site: Site, depth: number): Value {
    const { callee, args } = expression;
    const value = (inner: Expression) => this.#value(inner, site, depth + 1);
    const name = callee.kind === "member" || callee.kind === "name" ? callee.name : "";
    const first = args.find((argument) => argument.name === undefined)?.value;
    const method = callee.kind === "member";
    const library =
      method &&
      callee.of.kind === "name" &&
      /^(torch|tf|np|jnp|jax|F|nn|math|K|numpy|T|lax)$/.test(callee.of.name);
    const nested = method && callee.of.kind === "member" && /^(lax|math|nn|functional)$/.test(callee.of.name);
    const subject = method && !library && !nested ? callee.of : first;

    if (name === "log_prob" || name === "logProb") return symbol(symbols.logProb);
    if (name === "log_softmax" || name === "logSoftmax") return symbol(symbols.logProbs);
    if (name === "gather" && subject) {
      return rename(flat(value(subject)), { [symbols.logProbs]: symbols.logProb });
    }
    if (name === "softmax") return symbol(symbols.probability);
    if (name === "entropy" && method && !library) return scale(symbol(symbols.logProb), -1);
    if (name === "exp" && subject) {
      const inner = flat(value(subject));
      if (same(inner, symbols.logAlpha)) return symbol(symbols.alpha);
      if (same(inner, symbols.logAlphaFixed)) return symbol(symbols.alphaFixed);
      if (same(inner, symbols.logProb) || same(inner, symbols.logProbs)) {
        return symbol(symbols.probability);
      }
      return unknown;
    }
    if (name === "log" && subject) {
      const inner = flat(value(subject));
      if (same(inner, symbols.alpha)) return symbol(symbols.logAlpha);
      const summed = inner.find(({ symbols: only }) => only.length === 1 && only[0] === symbols.probability);
      if (summed) return symbol(symbols.logProbs);
      return unknown;
    }
    if (detaches.has(name) && subject) return still(value(subject));
    if ((name === "neg" || name === "negative") && subject) return scale(flat(value(subject)), -1);
    const operator = { mul: "*", multiply: "*", add: "+", sub: "-", subtract: "-", div: "/" }[name];
    const second = library ? args[1]?.value : first;
    if (operator && subject && second) {
      return arithmetic(operator, flat(value(subject)), flat(value(second)));
    }
    if (/^(min|minimum|max|maximum)$/.test(name) && subject) {
      const inner = flat(value(subject));
      return has(inner, symbols.q) ? symbol(symbols.q) : unknown;
    }
    if (/^(clamp|clip|clamp_)$/.test(name) && subject) return value(subject);
    if (keeps.has(name) && subject) return value(subject);
    if (!library && (callee.kind === "name" || method)) {
      const found = this.#helper(callee, site.scope);
      if (found) {
        const given = new Map<string, Value>();
        const own = found.parameters.filter((parameter) => parameter.name !== "self");
        let at = 0;
        for (const argument of args) {
          const key = argument.name ?? own[at++]?.name;
          if (key !== undefined) given.set(key, value(argument.value));
        }
        return this.#returned(found, given, depth);
      }
    }
    const role = roleOf(name);
    if (role === symbols.q) return symbol(symbols.q);
    const holder = /^apply(_fn)?$/.test(name) && method ? spelling(callee.of).split(".").at(-1)! : name;
    const held = roleOf(holder.replace(/_(network|net|module|holder|def|train_state|state)$/, ""));
    if (held === symbols.alpha || held === symbols.logAlpha) return symbol(held);
    return unknown;
  }

  /** A function of that name in sight, a method of this class, or the only method of that name in the file. */
  #helper(callee: Expression, from: Scope): Scope | undefined {
    if (callee.kind === "member") {
      const { name, of } = callee;
      if (of.kind === "name" && /^(self|this)$/.test(of.name)) {
        return ownerOf(from)?.scopes.find((scope) => scope.name === name);
      }
      if (/^(forward|call|update|step|get|apply|__\w+)$/.test(name)) return undefined;
      this.#scopes ??= everyScope(this.root);
      const found = this.#scopes.filter((scope) => scope.name === name && scope.parent?.kind === "class");
      return found.length === 1 ? found[0] : undefined;
    }
    if (callee.kind !== "name") return undefined;
    const { name } = callee;
    for (let scope: Scope | undefined = from; scope; scope = scope.parent) {
      const found = scope.scopes.find((inner) => inner.kind === "function" && inner.name === name);
      if (found) return found;
    }
    return undefined;
  }

  #returned(scope: Scope, given: ReadonlyMap<string, Value> | undefined, depth: number): Value {
    const last = scope.statements.findLast(({ kind }) => kind === "return");
    if (last?.kind !== "return") return unknown;
    const site: Site = { scope, before: last.from, ...(given ? { given } : {}) };
    return this.#value(last.value, site, depth + 1);
  }
}

/** The scopes of the whole program, each but once. */
export function scopesOf(evaluator: Evaluator): Scope[] {
  return everyScope(evaluator.root);
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
    return `${spelling(expression.of).replace(/^this$/, "self")}.${expression.name}`;
  }
  return "";
}

export function assigned(scope: Scope, name: string) {
  const found: { statement: Statement & { kind: "assign" }; part?: number }[] = [];
  for (const statement of scope.statements) {
    if (statement.kind !== "assign") continue;
    if (spelling(statement.target) === name) found.push({ statement });
    else if (statement.target.kind === "sequence") {
      const part = statement.target.of.findIndex((target) => spelling(target) === name);
      if (part >= 0) found.push({ statement, part });
    }
  }
  return found;
}

function arithmetic(operator: string, left: Polynomial, right: Polynomial): Polynomial {
  if (operator === "+") return sum(left, right);
  if (operator === "-") return sum(left, scale(right, -1));
  if (operator === "*") return product(left, right);
  if (operator === "/") {
    const by = numberOf(right);
    return by ? scale(left, 1 / by) : unknown;
  }
  return unknown;
}

/** What is shown, or else what the name suggests. */
function named(value: Value, name: string, exponentiated: ReadonlySet<string>): Value {
  if ("parts" in value) return value;
  const role = roleOf(name);
  if (!has(value, "?") || role === undefined) return value;
  const shown = value.filter(
    ({ symbols: [first, ...rest] }) =>
      rest.length === 0 && (first === symbols.logProb || first === symbols.logProbs),
  );
  // A density with its correction for tanh: the sign is shown, the rest is not needed.
  if (shown.length === 1) return scale(symbol(shown[0]!.symbols[0]!), Math.sign(shown[0]!.by));
  if (role === symbols.alpha && exponentiated.has(name)) return symbol(symbols.logAlpha);
  return symbol(role);
}

function flat(value: Value): Polynomial {
  return "parts" in value ? unknown : value;
}

function still(value: Value): Value {
  return "parts" in value ? { parts: value.parts.map(still) } : rename(value, detached);
}

function same(polynomial: Polynomial, name: string): boolean {
  const [only] = polynomial;
  return polynomial.length === 1 && only!.by === 1 && only!.symbols.length === 1 && only!.symbols[0] === name;
}

function isAlpha(polynomial: Polynomial): boolean {
  return (
    same(polynomial, symbols.alpha) ||
    same(polynomial, symbols.logAlpha) ||
    same(polynomial, symbols.alphaFixed)
  );
}
