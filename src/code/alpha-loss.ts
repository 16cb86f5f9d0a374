// Finds the α loss, takes its derivative by the optimised parameter, and says which way α goes.

import { type Evaluator, ownerOf, scopesOf, spelling } from "./evaluate.ts";
import type { Event } from "./event.ts";
import { nameOf } from "./lookup.ts";
import { lossesIn } from "./losses.ts";
import type { Polynomial } from "./polynomial.ts";
import { has } from "./polynomial.ts";
import { symbols } from "./roles.ts";
import type { Subject } from "./soft.ts";
import type { Expression, Scope } from "./syntax.ts";

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
  /** Whether the target is −|A| without a name. */
  readonly inline: boolean;
  /** Where log π and the target are put together. */
  readonly together: Expression;
}

/** More of them in one function is no program. */
const mostLosses = 20;

/** Every α loss, and no expression that only goes into another one. */
export function alphaLosses(evaluator: Evaluator): AlphaLoss[] {
  const all = scopesOf(evaluator).flatMap((scope) => {
    const found: AlphaLoss[] = [];
    for (const statement of scope.statements) {
      if (found.length >= mostLosses) break;
      if (statement.withoutGradient) continue;
      for (const expression of lossesIn(statement)) {
        if (found.some(({ name }) => name !== "" && name === spelling(expression))) continue;
        const read = evaluator.read(expression, { scope, before: statement.from });
        const loss = readLoss(read.polynomial);
        if (!loss) continue;
        const { events } = read;
        const name = statement.kind === "assign" ? spelling(statement.target) : "";
        found.push({
          ...loss,
          scope,
          expression,
          name,
          events,
          together: togetherIn(evaluator, expression, events),
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
  // A loss that a helper returned is told where the helper computes it.
  return all.filter(
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

function togetherIn(evaluator: Evaluator, whole: Expression, events: readonly Event[]): Expression {
  let found = whole;
  let fewest = Number.POSITIVE_INFINITY;
  for (const event of events) {
    if (event.kind !== "statement" || event.statement.value.kind === "name") continue;
    const { statement, scope } = event;
    const inner = evaluator.read(statement.value, { scope, before: statement.from });
    const count = inner.events.length;
    const both =
      has(inner.polynomial, symbols.target, symbols.size) &&
      has(inner.polynomial, symbols.logProb, symbols.logProbs, symbols.entropy);
    if (!both || count >= fewest) continue;
    fewest = count;
    found = statement.value;
  }
  return found;
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
  if (has(polynomial, symbols.q, symbols.qFixed, "?")) return undefined;
  let logProb = 0;
  let target = 0;
  let inline = false;
  let unweighted = false;
  let subject: Subject = "log π";
  const parameters = new Set<string>();
  for (const { by, symbols: names } of polynomial) {
    const parameter = names.filter((name) => attached.includes(name));
    if (parameter.length !== 1) return undefined;
    parameters.add(parameter[0]!);
    const rest = names.filter(
      (name) => !attached.includes(name) && name !== symbols.probability && name !== symbols.weight,
    );
    if (rest.length > 1) return undefined;
    const [only] = rest;
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
    } else return undefined;
  }
  if (inline && has(polynomial, symbols.target)) return undefined;
  if (parameters.size !== 1 || logProb === 0 || target === 0) return undefined;
  const form = parameters.has(symbols.alpha) ? ("alpha" as const) : ("log-alpha" as const);
  const discrete = has(polynomial, symbols.logProbs, symbols.probability);
  return { form, logProb, target, unweighted, discrete, subject, inline };
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
