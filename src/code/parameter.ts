// What the optimiser of α holds, and whether it still holds it after a load.

import { assigned, type Evaluator, ownerOf, scopesOf, spelling } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { literal } from "./number.ts";
import type { SourceFact, SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope } from "./syntax.ts";

export interface AlphaOptimizer {
  /** The parameter's name as it stands there, such as `self.log_alpha`. */
  readonly holds: string;
  readonly optimizer: string;
  readonly scope: Scope;
  readonly learningRate?: SourceFact;
}

export function alphaOptimizers(evaluator: Evaluator, source: Source): AlphaOptimizer[] {
  return scopesOf(evaluator).flatMap((scope) =>
    scope.statements.flatMap(({ value }) => {
      if (value.kind !== "call" || !("name" in value.callee)) return [];
      const optimizer = value.callee.name;
      if (!/^(adam\w*|sgd|rmsprop)$/i.test(optimizer)) return [];
      const first = value.args[0]?.value;
      const held = first?.kind === "sequence" && first.of.length === 1 ? first.of[0]! : first;
      const holds = held ? spelling(held) : "";
      const role = roleOf(holds.split(".").at(-1)!);
      if (role !== symbols.alpha && role !== symbols.logAlpha) return [];
      const rate = value.args.find(({ name }) => name === "lr" || name === "learning_rate")?.value;
      return [{ holds, optimizer: optimizer.toLowerCase(), scope, ...rateOf(rate, scope, source) }];
    }),
  );
}

export function judgeParameter(
  evaluator: Evaluator,
  optimizers: readonly AlphaOptimizer[],
  source: Source,
): SourceFinding[] {
  return optimizers.flatMap((optimizer) => {
    const name = optimizer.holds.split(".").at(-1)!;
    const raw = roleOf(name) === symbols.alpha && !evaluator.exponentiated.has(name);
    const guarded =
      /softplus|clamp|clip/.test(source.text) &&
      new RegExp(`${name}[^\\n]*(softplus|clamp|clip)|(softplus|clamp|clip)[^\\n]*${name}`).test(source.text);
    const findings: SourceFinding[] = [];
    const made = assigned(optimizer.scope, optimizer.holds).findLast(({ statement }) =>
      /requires_grad|Parameter|Variable/.test(source.text.slice(statement.from, statement.to)),
    );
    // Where another branch keeps log α, the raw one is a setting that somebody must choose.
    const branch = ownerOf(optimizer.scope)?.scopes.some((method) =>
      assigned(method, optimizer.holds).some(({ statement }) =>
        /exp\(/.test(source.text.slice(statement.value.from, statement.value.to)),
      ),
    );
    if (raw && made && !guarded && !branch) {
      findings.push({
        id: "alpha-negative",
        severity: "error",
        confidence: 0.85,
        line: source.lineOf(made.statement.from),
        evidence: { optimised: optimizer.holds },
        message: `The optimiser holds α itself (${optimizer.holds}): nothing keeps it above 0.`,
        fix: "Optimise log α and use its exponential.",
        reference: "alpha-negative",
      });
    }
    if (optimizer.holds.startsWith("self.")) {
      findings.push(...rebound(optimizer, source), ...neverRefreshed(evaluator, optimizer, source));
    }
    findings.push(...withoutGradient(optimizer, source));
    return findings;
  });
}

/** After `self.log_alpha = checkpoint[…]` the optimiser steps a tensor that nobody reads. */
function rebound(optimizer: AlphaOptimizer, source: Source): SourceFinding[] {
  const owner = optimizer.scope.parent;
  return (owner?.scopes ?? [])
    .filter((method) => method !== optimizer.scope && /load|restore|resume/i.test(method.name))
    .flatMap((method) => {
      const last = assigned(method, optimizer.holds).at(-1);
      if (!last) return [];
      const body = method.statements.map(({ from, to }) => source.text.slice(from, to)).join("\n");
      const attribute = optimizer.holds.replaceAll(".", "\\.");
      const again = new RegExp(`(?:Adam\\w*|SGD|RMSprop)\\([^\\n]*${attribute}|param_groups`);
      if (again.test(body)) return [];
      return [
        {
          id: "alpha-frozen",
          severity: "error" as const,
          confidence: 0.9,
          line: source.lineOf(last.statement.from),
          evidence: { rebinds: optimizer.holds, optimizerMadeIn: optimizer.scope.name },
          message: `${method.name} gives ${optimizer.holds} another tensor; the optimiser goes on with the old one, and α stands still after loading.`,
          fix: `Copy the value: ${optimizer.holds}.data.copy_(…), or make the optimiser again after it.`,
          reference: "alpha-frozen",
        },
      ];
    });
}

/** `self.alpha = self.log_alpha.exp()` once, and every loss goes on with that number. */
function neverRefreshed(evaluator: Evaluator, optimizer: AlphaOptimizer, source: Source): SourceFinding[] {
  const owner = ownerOf(optimizer.scope);
  const stepped = owner?.scopes.some((method) =>
    method.statements.some(({ from, to }) =>
      /(alpha|temp|ent)\w*\.(step|minimize|apply_gradients)\(/i.test(source.text.slice(from, to)),
    ),
  );
  // Who steps it elsewhere may refresh it there.
  if (!owner || !stepped) return [];
  const name = optimizer.holds.replaceAll(".", "\\.");
  const once = optimizer.scope.statements.filter(
    (statement) =>
      statement.kind === "assign" &&
      /^self\.\w+$/.test(spelling(statement.target)) &&
      new RegExp(`^(${name}(\\.detach\\(\\))?\\.exp\\(\\)|(torch|tf|np|tf\\.math)\\.exp\\(${name}\\))`).test(
        source.text.slice(statement.value.from, statement.value.to),
      ),
  );
  return once.flatMap((statement) => {
    if (statement.kind !== "assign") return [];
    const held = spelling(statement.target);
    const attribute = held.slice("self.".length);
    const writes = [
      ...source.text.matchAll(new RegExp(`\\.${attribute}(\\.data|\\[[^\\]]*\\])?\\s*[-+*]?=(?!=)`, "g")),
    ];
    const copies = new RegExp(`\\.${attribute}(\\.data)?\\.(assign|copy_|fill_|set_)|setattr`);
    if (writes.length !== 1 || copies.test(source.text)) return [];
    const read = owner.scopes.some(
      (method) =>
        method !== optimizer.scope &&
        method.statements.some(({ value }) => {
          const text = source.text.slice(value.from, value.to);
          return new RegExp(
            `self\\.${attribute}(\\.detach\\(\\))?\\s*\\*|\\*\\s*self\\.${attribute}\\b(?!\\.)`,
          ).test(text);
        }),
    );
    if (!read || evaluator.exponentiated.has(attribute)) return [];
    const line = source.lineOf(statement.from);
    return [
      {
        id: "alpha-frozen",
        severity: "error" as const,
        confidence: 0.9,
        line,
        evidence: { computedOnce: held, optimised: optimizer.holds },
        message: `${held} is computed here once and never again: the losses go on with the first α while ${optimizer.holds} is stepped.`,
        fix: `After the optimiser's step, write ${held} = ${optimizer.holds}.exp().detach().`,
        reference: "alpha-frozen",
      },
    ];
  });
}

/** A torch tensor made without a gradient, which its optimiser never moves. */
function withoutGradient(optimizer: AlphaOptimizer, source: Source): SourceFinding[] {
  const made = assigned(optimizer.scope, optimizer.holds);
  const [only] = made;
  if (made.length !== 1 || only!.part !== undefined) return [];
  const text = source.text.slice(only!.statement.value.from, only!.statement.value.to);
  if (!/^torch\.(zeros|ones|tensor|full|FloatTensor|log)\(/.test(text) || /requires_grad/.test(text))
    return [];
  const attribute = optimizer.holds.replaceAll(".", "\\.");
  if (new RegExp(`${attribute}\\.requires_grad`).test(source.text)) return [];
  return [
    {
      id: "alpha-frozen",
      severity: "error",
      confidence: 0.9,
      line: source.lineOf(only!.statement.from),
      evidence: { optimised: optimizer.holds, requiresGrad: false },
      message: `${optimizer.holds} is made without requires_grad: no gradient reaches it, and its optimiser does not move it.`,
      fix: "Make it with requires_grad=True.",
      reference: "alpha-frozen",
    },
  ];
}

function rateOf(rate: Expression | undefined, scope: Scope, source: Source): { learningRate?: SourceFact } {
  if (!rate) return {};
  const name = spelling(rate);
  const given =
    assigned(scope, name).at(-1)?.statement.value ??
    scope.parameters.find((parameter) => parameter.name === name)?.default;
  const value = literal(rate) ?? (given && literal(given));
  const expression = source.text.slice(rate.from, rate.to);
  const fact = { expression, line: source.lineOf(rate.from) };
  return { learningRate: value === undefined ? fact : { ...fact, value } };
}
