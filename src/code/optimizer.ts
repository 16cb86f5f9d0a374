// The optimisers of α: what each holds, and its learning rate.

import type { Evaluator } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { callsIn, nameOf, outward, spelling, within } from "./lookup.ts";
import { numberIn } from "./number.ts";
import type { SourceFact } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Argument, Expression, Scope, Statement } from "./syntax.ts";

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

type Call = Expression & { readonly kind: "call" };

const kinds = /(^|[a-z_])(adam|adamw|nadam|radam|sgd|rmsprop|adagrad)(optimizer)?$/i;
const classes = /optim\w*_?(class|cls|fn|factory|type)$|^optimizer$/i;
const temperature = /alpha|temp|ent(ropy)?_?(coef|opt|optim)|entropy/i;

export function alphaOptimizers(evaluator: Evaluator, source: Source): AlphaOptimizer[] {
  return evaluator.program.scopes.flatMap((scope) =>
    callsIn(scope).flatMap(({ call, statement }): AlphaOptimizer[] => {
      const kind = kindOf(call, scope);
      if (kind === undefined) return [];
      const name = statement.kind === "assign" ? nameAt(statement, call) : "";
      const first = call.args.find(
        (one) => one.name === undefined || /^(params|parameters)$/.test(one.name),
      )?.value;
      const inside = first ? within(first) : [];
      const named = inside.find((part) => isAlpha(nameOf(part), evaluator) && spelling(part) !== "");
      const common = { name, optimizer: kind, scope, statement };
      if (named && first) {
        const several = first.kind === "sequence" ? first.of.length > 1 : first.kind === "binary";
        const rate = rateIn(call.args, 1);
        return [
          {
            ...common,
            holds: spelling(named),
            given: first,
            shared: several,
            ...factOf(rate, scope, source),
          },
        ];
      }
      // Where gradients are applied to variables, only names tell whose optimiser it is.
      const tensor = inside.some((part) => /parameters|variables|params$/.test(nameOf(part)));
      const outer = source.text.slice(statement.from, Math.min(statement.to, call.from));
      const ours =
        temperature.test(name) || (/\btx\s*=\s*$/.test(outer) && temperature.test(`${name} ${outer}`));
      if (tensor || !ours) return [];
      return [
        {
          ...common,
          holds: logAlphaIn(evaluator),
          shared: false,
          ...factOf(rateIn(call.args, 0), scope, source),
        },
      ];
    }),
  );
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

function isAlpha(name: string, evaluator: Evaluator): boolean {
  const role = roleOf(name);
  return role === symbols.alpha || role === symbols.logAlpha || evaluator.optimized.has(name);
}

/** `adam` for Adam, by whatever import, default or subclass. */
function kindOf(call: Call, scope: Scope): string | undefined {
  const name = nameOf(call.callee);
  const found = kinds.exec(name)?.[2];
  if (found) return found.toLowerCase();
  if (!classes.test(name)) return undefined;
  for (const place of outward(scope)) {
    const given = place.parameters.find((one) => one.name === name)?.default;
    const kind = given && kinds.exec(nameOf(given))?.[2];
    if (kind) return kind.toLowerCase();
  }
  return undefined;
}

/** What a call is assigned to; of several at once, the one at its place. */
function nameAt(statement: Statement & { kind: "assign" }, call: Call): string {
  const { target, value } = statement;
  if (target.kind !== "sequence" || value.kind !== "sequence") return spelling(target);
  const place = value.of.findIndex(({ from, to }) => from <= call.from && call.to <= to);
  const own = target.of[place];
  return own ? spelling(own) : "";
}

function rateIn(args: readonly Argument[], place: number): Expression | undefined {
  const named = args.find(({ name }) => /^(lr|learning_rate|learningRate)$/.test(name ?? ""))?.value;
  const positional = args.filter(({ name }) => name === undefined)[place]?.value;
  return named ?? positional;
}

function factOf(rate: Expression | undefined, scope: Scope, source: Source): { learningRate?: SourceFact } {
  if (!rate) return {};
  const value = numberIn(rate, scope);
  const fact = { expression: source.text.slice(rate.from, rate.to), line: source.lineOf(rate.from) };
  return { learningRate: value === undefined ? fact : { ...fact, value } };
}
