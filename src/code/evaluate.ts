// Follows an expression back through assignments, attributes and helpers to a polynomial in α, log α, log π and H̄.

import { valueOfCall } from "./calls.ts";
import type { Event } from "./event.ts";
import { assigned, callsIn, nameOf, Program, spelling, within } from "./lookup.ts";
import { chosenBy, compared, complement, isFlag } from "./mask.ts";
import { valueOfMember } from "./members.ts";
import { Met } from "./met.ts";
import { valueOfName } from "./names.ts";
import {
  arithmetic,
  constant,
  has,
  numberOf,
  type Polynomial,
  product,
  scale,
  symbol,
  unknown,
} from "./polynomial.ts";
import type { Reader } from "./reader.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope } from "./syntax.ts";
import { best, flat, isAlpha, knowledge, partOf, type Site, same, still, type Value } from "./value.ts";

const deepest = 28;
const mostSteps = 10_000;
/** Steps for a whole program; what is asked after them is unknown. */
const mostInAll = 30_000;
/** Parameters that carry no value of interest: who calls with them is not asked. */
const carriers =
  /^(self|cls|this|obs\w*|states?|next_(obs|states?)|batch|data|key|rng|.*params|seed|args|config|cfg)$/;

/** What is divided by such keeps its sign. */
const counts = /^(n|num|len|count|batch|size)(_|$|[A-Z])|^N(_|$)|_(size|count|num|dim|dims)$/i;

/** Parameters of their own that are no temperature. */
const others =
  /std|sigma|mu$|mean|bias|weight|param|lagr|lambda|^(eta|nu|zeta)$|prime|cql|embed|token|scale|state|x$/i;

export class Evaluator {
  /** Attributes and names called α that are exponentiated somewhere, and so hold its logarithm. */
  readonly exponentiated: ReadonlySet<string>;
  /** What an optimiser is given alone, by whatever name: a temperature, if a loss is one of it. */
  readonly optimized: ReadonlySet<string>;
  readonly program: Program;
  #steps = 0;
  #total = 0;
  /** Whether a limit cut the current value short: such values are not kept. */
  #cut = false;
  #met = new Met();
  readonly #kept = new Map<Expression, { value: Value; met: Met; depth: number; cut: boolean }>();
  readonly #asked = new Set<string>();
  readonly #readers: Reader[] = [];

  constructor(root: Scope, text: string) {
    this.program = new Program(root, text);
    const stepped = [
      ...text.matchAll(
        /(?:Adam\w*|SGD|RMSprop)\(\s*(?:params\s*=\s*)?[[(]\s*(?:self\.)?(\w+)(?:\.(?:detach|clone|requires_grad_)\(\))*\s*,?\s*[\])]/g,
      ),
    ].map(([, name]) => name!);
    const given = stepped.length;
    // A parameter that an object keeps is one where it is exponentiated.
    const alone = [
      ...stepped,
      ...[
        ...text.matchAll(
          /(?:\bself\.)(\w+)(?:\s*:[^=\n]+)?\s*=\s*(?:nn\.|nnx\.|torch\.nn\.|eqx\.)?Param(?:eter)?\(/g,
        ),
      ].map(([, name]) => name!),
    ];
    // What stands before a method is looked for where the method is: it may be as long as a line.
    const found = text.matchAll(
      /exp\(\s*(?:(?:self|this|module|model|agent|state|params?)\.)?(\w+)(?:\[\.\.\.\]|\.value|\.apply(?:_fn)?\([^()\n]*\))?\s*\)|\.exp\(\)(?<=(\w+)(?:\[\.\.\.\]|\.value|\.data|\.detach\(\))?\.exp\(\))/g,
    );
    this.exponentiated = new Set([...found].map((match) => match[1] ?? match[2]!));
    const free = (name: string) =>
      roleOf(name) === undefined ||
      ([symbols.entropy, symbols.weight].some((role) => role === roleOf(name)) &&
        this.exponentiated.has(name));
    this.optimized = new Set(
      alone.filter(
        (name, at) =>
          free(name) &&
          !others.test(name.replace(/^_?log_?weight$/i, "")) &&
          (at < given || this.exponentiated.has(name)),
      ),
    );
  }

  get root(): Scope {
    return this.program.root;
  }

  /** A new question may take as many steps as the last. */
  of(expression: Expression, site: Site): Polynomial {
    return this.read(expression, site).polynomial;
  }

  /** With what was met on the way, which is put together when it is asked for. */
  read(expression: Expression, site: Site): { polynomial: Polynomial; events: readonly Event[] } {
    this.#steps = 0;
    this.#met = new Met();
    this.#cut = false;
    const polynomial = flat(this.#value(expression, site, 0));
    const met = this.#met;
    let events: readonly Event[] | undefined;
    return {
      polynomial,
      get events() {
        events ??= met.all();
        return events;
      },
    };
  }

  #note(event: Event): void {
    this.#met.events.push(event);
  }

  #value(expression: Expression, site: Site, depth: number): Value {
    if (this.#total > mostInAll || depth > deepest || ++this.#steps > mostSteps) {
      this.#cut = true;
      return unknown;
    }
    this.#total++;
    if (expression.kind === "number") return constant(expression.value);
    if (site.given) return this.#fresh(expression, site, depth);
    const kept = this.#kept.get(expression);
    // What was cut short is no better where less room is left.
    if (kept && (!kept.cut || depth >= kept.depth)) {
      this.#met.inner.push(kept.met);
      this.#cut ||= kept.cut;
      return kept.value;
    }
    const [outer, cut] = [this.#met, this.#cut];
    const met = new Met();
    this.#met = met;
    this.#cut = false;
    const value = this.#fresh(expression, site, depth);
    this.#kept.set(expression, { value, met, depth, cut: this.#cut });
    outer.inner.push(met);
    this.#met = outer;
    this.#cut ||= cut;
    return value;
  }

  #fresh(expression: Expression, site: Site, depth: number): Value {
    const value = (inner: Expression) => flat(this.#value(inner, site, depth + 1));
    switch (expression.kind) {
      case "number":
        return constant(expression.value);
      case "minus":
        return scale(value(expression.of), -1);
      case "binary":
        if (expression.operator === "/" && counts.test(nameOf(expression.right)))
          return product(value(expression.left), symbol(symbols.weight));
        if (expression.operator === "or") return best([expression.left, expression.right].map(value));
        if (/^[+-]$/.test(expression.operator)) {
          const [left, right] = [value(expression.left), value(expression.right)];
          // A density less its correction for tanh is a density.
          if (same(left, symbols.logProb) && isUnknown(right) && isCorrection(expression.right, site.scope))
            return left;
          return binary(expression.operator, left, right);
        }
        if (expression.operator === "/") {
          const [left, right] = [value(expression.left), value(expression.right)];
          // What a loss is divided by is a scale or a count.
          return isUnknown(right) ? product(left, symbol(symbols.weight)) : arithmetic("/", left, right);
        }
        if (expression.operator === "*") {
          const [left, right] = [value(expression.left), value(expression.right)];
          // A mask takes some actions away, and what is left are probabilities.
          const [one, other] = same(right, symbols.probability) ? [right, left] : [left, right];
          const side = one === left ? expression.right : expression.left;
          if (same(one, symbols.probability) && isUnknown(other) && isMask(side, site.scope)) return one;
          return product(left, right);
        }
        return binary(expression.operator, value(expression.left), value(expression.right));
      case "sequence":
        if (expression.of.length === 1) return value(expression.of[0]!);
        return { parts: expression.of.map((part) => this.#value(part, site, depth + 1)) };
      case "record": {
        const outer = this.#met;
        const entries = expression.entries.map((entry) => {
          const met = new Met();
          this.#met = met;
          return [entry.name ?? "", { value: this.#value(entry.value, site, depth + 1), met }] as const;
        });
        this.#met = outer;
        return { parts: [], entries: new Map(entries) };
      }
      case "not":
        return complement(value(expression.of));
      case "either": {
        const options = expression.of.map((part) => this.#value(part, site, depth + 1));
        const [yes, no] = options;
        const when = expression.test && yes && no ? value(expression.test) : undefined;
        return (when && isFlag(when) ? chosenBy(when, yes!, no!) : undefined) ?? best(options);
      }
      case "item": {
        const whole = this.#value(expression.of, site, depth + 1);
        if ("parts" in whole) return partOf(whole, expression.index);
        return whole;
      }
      case "name":
        return valueOfName(expression, site, this.#reader(depth));
      case "member":
        return valueOfMember(expression, site, this.#reader(depth));
      case "call":
        return valueOfCall(expression, site, this.#reader(depth));
      default:
        return unknown;
    }
  }

  /** One for each depth. */
  #reader(depth: number): Reader {
    const made = this.#readers[depth];
    if (made) return made;
    const reader: Reader = {
      program: this.program,
      exponentiated: this.exponentiated,
      special: (name) => this.#special(name),
      value: (inner, site) => this.#value(inner, site, depth + 1),
      note: (event) => this.#note(event),
      returned: (scope, given) => this.#returned(scope, given, depth),
      entry: (whole, key) => this.#entry(whole, key),
      parameter: (scope, name) => this.#parameter(scope, name, depth),
      beyond: (at, scope, value) => this.#beyond(at, scope, value),
    };
    this.#readers[depth] = reader;
    return reader;
  }

  #entry(whole: Value, key: string): Value | undefined {
    const entry = "parts" in whole ? whole.entries?.get(key) : undefined;
    if (entry) this.#met.inner.push(entry.met);
    return entry?.value;
  }

  /** H̄ stays a symbol, and so does what an optimiser holds. */
  #special(name: string): Polynomial | undefined {
    const role = roleOf(name);
    if (role === symbols.target || role === symbols.logAlpha) return symbol(role);
    const exponentiated = this.exponentiated.has(name);
    if (role === symbols.alpha && exponentiated) return symbol(symbols.logAlpha);
    if (this.optimized.has(name)) return symbol(exponentiated ? symbols.logAlpha : symbols.alpha);
    return undefined;
  }

  /** What a function is called with, where that is known. */
  #parameter(scope: Scope, name: string, depth: number): Value {
    const key = `${scope.place.from}:${name}`;
    if (carriers.test(name)) return unknown;
    if (this.#asked.has(key) || this.#asked.size > 4) {
      this.#cut = true;
      return unknown;
    }
    const role = roleOf(name);
    if (role === symbols.alpha && !/loss|temp/i.test(scope.name)) return unknown;
    const own = scope.parameters.filter((one) => !/^(self|cls)$/.test(one.name));
    const index = own.findIndex((one) => one.name === name);
    const { place = index, key: taken } = own[index] ?? {};
    this.#asked.add(key);
    const found: Value[] = [];
    for (const { call, scope: from, statement } of this.program.callsOf(scope.name).slice(0, 4)) {
      const argument =
        call.args.find((one) => one.name === name) ??
        (call.args.length <= own.length
          ? call.args.filter((one) => one.name === undefined)[place]
          : undefined);
      if (!argument || from === scope) continue;
      const whole = this.#value(argument.value, { scope: from, before: statement.from }, depth + 1);
      const value = taken === undefined ? whole : (this.#entry(whole, taken) ?? unknown);
      if (knowledge(value) >= 2 && !has(flat(value), "?")) found.push(value);
    }
    this.#asked.delete(key);
    return found[0] ?? unknown;
  }

  #beyond(at: Expression, scope: Scope, of: () => Value): Value {
    const outer = this.#met;
    this.#met = new Met({ kind: "q", at, scope });
    const value = of();
    outer.inner.push(this.#met);
    this.#met = outer;
    return value;
  }

  #returned(scope: Scope, given: ReadonlyMap<string, Value> | undefined, depth: number): Value {
    const returns = scope.statements.filter(({ kind }) => kind === "return");
    const last = returns.at(-1);
    if (!last) return unknown;
    const options = returns
      .filter((one) => one === last || one.arms.length > 0)
      .toReversed()
      .map((one) => {
        this.#note({ kind: "statement", statement: one, scope });
        const site: Site = { scope, before: one.from, ...(given && given.size > 0 ? { given } : {}) };
        const value = this.#value(one.value, site, depth + 1);
        return one.withoutGradient ? still(value) : value;
      });
    return best(options);
  }
}

/** Nothing is known of it but that it may be a weight. */
function isUnknown(polynomial: Polynomial): boolean {
  return (
    polynomial.length > 0 &&
    numberOf(polynomial) === undefined &&
    polynomial.every(({ symbols: names }) => names.every((name) => name === "?" || name === symbols.weight))
  );
}

/** log(1 − a²) or what it is written by, or a name that was given that. */
function isCorrection(expression: Expression, scope: Scope, depth = 0): boolean {
  return within(expression).some((part) => {
    if (part.kind === "call")
      return /^(log|log1p|log_?sigmoid|logaddexp|soft_?plus)$|correct|jacobian|log_?(abs_)?det/i.test(
        nameOf(part),
      );
    const given = part.kind === "name" && depth < 2 ? assigned(scope, part.name).at(-1) : undefined;
    return given !== undefined && isCorrection(given.statement.value, scope, depth + 1);
  });
}

/** Whether a value is chosen by it elsewhere in the function. */
function isMask(expression: Expression, scope: Scope): boolean {
  const name = spelling(expression);
  return (
    name !== "" &&
    callsIn(scope).some(
      ({ call }) =>
        /^(where|masked_fill_?)$/.test(nameOf(call)) &&
        call.args.slice(0, 1).some(({ value }) => within(value).some((part) => spelling(part) === name)),
    )
  );
}

function binary(operator: string, left: Polynomial, right: Polynomial): Polynomial {
  // One of several temperatures, which a one-hot row chooses.
  if (operator === "@") {
    const [chosen] = [left, right].filter(isAlpha);
    const other = chosen === left ? right : left;
    return chosen && isUnknown(other) ? chosen : unknown;
  }
  return compared(operator, left, right) ?? arithmetic(operator, left, right);
}

/** The scopes of the whole program, each but once. */
export function scopesOf(evaluator: Evaluator): readonly Scope[] {
  return evaluator.program.scopes;
}

export { assigned, ownerOf, spelling } from "./lookup.ts";
