// The optimisers of α: what each holds, and its learning rate.

import type { Evaluator } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { type Call, callsIn, nameOf, spelling, within } from "./lookup.ts";
import { numberIn } from "./number.ts";
import { type Made, optimizerMade } from "./optimizer-call.ts";
import type { SourceFact } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";
import { isAlpha } from "./value.ts";

export interface AlphaOptimizer {
  /** The parameter's name as it stands there, such as `self.log_alpha`; empty where none is shown. */
  readonly holds: string;
  /** Where the optimiser is kept. */
  readonly name: string;
  readonly optimizer: string;
  readonly scope: Scope;
  readonly statement: Statement;
  /** The parameter as the optimiser is given it. */
  readonly given?: Expression;
  /** Whether it holds more than α. */
  readonly shared: boolean;
  readonly learningRate?: SourceFact;
}

const temperature = /alpha|temp(?!l)|ent(ropy)?_?(coef|opt|optim)|entropy/i;

export function alphaOptimizers(evaluator: Evaluator, source: Source): AlphaOptimizer[] {
  return evaluator.program.scopes.flatMap((scope) =>
    callsIn(scope).flatMap((one): AlphaOptimizer[] => {
      const made = optimizerMade(one.call, scope);
      const whose = made && ownerIn(one, made, evaluator);
      if (!whose) return [];
      const rate = whose.rate ?? made.rate;
      return [
        {
          optimizer: made.kind,
          scope,
          statement: one.statement,
          name: whose.name,
          holds: whose.holds,
          shared: whose.shared,
          ...(whose.given ? { given: whose.given } : {}),
          ...factOf(rate, scope, source),
        },
      ];
    }),
  );
}

interface Owner {
  readonly name: string;
  readonly holds: string;
  readonly shared: boolean;
  readonly given?: Expression;
  readonly rate?: Expression;
}

/** Undefined where it is another one's. */
function ownerIn({ call, scope, statement }: Call, { given }: Made, evaluator: Evaluator): Owner | undefined {
  const name = statement.kind === "assign" ? nameAt(statement, call) : "";
  const around = aroundOf(statement.value, call);
  const inside = given ? within(given) : [];
  const held = inside.find((part) => isParameter(nameOf(part), evaluator) && spelling(part) !== "");
  if (held && given) {
    // A group of parameters has a rate of its own.
    const group = inside.find((part) => part.kind === "record" && within(part).includes(held));
    const rate = group?.kind === "record" ? group.entries.find((one) => one.name === "lr")?.value : undefined;
    const several =
      given.kind === "binary" ||
      (given.kind === "sequence" && given.of.length > 1 && (!group || given.of.length > 1));
    return { name, holds: spelling(held), given, shared: several, ...(rate ? { rate } : {}) };
  }
  const module = inside.find(
    (part) =>
      part.kind === "call" &&
      part.callee.kind === "member" &&
      /^(parameters|trainable_variables)$/.test(nameOf(part)),
  );
  if (module?.kind === "call" && module.callee.kind === "member" && inside.length < 8) {
    const holder = module.callee.of;
    const site = { scope, before: statement.from };
    const value: Expression = { kind: "call", callee: holder, args: [], from: holder.from, to: holder.to };
    const role = roleOf(nameOf(holder));
    const ours = role === symbols.alpha || role === symbols.logAlpha || isAlpha(evaluator.of(value, site));
    return ours ? { name, holds: "", shared: false } : undefined;
  }
  // Where gradients are applied to variables, names tell whose optimiser it is, or what stands beside it.
  const tensor = inside.some((part) => /parameters|variables|params$/.test(nameOf(part)));
  if (tensor) return undefined;
  const beside = around.beside.flatMap(within);
  const other = beside.some((part) =>
    /(actor|policy|critic|q\w*)_?(params|def|net\w*|state)/i.test(nameOf(part)),
  );
  const shown = beside.some((part) => isParameter(nameOf(part), evaluator)) || isInitialised(name, evaluator);
  const labels = [name, around.label];
  if (other || !(shown || labels.some((one) => temperature.test(one)))) return undefined;
  return { name, holds: logAlphaIn(evaluator), shared: false };
}

/** `dual.init(log_alpha)`. */
function isInitialised(name: string, evaluator: Evaluator): boolean {
  const own = name.split(".").at(-1)!;
  return evaluator.program
    .callsOf("init")
    .some(
      ({ call: { callee, args } }) =>
        own !== "" &&
        callee.kind === "member" &&
        nameOf(callee.of) === own &&
        args.some(({ value }) => spelling(value) !== "" && isParameter(nameOf(value), evaluator)),
    );
}

/** What a call stands in: the entry or argument that it is given as, and what else is given there. */
function aroundOf(whole: Expression, call: Expression): { label: string; beside: readonly Expression[] } {
  const around = within(whole).filter(
    (part) => part !== call && part.from <= call.from && call.to <= part.to,
  );
  const labels: string[] = [];
  let beside: Expression[] = [];
  for (const part of around) {
    const args = part.kind === "call" ? part.args : part.kind === "record" ? part.entries : [];
    const own = args.find(({ value }) => value.from <= call.from && call.to <= value.to);
    if (own?.name) labels.push(own.name);
    if (own?.name === "tx" || /^(create|TrainState)$/.test(part.kind === "call" ? nameOf(part) : "")) {
      beside = args.filter((one) => one !== own).map(({ value }) => value);
    }
  }
  return { label: labels.find((one) => temperature.test(one)) ?? "", beside };
}

/** The variable that gradients are applied to, by its name. */
function logAlphaIn({ program }: Evaluator): string {
  for (const { statements } of program.scopes) {
    for (const statement of statements) {
      if (statement.kind === "assign" && roleOf(nameOf(statement.target)) === symbols.logAlpha) {
        return spelling(statement.target);
      }
    }
  }
  return "";
}

function isParameter(name: string, evaluator: Evaluator): boolean {
  const role = roleOf(name);
  return role === symbols.alpha || role === symbols.logAlpha || evaluator.optimized.has(name);
}

/** What a call is assigned to; of several at once, the one at its place. */
function nameAt({ target, value }: Statement & { kind: "assign" }, call: Expression): string {
  if (target.kind !== "sequence") return spelling(target);
  if (value.kind === "sequence") {
    const place = value.of.findIndex(({ from, to }) => from <= call.from && call.to <= to);
    const own = target.of[place];
    return own ? spelling(own) : "";
  }
  // Each of several is made alike.
  return target.of.map(spelling).find((one) => temperature.test(one)) ?? "";
}

function factOf(rate: Expression | undefined, scope: Scope, source: Source): { learningRate?: SourceFact } {
  if (!rate) return {};
  const value = numberIn(rate, scope);
  const fact = { expression: source.text.slice(rate.from, rate.to), line: source.lineOf(rate.from) };
  return { learningRate: value === undefined ? fact : { ...fact, value } };
}
