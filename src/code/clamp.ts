// Whether a clamp of α holds: only one that changes the parameter, after the optimiser's step, does.

import type { AlphaLoss } from "./alpha-loss.ts";
import { type Bounding, boundings } from "./bounding.ts";
import { type Evaluator, scopesOf } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { nameOf, spelling } from "./lookup.ts";
import type { AlphaOptimizer } from "./optimizer.ts";
import type { SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Statement } from "./syntax.ts";

export function judgeClamps(
  evaluator: Evaluator,
  optimizers: readonly AlphaOptimizer[],
  losses: readonly AlphaLoss[],
  source: Source,
): SourceFinding[] {
  const names = parameterNames(evaluator, optimizers);
  const kept = optimizers.map(({ name }) => name.split(".").at(-1)!).filter((name) => name !== "");
  const stepped = kept.length > 0 ? `\\b(${kept.join("|")})\\b` : "$^";
  const isStep = new RegExp(`${stepped}\\.(step|minimize|apply_gradients)\\(|\\w\\(.*${stepped}[^.]`);
  const lossNames = losses.map(({ name }) => name.split(".").at(-1)!).filter((name) => name !== "");
  const isBackward = new RegExp(
    `\\b(${[...lossNames, "loss_alpha", "alpha\\w*loss"].join("|")})\\.backward\\(`,
  );
  const said = new RegExp(names.size > 0 ? `\\b(${[...names].join("|")})\\b` : "$^");
  const says = (text: string) => said.test(text);
  const all = boundings(evaluator, (name) => names.has(name));
  const textOf = ({ statement }: { statement: Statement }) => ({
    statement,
    text: source.text.slice(statement.from, statement.to),
  });
  return scopesOf(evaluator).flatMap((scope) => {
    const read = scope.statements.map((statement) => ({
      statement,
      text: source.text.slice(statement.from, statement.to),
    }));
    const backwards = read.filter(({ text }) => isBackward.test(text));
    const next = read.find(
      ({ text, statement }) =>
        /\.step\(/.test(text) &&
        statement.from > (backwards.at(-1)?.statement.to ?? Number.POSITIVE_INFINITY),
    );
    const steps = read.filter(
      ({ text, statement }) =>
        statement.kind === "evaluate" &&
        (/(alpha|temp|ent)\w*\.(step|minimize|apply_gradients)\(/i.test(text) ||
          (isStep.test(text) && !/zero_grad\(\)|load_state|append\(/.test(text))),
    );
    if (steps.length === 0 && next) steps.push(next);
    const own = all.filter((one) => one.scope === scope);
    const clamps = own.filter(({ how }) => how === "kept").map(textOf);
    const lost = own.filter(({ how }) => how === "lost").map(textOf);
    const findings: SourceFinding[] = lost.map(({ statement, text }) => ({
      id: "clamp-without-effect",
      severity: "error",
      confidence: 0.95,
      line: source.lineOf(statement.from),
      evidence: { clamp: text },
      message: "This clamp makes a new tensor that nobody keeps: the parameter stays as it was.",
      fix: "Clamp the parameter itself, in place and without gradient, after the optimiser's step: log_alpha.data.clamp_(…).",
      reference: "alpha-at-bound",
    }));
    findings.push(
      ...own
        .filter((one) => one.how === "renamed" && isOtherTensor(one, optimizers, source))
        .map(({ statement }) => clampRebinds(statement, targetOf(statement), source)),
    );
    const last = steps.at(-1);
    const early = clamps.at(-1);
    if (last && early && early.statement.to <= last.statement.from) {
      // At the start of a call a clamp equals one after the step before, if nobody reads α in between.
      const between = read.filter(({ statement }) => statement.to <= early.statement.from);
      const isRead = between.some(({ text }) => says(text) && /exp\(/.test(text));
      const backward = between.some(({ text }) => isBackward.test(text));
      if (isRead || backward) {
        findings.push({
          id: "clamp-before-step",
          severity: "error",
          confidence: 0.85,
          line: source.lineOf(early.statement.from),
          evidence: { clamp: early.text, step: source.lineOf(last.statement.from) },
          message: `The clamp stands before the step in line ${source.lineOf(last.statement.from)}, which leaves the bound again: α is used outside it.`,
          fix: "Put the clamp after the optimiser's step.",
          reference: "alpha-at-bound",
        });
      }
    }
    return findings;
  });
}

/** What the optimisers hold; where that is not shown, whatever is called log α. */
export function parameterNames(evaluator: Evaluator, optimizers: readonly AlphaOptimizer[]): Set<string> {
  const held = optimizers.map(({ holds }) => holds.split(".").at(-1)!).filter((name) => name !== "");
  if (held.length > 0) return new Set(held);
  const names = scopesOf(evaluator).flatMap(({ statements }) =>
    statements.flatMap((statement) => (statement.kind === "assign" ? [nameOf(statement.target)] : [])),
  );
  return new Set(names.filter((name) => roleOf(name) === symbols.logAlpha));
}

/** Whether an attribute that an optimiser steps is given another tensor, and no optimiser is made of that. */
function isOtherTensor(
  { statement, scope }: Bounding,
  optimizers: readonly AlphaOptimizer[],
  source: Source,
): boolean {
  if (!/\btorch\b/.test(source.text) || statement.kind !== "assign" || statement.target.kind !== "member")
    return false;
  // Python's own max gives one of the two, not a new tensor.
  const { value } = statement;
  if (value.kind === "call" && value.callee.kind === "name" && /^(max|min)$/.test(value.callee.name))
    return false;
  const after = source.text.slice(statement.to, scope.place.to);
  if (/param_groups|(Adam\w*|SGD|RMSprop)\(/.test(after)) return false;
  if (optimizers.some((one) => one.scope === scope && one.statement.from > statement.from)) return false;
  return optimizers.some(({ given }) => given) || /Parameter\(|requires_grad/.test(source.text);
}

const targetOf = (statement: Statement) => (statement.kind === "assign" ? spelling(statement.target) : "");

/** A clamp that gives the parameter's name another tensor. */
export function clampRebinds(statement: Statement, name: string, source: Source): SourceFinding {
  return {
    id: "alpha-frozen",
    severity: "error",
    confidence: 0.9,
    line: source.lineOf(statement.from),
    endLine: source.lineOf(statement.to),
    evidence: { rebinds: name },
    message: `${name} is given a new tensor here, and the optimiser goes on with the old one: α stands still from then on.`,
    fix: `Clamp in place: with torch.no_grad(): ${name}.clamp_(…).`,
    reference: "alpha-frozen",
  };
}
