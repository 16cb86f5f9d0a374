// An optimiser of α that is made and zeroed and saved, and never makes a step.

import type { AlphaLoss } from "./alpha-loss.ts";
import { lineOf } from "./critic.ts";
import type { Source } from "./judge.ts";
import { ownerOf, within } from "./lookup.ts";
import type { AlphaOptimizer } from "./optimizer.ts";
import type { SourceFinding } from "./report.ts";

/** What steps an optimiser without its name. */
const unnamed = /__dict__|vars\(self|getattr\(|globals\(|locals\(|torchopt|functional_optim/;

export function judgeSteps(
  losses: readonly AlphaLoss[],
  optimizers: readonly AlphaOptimizer[],
  source: Source,
): SourceFinding[] {
  if (unnamed.test(source.text)) return [];
  return optimizers.flatMap((optimizer): SourceFinding[] => {
    if (optimizer.shared || !isIdle(optimizer, source)) return [];
    const loss = losses.find(
      (one) => ownerOf(one.scope) === ownerOf(optimizer.scope) && isDifferentiated(one, source),
    );
    // Another optimiser of α may be the one that steps.
    const others = optimizers.filter(({ name }) => name !== optimizer.name);
    if (!loss || others.some((other) => !isIdle(other, source))) return [];
    return [
      {
        id: "alpha-frozen",
        severity: "error",
        confidence: 0.85,
        ...lineOf(loss.expression, source),
        evidence: { optimizer: optimizer.name },
        message: `This loss goes backward, and ${optimizer.name} never makes a step: α stands still.`,
        fix: `Step ${optimizer.name} after it.`,
        reference: "alpha-frozen",
      },
    ];
  });
}

/** Whether nothing is done with it that could be a step, nor is it handed to what could make one. */
function isIdle({ name, statement }: AlphaOptimizer, { text }: Source): boolean {
  const short = name.split(".").at(-1)!;
  if (!/^\w+$/.test(short) || statement.kind !== "assign") return false;
  // One of several that are made at once, or kept together.
  if (statement.target.kind === "sequence" || !/^(self\.)?\w+$/.test(name)) return false;
  const idle =
    /^(\.(zero_grad|state_dict|load_state_dict|param_groups|build|learning_rate|lr)\b|["']\s*[:\]])/;
  for (const { index } of text.matchAll(new RegExp(`\\b${short}\\b`, "g"))) {
    if (statement.from <= index && index < statement.to) continue;
    if (!idle.test(text.slice(index + short.length, index + short.length + 24))) return false;
  }
  return true;
}

/** Whether its gradient is taken where it stands. */
function isDifferentiated({ name, scope, expression }: AlphaLoss, { text }: Source): boolean {
  return scope.statements.some((statement) => {
    const call = text.slice(statement.from, statement.to);
    const told =
      name !== "" &&
      new RegExp(`\\b${name.replaceAll(".", "\\.")}\\b(\\.mean\\(\\))?\\.backward\\(`).test(call);
    const taped = name !== "" && new RegExp(`\\.gradient\\(\\s*${name.replaceAll(".", "\\.")}\\b`).test(call);
    const inPlace = /\.backward\(/.test(call) && within(statement.value).includes(expression);
    return statement.from >= expression.from - 400 && (told || taped || inPlace);
  });
}
