// What the optimiser of α holds, and whether it still holds it after a load.

import type { AlphaLoss } from "./alpha-loss.ts";
import { clampRebinds } from "./clamp.ts";
import { lineOf } from "./critic.ts";
import { assigned, type Evaluator, ownerOf, spelling } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { type Assignment, loopOf, nameOf, within } from "./lookup.ts";
import type { AlphaOptimizer } from "./optimizer.ts";
import type { SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Scope } from "./syntax.ts";

type Given = Assignment["statement"];

export function judgeParameter(
  evaluator: Evaluator,
  optimizers: readonly AlphaOptimizer[],
  losses: readonly AlphaLoss[],
  source: Source,
): SourceFinding[] {
  return optimizers.flatMap((optimizer) => {
    if (optimizer.holds === "") return [];
    const name = optimizer.holds.split(".").at(-1)!;
    const raw =
      roleOf(name) !== symbols.logAlpha &&
      !evaluator.exponentiated.has(name) &&
      (!evaluator.optimized.has(name) ||
        new RegExp(`(alpha|temp|ent)\\w*loss[^\\n]*\\b${name}\\b`, "i").test(source.text) ||
        losses.some(
          ({ form, expression }) =>
            form === "alpha" && within(expression).some((part) => nameOf(part) === name),
        ));
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
      findings.push(...rebound(optimizer, source));
    }
    findings.push(
      ...withoutGradient(optimizer, source),
      ...holdsCopy(optimizer, source),
      ...replaced(evaluator, optimizer, source),
    );
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
      const again = new RegExp(`(?:Adam\\w*|SGD|RMSprop)\\([^\\n]*${attribute}|param_group`);
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

/** A torch tensor made without a gradient, which its optimiser never moves. */
function withoutGradient(optimizer: AlphaOptimizer, source: Source): SourceFinding[] {
  // What the optimiser is given: another branch may make another one.
  const only = madeIn(optimizer).findLast(
    ({ statement }) =>
      statement.to <= optimizer.statement.from &&
      statement.arms.every(
        ({ from, to }) => from <= optimizer.statement.from && optimizer.statement.to <= to,
      ),
  );
  if (!only || only.part !== undefined) return [];
  const text = source.text.slice(only.statement.value.from, only.statement.value.to);
  if (
    !/^(torch|th|T|ptu)\.(zeros|ones|tensor|as_tensor|Tensor|full|empty|FloatTensor|log)\(/.test(text) ||
    /requires_grad|Parameter/.test(text)
  )
    return [];
  const attribute = optimizer.holds.replaceAll(".", "\\.");
  if (new RegExp(`${attribute}\\.requires_grad`).test(source.text)) return [];
  return [
    {
      id: "alpha-frozen",
      severity: "error",
      confidence: 0.9,
      line: source.lineOf(only.statement.from),
      evidence: { optimised: optimizer.holds, requiresGrad: false },
      message: `${optimizer.holds} is made without requires_grad: no gradient reaches it, and its optimiser does not move it.`,
      fix: "Make it with requires_grad=True.",
      reference: "alpha-frozen",
    },
  ];
}

/** Where the parameter is given its value; of one of a list, the list's. */
function madeIn({ scope, holds, given, statement }: AlphaOptimizer): readonly Assignment[] {
  const made = assigned(scope, holds);
  const around = made.length === 0 && given ? loopOf(scope, holds, given.from) : undefined;
  if (!around || around.part !== undefined) return made;
  return assigned(scope, spelling(around.loop.over)).filter((one) => one.statement.to <= statement.from);
}

/** `Adam([log_alpha.detach().clone().requires_grad_()])` steps a tensor that no loss reads. */
function holdsCopy({ given, holds }: AlphaOptimizer, source: Source): SourceFinding[] {
  if (!given) return [];
  const copy = within(given).find(
    (part) =>
      part.kind === "call" &&
      /^(detach|clone|tensor|Tensor|FloatTensor|deepcopy|Parameter|Variable|item|numpy|exp)$/.test(
        nameOf(part.callee),
      ) &&
      within(part).some((inner) => spelling(inner) === holds),
  );
  if (!copy) return [];
  return [
    {
      id: "alpha-frozen",
      severity: "error",
      confidence: 0.9,
      ...lineOf(given, source),
      evidence: { optimised: source.text.slice(given.from, given.to) },
      message: `The optimiser is given another tensor than ${holds}: what it steps, no loss reads.`,
      fix: `Give it ${holds} itself: [${holds}].`,
      reference: "alpha-frozen",
    },
  ];
}

/** `log_alpha = torch.clamp(log_alpha, …)` after the optimiser was made: it goes on with the old tensor. */
function replaced(evaluator: Evaluator, optimizer: AlphaOptimizer, source: Source): SourceFinding[] {
  const { holds, scope: made, statement: maker, given } = optimizer;
  // What is applied to a value makes a new one each time.
  if (!given) return [];
  const attribute = holds.replaceAll(".", "\\.");
  return evaluator.program.scopes.flatMap((scope) => {
    const same = scope === made;
    const own = ownerOf(scope) === ownerOf(made);
    if (!same && !holds.startsWith("self.") && !inside(scope.parent, made)) return [];
    const short = holds.split(".").at(-1)!;
    if (/load|restore|resume/i.test(scope.name) || scope.name === "__init__") return same ? scan() : [];
    return scan();
    function scan(): SourceFinding[] {
      const written = own || !holds.startsWith("self.") ? assigned(scope, holds) : ofAnother(scope, short);
      return written
        .filter(({ statement }) => !same || statement.from > maker.to)
        .filter(
          ({ statement }) =>
            within(statement.value).some(
              (part) =>
                part.kind === "call" &&
                /^(clamp|clip|maximum|minimum|clip_by_value)$/.test(nameOf(part.callee)),
            ) &&
            within(statement.value).some((part) => spelling(part) === spelling((statement as Given).target)),
        )
        .filter(
          () =>
            !new RegExp(`param_groups|(Adam\\w*|SGD|RMSprop)\\([^\\n]*${attribute}`).test(afterwards(scope)),
        )
        .map(({ statement }) => clampRebinds(statement, holds, source));
    }
    function afterwards(place: typeof scope): string {
      return place === made
        ? source.text.slice(maker.to, place.place.to)
        : source.text.slice(place.place.from, place.place.to);
    }
  });
}

/** `learner.log_alpha = …`, where only one class has such an attribute. */
function ofAnother(scope: Scope, short: string): readonly Assignment[] {
  return scope.statements.flatMap((statement): Assignment[] => {
    if (statement.kind !== "assign" || statement.target.kind !== "member") return [];
    const { name, of } = statement.target;
    return name === short && of.kind === "name" && of.name !== "self" ? [{ statement }] : [];
  });
}

function inside(scope: AlphaOptimizer["scope"] | undefined, outer: AlphaOptimizer["scope"]): boolean {
  for (let one = scope; one; one = one.parent) if (one === outer) return true;
  return false;
}
