// What a call makes an optimiser of: its kind by whatever name it goes, what it is given to step, and its learning rate.

import { madeBy } from "./callees.ts";
import { type Call, nameOf, outward, within } from "./lookup.ts";
import { placesOf } from "./settings.ts";
import type { Argument, Expression, Scope } from "./syntax.ts";

type Called = Call["call"];

export interface Made {
  /** `adam` for Adam, by whatever import, default or subclass. */
  readonly kind: string;
  /** What it is given to step; undefined where gradients are applied to variables. */
  readonly given?: Expression;
  readonly rate?: Expression;
}

const kinds = /(^|[a-z_\d])(adam|adamw|nadam|radam|sgd|rmsprop|adagrad|adabelief|lion|yogi)(optimizer)?$/i;
const classes =
  /opt\w*_?(class|cls|fn|factory|type|ctor)$|^(make|build|create|new)_?\w*opt|^\w*optimi[sz]er$|^\w*opt$/i;
const rates = /^(lr|learning_rate|learningRate|alpha_lr|step_size)$/;
const parameters = /^(params|parameters|var_list)$/;

export function optimizerMade(call: Called, scope: Scope): Made | undefined {
  const name = nameOf(call.callee);
  // `partial(Adam, lr=…)` makes none yet.
  if (call.callee.kind === "call") {
    const inner = call.callee.args[0]?.value;
    const kind = inner && kindIn(nameOf(inner));
    if (!kind || !/^(partial|inject_hyperparams)$/.test(name)) return undefined;
    return made(kind, [...call.args, ...call.callee.args.slice(1)], call.callee);
  }
  const kind = kindIn(name);
  if (kind) return made(kind, call.args, call);
  if (!classes.test(name)) return undefined;
  const value = call.callee.kind === "name" ? madeBy(call.callee, scope) : undefined;
  if (value?.kind === "call" && /^(partial|inject_hyperparams)$/.test(nameOf(value))) {
    const inner = value.args[0] && kindIn(nameOf(value.args[0].value));
    return inner ? made(inner, [...call.args, ...value.args.slice(1)], value) : undefined;
  }
  const chosen = chosenFor(call.callee, name, scope);
  if (chosen) return made(chosen, call.args, call);
  return undefined;
}

export function kindIn(name: string): string | undefined {
  return kinds.exec(name)?.[2]?.toLowerCase();
}

/** `optimizer_class=Adam`, and what a helper returns. */
function chosenFor(callee: Expression, name: string, scope: Scope): string | undefined {
  for (const place of outward(scope)) {
    const given = place.parameters.find((one) => one.name === name)?.default;
    const kind = given && kindIn(nameOf(given));
    if (kind) return kind;
    for (const { value } of placesOf(place, name)) {
      const assigned = kindIn(nameOf(value));
      if (assigned && value.kind !== "call") return assigned;
    }
    const helper = callee.kind === "name" && place.scopes.find((one) => one.name === name);
    const [returned] = helper ? helper.statements.filter(({ kind }) => kind === "return") : [];
    if (returned) {
      for (const part of within(returned.value)) {
        const inner = part.kind === "call" ? kindIn(nameOf(part.callee)) : undefined;
        if (inner) return inner;
      }
    }
  }
  return undefined;
}

function made(kind: string, args: readonly Argument[], call: Called): Made {
  const bare = args.filter(({ name }) => name === undefined).map(({ value }) => value);
  const named = args.find(({ name }) => parameters.test(name ?? ""))?.value;
  const first = bare[0];
  const rate = args.find(({ name }) => rates.test(name ?? ""))?.value;
  if (named) return { kind, given: named, ...some(rate ?? bare[0]) };
  // A number steps nothing.
  if (!first || isRate(first) || nameOf(call).startsWith("scale_by")) return { kind, ...some(rate ?? first) };
  return { kind, given: first, ...some(rate ?? bare.slice(1).find(isRate) ?? bare[1]) };
}

function isRate(expression: Expression): boolean {
  return (
    expression.kind === "number" ||
    (expression.kind === "binary" && expression.operator === "*") ||
    /(^|_)(lr|learning_?rate|step_?size|rate|schedule)s?(_|$)|[a-z]L[rR]$|LearningRate$/i.test(
      nameOf(expression),
    )
  );
}

function some(rate: Expression | undefined): { rate?: Expression } {
  return rate ? { rate } : {};
}
