// Reads the soft values around an α loss: critics' targets, values of states and actor losses, with the signs of Q and
// of log π in each.

import { functionIn } from "./callees.ts";
import { type Evaluator, ownerOf, scopesOf, spelling } from "./evaluate.ts";
import type { Event } from "./event.ts";
import { nameOf, within } from "./lookup.ts";
import { comparedIn, entriesOf, expressionsIn, gradientOf, lossIn } from "./losses.ts";
import type { Polynomial, Term } from "./polynomial.ts";
import { has } from "./polynomial.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

/** A name that says entropy may hold H, −H or log π: how it is used elsewhere tells. */
export type Subject = "log π" | "entropy";

export interface SoftValue {
  /** A target holds the reward, a value of the next state does not, and an actor's loss is to be small. */
  readonly kind: "backup" | "value" | "actor";
  readonly scope: Scope;
  readonly owner: Scope | undefined;
  readonly statement: Statement;
  readonly expression: Expression;
  readonly name: string;
  readonly polynomial: Polynomial;
  readonly events: readonly Event[];
  /** Signs of Q, or of V, and of α·log π; 0 where there is none. */
  readonly q: number;
  readonly logProb: number;
  readonly subject: Subject;
  /** Whether α stands before log π. */
  readonly tempered: boolean;
  /** Whether there is a term that nothing is known of, and which may hold the entropy. */
  readonly open: boolean;
}

const logs: readonly string[] = [symbols.logProb, symbols.logProbs, symbols.entropy];
const temperatures: readonly string[] = [
  symbols.alpha,
  symbols.alphaFixed,
  symbols.logAlpha,
  symbols.logAlphaFixed,
];
const values: readonly string[] = [symbols.q, symbols.qFixed, symbols.v];
const actorName =
  /(^|_)(actor|policy|pi|pg|generator)\w*loss|loss\w*_?(actor|policy|pi)(_|\b|$)|^(actor|policy|pi)_?(objective|obj)/i;
const valueName = /target|backup|next_?v|soft_?v|value|(^|_)(y|v)(_|$)/i;
const otherName =
  /error|delta|(^|_)td(_|$)|(v|vf|value|crit|critic|twin|td|q\w*|alpha\w*|temp\w*|ent\w*|lagrange\w*|prime)_?loss|conservative|cql/i;
/** More terms than any loss of this kind has. */
const mostTerms = 24;

export function softValues(evaluator: Evaluator): SoftValue[] {
  return scopesOf(evaluator).flatMap((scope) =>
    scope.statements.flatMap((statement) => {
      const name = statement.kind === "assign" ? spelling(statement.target) : "";
      const entries = entriesOf(statement);
      const own = expressionsIn(statement).filter((one) =>
        entries.every(({ expression }) => expression !== one),
      );
      return [...own, ...entries.map(({ expression }) => expression)].flatMap((expression) => {
        const read = evaluator.read(expression, { scope, before: statement.from });
        const compared = within(statement.value).some((part) => comparedIn(part).includes(expression));
        const entry = entries.find((one) => one.expression === expression);
        const said = compared
          ? "target"
          : (entry?.said ?? saidOf(statement, expression, name, scope, evaluator));
        const stepped =
          !compared &&
          (statement.kind === "evaluate" ||
            (expression !== statement.value && expression === lossIn(statement.value)) ||
            within(statement.value).some((part) => gradientOf(part) === expression) ||
            (statement.kind === "return" && isDifferentiated(scope, evaluator)));
        const value = softValue(read, said, /^(self|this)\./.test(name), stepped, rootOf(expression));
        return value
          ? [{ ...value, scope, owner: ownerOf(scope), statement, expression, name, ...read }]
          : [];
      });
    }),
  );
}

const differentiators = [
  "value_and_grad",
  "grad",
  "filter_value_and_grad",
  "filter_grad",
  "valueAndGrad",
  "variableGrads",
  "minimize",
  "apply_loss_fn",
];
const differentiated = new WeakMap<Evaluator, ReadonlySet<Scope>>();

/** Whether a function is handed to what takes its gradient. */
function isDifferentiated(scope: Scope, evaluator: Evaluator): boolean {
  let found = differentiated.get(evaluator);
  if (!found) {
    const { program } = evaluator;
    const handed = differentiators.flatMap((name) => program.callsOf(name));
    found = new Set(
      handed.flatMap(({ call, scope: from }) =>
        call.args.flatMap(({ value }) => {
          const named = functionIn(value, from, program);
          const written = from.scopes.find(
            ({ place }) => value.from <= place.from && place.to <= value.to && place.to > place.from,
          );
          return [named, written].filter((one) => one !== undefined);
        }),
      ),
    );
    differentiated.set(evaluator, found);
  }
  return found.has(scope);
}

/** The name that is stepped on in `loss.mean().backward()`. */
function rootOf(expression: Expression): string {
  if (expression.kind === "minus") return rootOf(expression.of);
  if (expression.kind === "call" && expression.callee.kind === "member" && expression.args.length === 0)
    return rootOf(expression.callee.of);
  return nameOf(expression);
}

/** What names a loss: what it is assigned to, what its function is called, or the optimiser that it is given to. */
function saidOf(
  statement: Statement,
  expression: Expression,
  name: string,
  scope: Scope,
  { program }: Evaluator,
): string {
  const words = name.replace(/^self\./, "").replaceAll(".", "_");
  if (words !== "" && !/^_*(total_?)?(loss|losses|objective|obj|l)$/i.test(words)) return words;
  if (statement.kind === "evaluate" && statement.value.kind === "call" && statement.value !== expression) {
    const key = statement.value.args.find(({ value }) => value.kind === "string")?.value;
    if (key?.kind === "string") return `${key.value}_loss`;
  }
  if (words === "" && statement.kind === "return") {
    const given = given_(expression);
    if (given !== "") return given;
  }
  if (words === "" && statement.kind !== "return") return "";
  // A function inside another one is often called no more than `loss_fn`.
  const stepped = program
    .callsOf("minimize")
    .find(({ call }) =>
      call.args.some(({ value }) => value.from <= scope.place.from && scope.place.to <= value.to),
    );
  const around = [scope.name, ...(scope.parent?.kind === "function" ? [scope.parent.name] : [])];
  const by = stepped?.call.callee.kind === "member" ? nameOf(stepped.call.callee.of) : "";
  const actor = [by.replace(/([a-z])([A-Z])/g, "$1_$2"), ...around].find(
    (one) => /(^|_)(actor|policy|pi)(_|$)/i.test(one) && !/critic|(^|_)q\d?(_|$)|value/i.test(one),
  );
  if (actor !== undefined) return "actor_loss";
  return words || scope.name;
}

/** The name in `loss.item()`. */
function given_(expression: Expression): string {
  if (expression.kind === "name" || expression.kind === "member") return nameOf(expression);
  if (expression.kind !== "call" || expression.callee.kind !== "member" || expression.args.length > 0)
    return "";
  // What is made of Q is named by its function.
  const name = given_(expression.callee.of);
  return roleOf(name) === symbols.q ? "" : name;
}

function softValue(
  read: { readonly polynomial: Polynomial; readonly events: readonly Event[] },
  said: string,
  kept: boolean,
  stepped: boolean,
  root: string,
) {
  const { polynomial } = read;
  if (polynomial.length > mostTerms || has(polynomial, symbols.target)) return undefined;
  const all = polynomial.filter((term) => holds(term, values));
  // A baseline of the state alone moves no action.
  const chosen = actorName.test(said) ? all.filter((term) => !holds(term, [symbols.v])) : all;
  const qs = chosen.length > 0 ? chosen : all;
  if (qs.length === 0) return undefined;
  const logged = polynomial.filter((term) => holds(term, logs) && !holds(term, values));
  // Beside α·log π there may be another density: a prior's, or one that rewards.
  const tempered = logged.filter((term) => holds(term, temperatures));
  const bonus = tempered.length > 0 ? tempered : logged;
  const reward = polynomial.filter((term) => holds(term, [symbols.reward]) && !holds(term, values));
  // A multiplier's own loss.
  if (qs.every((term) => holds(term, temperatures))) return undefined;
  const q = signOf(qs);
  const logProb = bonus.length === 0 ? 0 : signOf(bonus, tempered.length === 0);
  if (q === undefined || logProb === undefined) return undefined;
  const entropy = bonus.length > 0 && bonus.every((term) => holds(term, [symbols.entropy]));
  const subject: Subject = entropy ? "entropy" : "log π";
  const open = polynomial.some(
    (term) =>
      holds(term, ["?"]) && !holds(term, values) && !holds(term, logs) && !holds(term, [symbols.reward]),
  );
  const kind = kindOf(reward, qs, q, bonus.length > 0, read, said, stepped, root);
  // What an object keeps, or such a name says, is a network.
  if (kind === "value" && bonus.length === 0 && (kept || /critic|net|model|params/i.test(said)))
    return undefined;
  return kind
    ? { kind, q, logProb: entropy ? -logProb : logProb, subject, open, tempered: tempered.length > 0 }
    : undefined;
}

function kindOf(
  reward: Polynomial,
  qs: Polynomial,
  q: number,
  bonus: boolean,
  read: { readonly events: readonly Event[] },
  said: string,
  stepped: boolean,
  root: string,
): SoftValue["kind"] | undefined {
  const [sign] = reward.map(({ by }) => Math.sign(by));
  if (sign !== undefined) {
    // A prediction less its target.
    const error = qs.some(
      (term) => Math.sign(term.by) !== sign && !holds(term, [symbols.discount, symbols.done, "?"]),
    );
    return error ? undefined : "backup";
  }
  if (actorName.test(said)) return "actor";
  if (otherName.test(said)) return undefined;
  // What descends −Q seeks the actions of which it is large.
  if (stepped && !bonus && q < 0 && !otherName.test(root) && !valueName.test(said)) return "actor";
  if (/loss/i.test(said) && !bonus) return undefined;
  if (valueName.test(said)) return "value";
  if (!bonus) return undefined;
  if (stepped) return "actor";
  if (
    read.events.some(
      (event) =>
        event.kind === "q" && /targ/i.test(spelling(event.at.kind === "call" ? event.at.callee : event.at)),
    )
  ) {
    return "value";
  }
  return q < 0 || /loss/i.test(said) ? "actor" : "value";
}

/** The sign of what is plainest: in γ·(1 − d)·Q the term with d has the other one. */
function signOf(terms: Polynomial, strict = false): number | undefined {
  const known = strict ? terms : terms.filter((term) => !holds(term, ["?"]));
  const some = known.length > 0 ? known : terms;
  const plain = some.filter((term) => !holds(term, [symbols.done]));
  const signs = new Set((plain.length > 0 ? plain : some).map(({ by }) => Math.sign(by)));
  return signs.size === 1 ? [...signs][0] : undefined;
}

export function holds(term: Term, names: readonly string[]): boolean {
  return term.symbols.some((name) => names.includes(name));
}

/** What no other of them is made of, and what is only a wrapping left out. */
export function outermost(all: readonly SoftValue[]): SoftValue[] {
  return all.filter(
    (one) =>
      // What is reported of an actor's loss is no value.
      !(one.kind === "value" && all.some((other) => other.kind === "actor" && madeOf(one, other))) &&
      !all.some(
        (other) =>
          other.statement !== one.statement &&
          (other.kind === one.kind || one.kind === "value") &&
          madeOf(other, one) &&
          !isAlternative(one, other, all) &&
          // In a loop each may be made of the other.
          !(madeOf(one, other) && other.statement.from < one.statement.from),
      ),
  );
}

/** Whether it is one branch's loss or target, where what is made of it shows another branch's. */
function isAlternative(one: SoftValue, whole: SoftValue, all: readonly SoftValue[]): boolean {
  const arm = one.statement.arms.at(-1);
  if (one.kind === "value" || arm === undefined || whole.statement.arms.includes(arm)) return false;
  return all.some(
    (other) =>
      other.scope === one.scope &&
      other.kind === one.kind &&
      other.name === one.name &&
      other.statement.arms.length > 0 &&
      !other.statement.arms.includes(arm) &&
      !one.statement.arms.includes(other.statement.arms.at(-1)!) &&
      madeOf(whole, other) &&
      !madeOf(one, other) &&
      !madeOf(other, one),
  );
}

export function madeOf(whole: SoftValue, part: SoftValue): boolean {
  return whole.events.some((event) => event.kind === "statement" && event.statement === part.statement);
}

/** The innermost statement on the way to it of which the same can be said. */
export function whereIt(
  value: SoftValue,
  all: readonly SoftValue[],
  says: (one: SoftValue) => boolean,
): SoftValue {
  const found = all.filter((one) => one === value || (madeOf(value, one) && says(one)));
  return found.reduce((inner, one) => (count(one) < count(inner) ? one : inner), value);
}

function count({ events }: SoftValue): number {
  return events.filter(({ kind }) => kind === "statement").length;
}
