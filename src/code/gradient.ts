// Whether α's own gradient, and no other one, reaches its step: who holds it, who zeroes it, and what is applied to what.

import type { AlphaLoss } from "./alpha-loss.ts";
import { lineOf } from "./critic.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { assigned, nameOf, spelling, within } from "./lookup.ts";
import type { AlphaOptimizer } from "./optimizer.ts";
import { has } from "./polynomial.ts";
import type { SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import type { SoftValue } from "./soft.ts";
import type { Expression, Statement } from "./syntax.ts";

type Call = Expression & { readonly kind: "call" };

export function judgeGradients(
  evaluator: Evaluator,
  losses: readonly AlphaLoss[],
  optimizers: readonly AlphaOptimizer[],
  values: readonly SoftValue[],
  source: Source,
): SourceFinding[] {
  const actors = values.filter((value) => value.kind === "actor" && has(value.polynomial, symbols.alpha));
  return [
    ...optimizers
      .filter(({ shared }) => shared && actors.length > 0)
      .map((optimizer) => together(optimizer, source)),
    ...losses.flatMap((loss) => [
      ...mixed(loss, actors, optimizers, source),
      ...attached(loss, values, source),
      ...fused(loss, values, source),
    ]),
    ...elsewhere(evaluator, losses, source),
  ];
}

function together({ given, holds, statement }: AlphaOptimizer, source: Source): SourceFinding {
  return {
    id: "one-optimizer",
    severity: "error",
    confidence: 0.85,
    ...lineOf(given ?? statement.value, source),
    evidence: {
      optimised: source.text.slice((given ?? statement.value).from, (given ?? statement.value).to),
    },
    message: `This optimiser steps ${holds} with the networks, and the actor's loss has α attached: its derivative α·log π moves α too.`,
    fix: `Give ${holds} an optimiser of its own, and detach α in the actor's loss.`,
    reference: "one-optimizer",
  };
}

/** The statements of a loss's function, and where it goes backward and is stepped. */
function orderOf(loss: AlphaLoss, source: Source) {
  const all = loss.scope.statements;
  const text = ({ from, to }: Statement) => source.text.slice(from, to);
  const backwardOf = (name: string) =>
    name === "" ? undefined : all.findLast((one) => calls(text(one), `${name}.backward`));
  return { all, text, backwardOf };
}

/** `loss.backward(`, and not `alpha_loss.backward(`. */
function calls(text: string, called: string): boolean {
  const at = text.indexOf(`${called}(`);
  return at >= 0 && !/[\w.]/.test(text[at - 1] ?? "");
}

/** What a loss is assigned to, or the name that goes backward. */
function nameFor({ name, expression }: SoftValue): string {
  return name === "" ? spelling(expression) : name;
}

/** What goes backward by a name, where it is written out. */
function writtenIn({ expression, scope }: SoftValue): Expression {
  const given = assigned(scope, spelling(expression)).findLast(
    ({ statement }) => statement.to <= expression.from,
  );
  return given && given.part === undefined ? given.statement.value : expression;
}

/** One sum that goes backward: each part's gradient reaches all that the sum is made of. */
function fused(loss: AlphaLoss, values: readonly SoftValue[], source: Source): SourceFinding[] {
  const { name, scope } = loss;
  const actor = values.find((value) => value.kind === "actor" && value.scope === scope && value.name !== "");
  if (!actor || name === "" || actor.name === name) return [];
  const summed = scope.statements.some(({ value }) =>
    within(value).some((part) => {
      if (part.kind !== "binary" || part.operator !== "+") return false;
      const names = within(part).map(spelling);
      return names.includes(name) && names.includes(actor.name);
    }),
  );
  // Each of its own as well: then the sum is only reported.
  const alone = new RegExp(
    `\\b(${name}|${actor.name})\\.(mean\\(\\)\\.)?backward\\(|(gradients?|grad|minimize|step)\\(\\s*(${name}|${actor.name})\\b`,
  );
  if (!summed || alone.test(source.text) || !/backward\(|grad\w*\(/.test(source.text)) return [];
  const text = ({ from, to }: Expression) => source.text.slice(from, to);
  const findings: SourceFinding[] = [];
  if (has(actor.polynomial, symbols.alpha, symbols.logAlpha)) {
    findings.push({
      id: "alpha-in-actor-loss",
      severity: "error",
      confidence: 0.85,
      ...lineOf(actor.expression, source),
      evidence: { loss: text(actor.expression) },
      message: `α is attached here, and this loss goes backward in one sum with ${name}: α's step has α·log π in it.`,
      fix: "Detach α in the actor's part.",
      reference: "alpha-in-actor-loss",
    });
  }
  if (!isCut(loss, source)) {
    findings.push({
      id: "log-prob-attached",
      severity: "error",
      confidence: 0.8,
      ...lineOf(loss.expression, source),
      evidence: { loss: text(loss.expression) },
      message: `log π is not detached here, and this loss goes backward in one sum with ${actor.name}: the policy's entropy term is cancelled.`,
      fix: "Detach log π + H̄ in α's part.",
      reference: "log-prob-attached",
    });
  }
  return findings;
}

/** Whether log π has no gradient in an α loss. */
function isCut({ events, expression }: AlphaLoss, source: Source): boolean {
  return (
    events.some(
      (event) =>
        (event.kind === "detach" && has(event.of, symbols.logProb, symbols.logProbs)) ||
        (event.kind === "statement" && event.statement.withoutGradient),
    ) ||
    /detach|no_grad|stop_gradient|stopGradient|\.data\b|\.item\(/.test(
      source.text.slice(expression.from, expression.to),
    )
  );
}

function mixed(
  loss: AlphaLoss,
  actors: readonly SoftValue[],
  optimizers: readonly AlphaOptimizer[],
  source: Source,
): SourceFinding[] {
  const { all, text, backwardOf } = orderOf(loss, source);
  const own = backwardOf(loss.name);
  // Told already, where one optimiser holds both.
  if (optimizers.some(({ shared }) => shared)) return [];
  const [optimizer] = optimizers.filter(({ name }) => name !== "");
  if (!own || !optimizer) return [];
  const short = optimizer.name.split(".").at(-1)!;
  const zeroes = all.filter((one) => text(one).includes(`${short}.zero_grad(`));
  const step = all.findLast((one) => text(one).includes(`${short}.step(`));
  return actors.flatMap((actor): SourceFinding[] => {
    // Of several losses by one name, its own.
    const backward =
      actor.scope === loss.scope
        ? (all.find(
            (one) => one.from >= actor.statement.from && calls(text(one), `${nameFor(actor)}.backward`),
          ) ?? backwardOf(nameFor(actor)))
        : undefined;
    if (!backward || !step || backward.from > step.from || /inputs\s*=/.test(text(backward))) return [];
    if (zeroes.some(({ from }) => from > backward.from && from < step.from)) return [];
    return [
      {
        id: "alpha-in-actor-loss",
        severity: "error",
        confidence: 0.85,
        ...lineOf(writtenIn(actor), source),
        evidence: { loss: text(actor.statement) },
        message: `α is attached here, and nothing zeroes its gradient between this loss's backward and ${short}.step(): the step has α·log π in it.`,
        fix: "Detach α in the actor's loss, or zero α's gradient before its own backward.",
        reference: "alpha-in-actor-loss",
      },
    ];
  });
}

/** An α loss without detach whose gradient is still there when the policy steps. */
function attached(loss: AlphaLoss, values: readonly SoftValue[], source: Source): SourceFinding[] {
  const { all, text, backwardOf } = orderOf(loss, source);
  const own = backwardOf(loss.name);
  if (!own || /inputs\s*=/.test(text(own))) return [];
  if (isCut(loss, source)) return [];
  const actor = values.find(
    (value) => value.kind === "actor" && value.scope === loss.scope && nameFor(value) !== "",
  );
  const backward = actor && backwardOf(nameFor(actor));
  if (!backward || backward.from > own.from) return [];
  const steps = all.filter((one) => /(pi|actor|policy)\w*\.step\(/i.test(text(one)));
  const zeroed = all.filter((one) => /(pi|actor|policy)\w*\.zero_grad\(/i.test(text(one)));
  const late = steps.some(
    (step) => step.from > own.from && !zeroed.some(({ from }) => from > own.from && from < step.from),
  );
  const early = steps.some(({ from }) => from > backward.from && from < own.from);
  if (!late || early) return [];
  return [
    {
      id: "log-prob-attached",
      severity: "error",
      confidence: 0.8,
      ...lineOf(loss.expression, source),
      evidence: { loss: source.text.slice(loss.expression.from, loss.expression.to) },
      message:
        "log π is not detached in the α loss, and the policy steps after its backward: the policy's entropy term is cancelled.",
      fix: "Detach log π + H̄ in the α loss.",
      reference: "log-prob-attached",
    },
  ];
}

/** What a scope of variables is called, where they are asked for by its name. */
function namesAlpha(part: Expression): boolean {
  const role = part.kind === "string" ? roleOf(part.value) : undefined;
  return role === symbols.alpha || role === symbols.logAlpha;
}

/** A gradient by another variable than log α, or applied to a copy of it. */
function elsewhere(evaluator: Evaluator, losses: readonly AlphaLoss[], source: Source): SourceFinding[] {
  const text = ({ from, to }: Expression) => source.text.slice(from, to);
  const isAlpha = (part: Expression) =>
    [symbols.alpha, symbols.logAlpha].some((one) => one === roleOf(nameOf(part)));
  const names = losses.map(({ name }) => name).filter((name) => name !== "");
  const found: { at: Expression; message: string }[] = [];
  const { program } = evaluator;
  for (const { call } of program.callsOf("minimize")) {
    const variables = variablesOf(call);
    const ours = call.args.some((one) => names.includes(spelling(one.value)));
    if (!ours || !variables || within(variables).some((part) => isAlpha(part) || namesAlpha(part))) continue;
    found.push({
      at: call,
      message: `The α loss is minimised over ${text(variables)}, and not over log α.`,
    });
  }
  for (const { call } of [...program.callsOf("apply_gradients"), ...program.callsOf("backward")]) {
    const target = nameOf(call.callee) === "backward" ? variablesOf(call) : call;
    const copy = target && within(target).find((inner) => isCopy(inner) && within(inner).some(isAlpha));
    if (!copy) continue;
    found.push({
      at: call,
      message: `The gradient goes to ${text(copy)}, which is another tensor than the parameter.`,
    });
  }
  const frozen = /\w*log_?(?:alpha|temp|ent_?coef)\w*\s*=\s*tf\.Variable\([^\n]*trainable\s*=\s*False/i;
  const still =
    source.text.includes("GradientTape") && !source.text.includes(".watch(") && frozen.exec(source.text);
  if (still) {
    const at: Expression = { kind: "opaque", from: still.index, to: still.index + still[0].length };
    found.push({
      at,
      message: "This variable is not trainable and no tape watches it: its gradient is None.",
    });
  }
  return found.map(({ at, message }) => ({
    id: "alpha-frozen",
    severity: "error",
    confidence: 0.85,
    ...lineOf(at, source),
    evidence: { code: text(at) },
    message: `${message} α stands still.`,
    fix: "Take the gradient by log α itself, and apply it to log α.",
    reference: "alpha-frozen",
  }));
}

function variablesOf({ args }: Call): Expression | undefined {
  return args.find(({ name }) => name === "var_list" || name === "inputs")?.value;
}

function isCopy(part: Expression): part is Call {
  return (
    part.kind === "call" &&
    /^(Variable|clone|detach|identity|constant|convert_to_tensor)$/.test(nameOf(part.callee))
  );
}
