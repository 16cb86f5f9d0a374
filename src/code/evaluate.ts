// Follows an expression back through assignments, attributes and helpers to a polynomial in α, log α, log π and H̄.

import { type Callee, complement, valueOfCall } from "./calls.ts";
import { assigned, loopOf, nameOf, outward, ownerOf, Program, spelling } from "./lookup.ts";
import { Met } from "./met.ts";
import { arithmetic, constant, has, type Polynomial, product, scale, symbol, unknown } from "./polynomial.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope } from "./syntax.ts";
import {
  best,
  type Event,
  flat,
  isAlpha,
  isQ,
  knowledge,
  named,
  partOf,
  type Site,
  still,
  type Value,
} from "./value.ts";

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

  constructor(root: Scope, text: string) {
    this.program = new Program(root);
    const alone = [
      ...text.matchAll(
        /(?:Adam\w*|SGD|RMSprop)\(\s*\[\s*(?:self\.)?(\w+)(?:\.(?:detach|clone|requires_grad_)\(\))*\s*\]/g,
      ),
    ].map(([, name]) => name!);
    const found = text.matchAll(/exp\(\s*(?:self\.|this\.)?(\w+)\s*\)|(?:self\.|this\.|\b)(\w+)\.exp\(\)/g);
    this.exponentiated = new Set([...found].map((match) => match[1] ?? match[2]!));
    const free = (name: string) =>
      roleOf(name) === undefined || (roleOf(name) === symbols.entropy && this.exponentiated.has(name));
    this.optimized = new Set(alone.filter((name) => free(name) && !others.test(name)));
  }

  get root(): Scope {
    return this.program.root;
  }

  /** A new question may take as many steps as the last. */
  of(expression: Expression, site: Site): Polynomial {
    return this.read(expression, site).polynomial;
  }

  read(expression: Expression, site: Site): { polynomial: Polynomial; events: readonly Event[] } {
    this.#steps = 0;
    this.#met = new Met();
    this.#cut = false;
    const polynomial = flat(this.#value(expression, site, 0));
    return { polynomial, events: this.#met.all() };
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
        return arithmetic(expression.operator, value(expression.left), value(expression.right));
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
      case "either":
        return best(expression.of.map((part) => this.#value(part, site, depth + 1)));
      case "item": {
        const whole = this.#value(expression.of, site, depth + 1);
        if ("parts" in whole) return partOf(whole, expression.index);
        return whole;
      }
      case "name":
        return this.#name(expression, site, depth);
      case "member":
        return this.#member(expression, site, depth);
      case "call":
        return this.#call(expression, site, depth);
      default:
        return unknown;
    }
  }

  #name(expression: Expression & { kind: "name" }, site: Site, depth: number): Value {
    const { name } = expression;
    const given = site.given?.get(name);
    if (given !== undefined) return this.#named(given, expression, site);
    const special = this.#special(name);
    if (special) return special;
    let { before } = site;
    for (const scope of outward(site.scope)) {
      const looped = loopOf(scope, name, expression.from);
      if (looped) {
        const { loop, part } = looped;
        return this.#named(
          this.#looped(loop.over, part, { ...site, scope, before }, depth),
          expression,
          site,
        );
      }
      const options = latest(scope, name, before).map(({ statement, part, inner: place }) => {
        this.#note({ kind: "statement", statement, scope });
        const inner: Site =
          scope === site.scope ? { ...site, before: statement.from } : { scope, before: statement.from };
        const { value } = statement;
        const grown =
          value.kind === "sequence" && value.of.length === 0 ? this.#appended(scope, name, depth) : undefined;
        const whole = grown ?? this.#value(value, inner, depth + 1);
        const one = part === undefined ? whole : partOf(whole, part);
        const told = place === undefined ? one : partOf(one, place);
        // Some networks give Q and V together.
        const found = part !== undefined && roleOf(name) === symbols.v ? unknown : told;
        if (!statement.withoutGradient) return found;
        if (!("parts" in found) && isQ(found)) {
          this.#note({ kind: "detach", at: statement.value, of: found, scope });
        }
        return still(found);
      });
      if (options.length > 0) return this.#named(best(options), expression, site);
      const parameter = scope.parameters.find((one) => one.name === name);
      if (parameter) {
        const value = this.#parameter(scope, name, depth);
        return this.#named(value, expression, site);
      }
      before = Number.POSITIVE_INFINITY;
    }
    return this.#named(unknown, expression, site);
  }

  /** What a list that begins empty is filled with. */
  #appended(scope: Scope, name: string, depth: number): Value | undefined {
    const found = this.program
      .callsOf("append")
      .filter(
        ({ call, scope: place }) =>
          place === scope && call.callee.kind === "member" && spelling(call.callee.of) === name,
      )
      .flatMap(({ call, statement }) =>
        call.args.map(({ value }) => this.#value(value, { scope, before: statement.from }, depth + 1)),
      );
    return found.length > 0 ? { parts: found } : undefined;
  }

  /** One of what is looped over. */
  #looped(over: Expression, part: number | undefined, site: Site, depth: number): Value {
    const called = over.kind === "call" ? nameOf(over.callee) : "";
    if (over.kind === "call" && called === "zip" && part !== undefined) {
      const one = over.args[part];
      return one ? this.#looped(one.value, undefined, site, depth + 1) : unknown;
    }
    if (over.kind === "call" && called === "enumerate" && over.args[0]) {
      return part === 0 ? unknown : this.#looped(over.args[0].value, undefined, site, depth + 1);
    }
    const whole = this.#value(over, site, depth + 1);
    if (!("parts" in whole)) return whole;
    return best(whole.parts.map((one) => (part === undefined ? one : partOf(one, part))));
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
    const place = own.findIndex((one) => one.name === name);
    this.#asked.add(key);
    const found: Value[] = [];
    for (const { call, scope: from, statement } of this.program.callsOf(scope.name).slice(0, 4)) {
      const argument =
        call.args.find((one) => one.name === name) ??
        (call.args.length <= own.length
          ? call.args.filter((one) => one.name === undefined)[place]
          : undefined);
      if (!argument || from === scope) continue;
      const value = this.#value(argument.value, { scope: from, before: statement.from }, depth + 1);
      if (knowledge(value) >= 2 && !has(flat(value), "?")) found.push(value);
    }
    this.#asked.delete(key);
    return found[0] ?? unknown;
  }

  #member(expression: Expression & { kind: "member" }, site: Site, depth: number): Value {
    const { name, of } = expression;
    if (name === "T" || name === "data") return this.#value(of, site, depth + 1);
    if (name === "probs") return symbol(symbols.probability);
    // An extreme and where it was taken.
    if (name === "values" && of.kind === "call" && /^(min|max|topk|sort)$/.test(nameOf(of)))
      return this.#value(of, site, depth + 1);
    const special = this.#special(name);
    if (special) return special;
    const own = of.kind === "name" && /^(self|this)$/.test(of.name);
    if (!own) {
      const role = roleOf(name);
      // A discount that comes with the batch is 0 where the episode ended.
      if (
        role === symbols.discount &&
        /batch|transition|data|sample|experience|time_?step|next/i.test(nameOf(of))
      ) {
        return symbol(symbols.notDone);
      }
      // A Q is told by its own name, but of a record.
      const whole = role === symbols.q && of.kind !== "name" ? unknown : this.#value(of, site, depth + 1);
      const entry = this.#entry(whole, name);
      if (entry) return this.#named(entry, expression, site);
      if (!("parts" in whole) && isAlpha(whole) && /^(value|val|params?)$/.test(name)) return whole;
      if (role === symbols.entropy) {
        const values = this.program
          .entriesOf(name)
          .map(({ value, scope, statement }) =>
            this.#value(value, { scope, before: statement.from }, depth + 1),
          )
          .filter((value) => knowledge(value) >= 2 && !has(flat(value), "?"));
        if (values[0]) return values[0];
      }
      return this.#named(unknown, expression, site);
    }
    const owner = ownerOf(site.scope);
    if (!owner) return this.#named(unknown, expression, site);
    const property = owner.scopes.find((method) => method.name === name);
    if (property) return this.#named(this.#returned(property, undefined, depth), expression, site);
    const options = owner.scopes.flatMap((method) =>
      assigned(method, `self.${name}`).map(({ statement, part }) => {
        const whole = this.#value(statement.value, { scope: method, before: statement.from }, depth + 1);
        return part === undefined ? whole : partOf(whole, part);
      }),
    );
    const known = options.map(flat).filter((option) => option.length > 0 && !has(option, "?"));
    const alphas = known.find(isAlpha);
    return this.#named(alphas ?? known[0] ?? unknown, expression, site);
  }

  #entry(whole: Value, name: string): Value | undefined {
    const entry = "parts" in whole ? whole.entries?.get(name) : undefined;
    if (entry) this.#met.inner.push(entry.met);
    return entry?.value;
  }

  /** What a name suggests, where its value does not tell; a Q that nothing more is known of is noted. */
  #named(value: Value, expression: Expression & { name: string }, site: Site): Value {
    const result = named(value, expression.name, this.exponentiated);
    const found = flat(result);
    // `critic(…)["q"]`: the call tells whose it is.
    const from = expression.kind === "member" && expression.of.kind === "call" ? expression.of : expression;
    if (
      result !== value &&
      (has(found, symbols.q) || has(found, symbols.v)) &&
      roleOf(expression.name) !== undefined
    ) {
      if (!("parts" in value) && !has(value, symbols.q))
        this.#note({ kind: "q", at: from, scope: site.scope });
    }
    return result;
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

  #call(expression: Expression & { kind: "call" }, site: Site, depth: number): Value {
    const callee: Callee = {
      program: this.program,
      exponentiated: this.exponentiated,
      value: (inner) => this.#value(inner, site, depth + 1),
      note: (event) => this.#note(event),
      returned: (scope, given) => this.#returned(scope, given, depth),
      entry: (whole, key) => this.#entry(whole, key),
      beyond: (at, value) => this.#beyond(at, site.scope, value),
    };
    return valueOfCall(expression, site, callee);
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

/** The assignments that may hold there, the last first. */
function latest(scope: Scope, name: string, before: number) {
  const found = [];
  for (const one of assigned(scope, name).toReversed()) {
    if (one.statement.to > before) continue;
    found.push(one);
    if (one.statement.arms.every(({ from, to }) => from <= before && before <= to)) break;
  }
  return found;
}

/** The scopes of the whole program, each but once. */
export function scopesOf(evaluator: Evaluator): readonly Scope[] {
  return evaluator.program.scopes;
}

export { assigned, ownerOf, spelling } from "./lookup.ts";
