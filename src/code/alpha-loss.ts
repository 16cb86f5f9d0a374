// Finds the α loss, takes its derivative by the optimised parameter, and says which way α goes.

import { type Evaluator, ownerOf, scopesOf, spelling } from "./evaluate.ts";
import type { Event } from "./event.ts";
import { type HandStep, handStep } from "./hand-step.ts";
import { nameOf, within } from "./lookup.ts";
import { lossesIn } from "./losses.ts";
import type { Polynomial } from "./polynomial.ts";
import { has } from "./polynomial.ts";
import { symbols } from "./roles.ts";
import type { Subject } from "./soft.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

export interface AlphaLoss {
  /** What it is assigned to. */
  readonly name: string;
  readonly scope: Scope;
  readonly expression: Expression;
  readonly form: "alpha" | "log-alpha";
  /** Factors of log π and of the program's own target in the derivative by α or log α. */
  readonly logProb: number;
  readonly target: number;
  /** Whether a discrete policy's log π enters without its weights. */
  readonly unweighted: boolean;
  /** Whether all actions' probabilities enter, as only a discrete policy has them. */
  readonly discrete: boolean;
  /** What stands for log π: itself, or a name that says entropy. */
  readonly subject: Subject;
  readonly events: readonly Event[];
  /** Whether the target is −|A| or a number without a name. */
  readonly inline: boolean;
  /** What log π is put together with, where that is one expression. */
  readonly level?: { readonly expression: Expression; readonly scope: Scope };
  /** Where its derivative is written out, and α stepped by it. */
  readonly byHand?: HandStep;
  /** Where log π and the target are put together. */
  readonly together: Expression;
}

const logs = [symbols.logProb, symbols.logProbs, symbols.entropy];
const levels = [symbols.target, symbols.size];

/** More of them in one function is no program. */
const mostLosses = 20;

/** Every α loss, and no expression that only goes into another one. */
export function alphaLosses(evaluator: Evaluator): AlphaLoss[] {
  const all = scopesOf(evaluator).flatMap((scope) => {
    const found: AlphaLoss[] = [];
    for (const statement of scope.statements) {
      if (found.length >= mostLosses) break;
      const step = handStep(evaluator, statement, scope);
      const stepped = step && readLoss(step.polynomial);
      if (step && stepped) {
        const { events } = evaluator.read(step.expression, { scope, before: statement.from });
        const together = togetherIn(evaluator, step.expression, scope, events, stepped.nameless);
        const level = levelIn(evaluator, together.expression, together.scope);
        // The derivative and the step are one.
        const from =
          together.scope === scope ? Math.min(together.expression.from, step.expression.from) : undefined;
        const expression: Expression =
          from === undefined ? step.expression : { kind: "opaque", from, to: step.expression.to };
        found.push({
          ...stepped,
          scope,
          expression,
          name: "",
          events,
          together: together.expression,
          ...(level ? { level } : {}),
          byHand: step,
        });
        continue;
      }
      if (statement.withoutGradient) continue;
      for (const expression of lossesIn(statement)) {
        if (found.some(({ name }) => name !== "" && name === spelling(expression))) continue;
        const read = evaluator.read(expression, { scope, before: statement.from });
        const loss = readLoss(read.polynomial);
        if (!loss) continue;
        const { events } = read;
        const name = statement.kind === "assign" ? spelling(statement.target) : "";
        const together = togetherIn(evaluator, expression, scope, events, loss.nameless);
        const level = levelIn(evaluator, together.expression, together.scope);
        // By its place alone it is one only where a loss is shown.
        if (loss.nameless && !(level && isLoss(statement, expression, name, scope))) continue;
        // What a name without meaning stands for has its own sign, which the level is asked for.
        const own = loss.nameless && level ? evaluator.of(level.expression, siteOf(level)) : [];
        const turned = own.length === 1 && own[0]!.by < 0;
        found.push({
          ...loss,
          target: turned ? -loss.target : loss.target,
          scope,
          expression,
          name,
          events,
          together: together.expression,
          ...(level ? { level } : {}),
        });
      }
    }
    // Of a loss and what is only made of it, the line that writes it out; where the sign changes on the way, the last.
    return found.filter((one) => {
      const wrapped = ({ name }: { name: string }) =>
        name !== "" && name !== one.name && mentions(one.expression, name);
      if (found.some((other) => wrapped(other) && sameSigns(one, other))) return false;
      const { name } = one;
      return (
        name === "" ||
        !found.some(
          (other) => other.name !== name && mentions(other.expression, name) && !sameSigns(one, other),
        )
      );
    });
  });
  // What another branch weights by π is that of discrete actions.
  const weighted = all.map((one) => ({
    ...one,
    unweighted:
      one.unweighted &&
      !all.some(
        (other) => other !== one && other.scope === one.scope && other.name === one.name && !other.unweighted,
      ),
  }));
  // A loss that a helper returned is told where the helper computes it.
  return weighted.filter(
    (one) =>
      !refers(one.expression, evaluator) ||
      !all.some(
        (other) =>
          !refers(other.expression, evaluator) &&
          (ownerOf(other.scope) === ownerOf(one.scope) || other.scope.name === nameOf(one.expression)) &&
          sameSigns(one, other),
      ),
  );
}

/**
 * The innermost expression on the way to a loss in which log π and the target are put together; where the target has no
 * name that tells, the last one before α comes in.
 */
function togetherIn(
  evaluator: Evaluator,
  whole: Expression,
  from: Scope,
  events: readonly Event[],
  nameless: boolean,
) {
  let found = { expression: whole, scope: from };
  let fewest = nameless ? -1 : Number.POSITIVE_INFINITY;
  for (const event of events) {
    if (event.kind !== "statement" || event.statement.value.kind === "name") continue;
    const { statement, scope } = event;
    const inner = evaluator.read(statement.value, { scope, before: statement.from });
    const count = inner.events.length;
    if (!has(inner.polynomial, ...logs)) continue;
    if (nameless) {
      const other = has(inner.polynomial, "?") && !has(inner.polynomial, symbols.alpha, symbols.logAlpha);
      if (!other || inner.polynomial.length !== 2 || count <= fewest) continue;
    } else if (!has(inner.polynomial, ...levels) || count >= fewest) continue;
    fewest = count;
    found = { expression: statement.value, scope };
  }
  // Where the loss itself puts them together, what goes into it is older.
  return nameless && levelIn(evaluator, whole, from) ? { expression: whole, scope: from } : found;
}

/** The other side of the sum or difference that log π stands in. */
function levelIn(evaluator: Evaluator, whole: Expression, scope: Scope): AlphaLoss["level"] {
  const site = { scope, before: whole.from };
  const logged = (expression: Expression) => has(evaluator.of(expression, site), ...logs);
  const sums = within(whole).flatMap((part) => {
    const sides = sidesOf(part);
    if (!sides) return [];
    const [left, right] = sides;
    const [first, second] = [logged(left), logged(right)];
    return first === second ? [] : [{ part, level: first ? right : left }];
  });
  const [smallest] = sums.toSorted((a, b) => a.part.to - a.part.from - (b.part.to - b.part.from));
  return smallest && { expression: smallest.level, scope };
}

function sidesOf(part: Expression): readonly [Expression, Expression] | undefined {
  if (part.kind === "binary") return /^[+-]$/.test(part.operator) ? [part.left, part.right] : undefined;
  if (
    part.kind !== "call" ||
    !/^(add|sub|plus|minus|subtract|addScalar|subScalar)_?$/.test(nameOf(part.callee))
  )
    return undefined;
  const [first, second] = part.args.map(({ value }) => value);
  if (first && second) return [first, second];
  return first && part.callee.kind === "member" ? [part.callee.of, first] : undefined;
}

function siteOf({ expression, scope }: NonNullable<AlphaLoss["level"]>) {
  return { scope, before: expression.from };
}

/** Whether what is read there is to be small: by its name, its function's, or what is done with it. */
function isLoss(statement: Statement, expression: Expression, name: string, scope: Scope): boolean {
  const loss = /loss|objective|obj(_|$)|error|cost|dual|penalty/i;
  if (loss.test(name) || loss.test(scope.name)) return true;
  if (statement.kind === "evaluate") return statement.value !== expression || statement.value.kind === "call";
  const names = name === "" ? [] : [name];
  return scope.statements.some(
    (one) =>
      one.kind === "evaluate" &&
      one.from > statement.from &&
      within(one.value).some((part) => names.includes(spelling(part))),
  );
}

function sameSigns(one: AlphaLoss, other: AlphaLoss): boolean {
  return (
    Math.sign(one.logProb) === Math.sign(other.logProb) && Math.sign(one.target) === Math.sign(other.target)
  );
}

/** A name, or a call of the program's own helper. */
function refers(expression: Expression, { program }: Evaluator): boolean {
  if (expression.kind === "name" || expression.kind === "member") return true;
  return expression.kind === "call" && program.named(nameOf(expression), "function").length > 0;
}

function readLoss(polynomial: Polynomial) {
  const attached: readonly string[] = [symbols.logAlpha, symbols.alpha];
  if (has(polynomial, symbols.q, symbols.qFixed)) return undefined;
  let logProb = 0;
  let target = 0;
  let inline = false;
  let unweighted = false;
  let subject: Subject = "log π";
  const unnamed: number[] = [];
  const parameters = new Set<string>();
  for (const { by, symbols: names } of polynomial) {
    const parameter = names.filter((name) => attached.includes(name));
    if (parameter.length !== 1) return undefined;
    parameters.add(parameter[0]!);
    const rest = names.filter(
      (name) => !attached.includes(name) && name !== symbols.probability && name !== symbols.weight,
    );
    const [only] = rest;
    // A product of what has no name that tells has none either.
    if (rest.length > 1 && rest.some((name) => name !== "?")) return undefined;
    if (only === symbols.logProb || only === symbols.logProbs) {
      logProb += by;
      unweighted ||= only === symbols.logProbs && !names.includes(symbols.probability);
    } else if (only === symbols.entropy) {
      logProb -= by;
      subject = "entropy";
    } else if (only === symbols.target) target += by;
    else if (only === symbols.size) {
      // −|A| stands for H̄ where no name does.
      target -= by;
      inline = true;
    } else if (only === undefined) {
      target -= by;
      inline = true;
    } else if (only === "?") unnamed.push(by);
    else return undefined;
  }
  // What log π is compared with is the target, whatever it is called.
  const nameless = unnamed.length > 0;
  if (unnamed.length > 1 || (nameless && target !== 0)) return undefined;
  if (nameless) target = unnamed[0]!;
  if (inline && has(polynomial, symbols.target)) return undefined;
  if (parameters.size !== 1 || logProb === 0 || target === 0) return undefined;
  const form = parameters.has(symbols.alpha) ? ("alpha" as const) : ("log-alpha" as const);
  const discrete = has(polynomial, symbols.logProbs, symbols.probability);
  return { form, logProb, target, unweighted, discrete, subject, inline, nameless };
}

function mentions(expression: Expression, name: string): boolean {
  switch (expression.kind) {
    case "name":
      return expression.name === name;
    case "member":
      return spelling(expression) === name || mentions(expression.of, name);
    case "item":
    case "minus":
      return mentions(expression.of, name);
    case "binary":
      return mentions(expression.left, name) || mentions(expression.right, name);
    case "call":
      return mentions(expression.callee, name) || expression.args.some(({ value }) => mentions(value, name));
    case "sequence":
    case "either":
      return expression.of.some((part) => mentions(part, name));
    default:
      return false;
  }
}
