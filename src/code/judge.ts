// What is wrong with an α loss and with the losses around it. An undecided form is never a fault.

import type { AlphaLoss } from "./alpha-loss.ts";
import type { Orientation } from "./orientation.ts";
import { has } from "./polynomial.ts";
import type { AlphaUpdate, SourceFinding } from "./report.ts";
import { symbols } from "./roles.ts";
import type { Target } from "./target.ts";

export interface Source {
  readonly text: string;
  readonly lineOf: (at: number) => number;
}

const densities = [symbols.logProb, symbols.logProbs, symbols.entropy];

export function judgeLoss(
  loss: AlphaLoss,
  target: Target | undefined,
  discreteFile: boolean | undefined,
  { logProb: way, witnesses }: Orientation,
  source: Source,
): { update: AlphaUpdate; findings: SourceFinding[]; open?: string } {
  const discrete = loss.discrete || discreteFile;
  const logProb = loss.logProb * way;
  // dL = −logProb·H + target·T, so H is compared with (target ÷ logProb)·T.
  const ratio = loss.target / logProb;
  const inverted = logProb > 0;
  const effective = target?.sign === undefined ? undefined : target.sign * Math.sign(ratio);
  const level = `${ratio < 0 ? "−" : ""}H̄`;
  const { from, to } = loss.expression;
  const line = source.lineOf(from);
  const mixing = source.lineOf(loss.together.from);
  const text = source.text.slice(from, to);
  const symbol = loss.form === "alpha" ? "α" : "log α";
  const derived = `descends ${inverted ? "" : "−"}${symbol}·(log π ${ratio < 0 ? "−" : "+"} H̄)`;
  const difference = ratio < 0 ? "H + H̄" : "H − H̄";
  const derivative = inverted ? `−(${difference})` : difference;
  const update: AlphaUpdate = {
    line,
    text,
    derived,
    derivative,
    above: inverted ? "rises" : "falls",
    below: inverted ? "falls" : "rises",
  };
  const evidence = {
    loss: derived,
    derivative: `dL/d ${symbol} ∝ ${derivative}`,
    target: target?.fact.expression,
  };
  const findings: SourceFinding[] = [];
  const sure = witnesses > 0;
  if (loss.subject === "entropy" && witnesses === 0) {
    const open =
      "A name says entropy, and whether it holds H or −H is not shown: the line that computes it would settle it.";
    return { update, findings, open };
  }
  if (inverted) {
    const whole = ratio > 0 && effective !== (discrete ? -1 : 1);
    const endLine = source.lineOf(whole ? to : loss.together.to);
    findings.push({
      id: "sign-inverted",
      severity: sure ? "error" : "warning",
      confidence: sure ? 0.95 : 0.6,
      line: whole ? line : mixing,
      endLine,
      evidence,
      message: whole
        ? `The loss has the wrong sign: its derivative is ${derivative}, so α rises where the entropy is above the target and falls where it is below.`
        : `The signs of log π and of the target disagree: the derivative is ${derivative}, so α is moved by H against ${level} and away from it.`,
      fix: whole
        ? `Negate the loss: −${symbol}·(log π + H̄), with log π and H̄ detached.`
        : `Write −${symbol}·(log π + H̄): both terms inside the bracket with the same sign, one minus before it.`,
      ...(whole && line === endLine ? { replacement: negatedLine(source, line, from, to) } : {}),
      reference: "sign-inverted",
    });
  } else if (effective === 1 && (discrete === false || (discrete === undefined && target?.linear))) {
    findings.push({
      id: "target-unreachable",
      severity: sure ? "error" : "warning",
      confidence: sure ? 0.85 : 0.5,
      line: ratio < 0 ? mixing : target!.line,
      evidence,
      message: `The entropy is compared with ${level}, which is positive as it is declared here: a squashed Gaussian is compared with +d instead of −d, and α climbs.`,
      fix: "Compare with −d: −log α·(log π + H̄) and H̄ = −d.",
      reference: "target-unreachable",
    });
  } else if (effective === 1 && discrete === true && (target?.linear || target?.above)) {
    findings.push({
      id: "target-unreachable",
      severity: "error",
      confidence: 0.85,
      line: target.line,
      evidence,
      message: "The target is above the logarithm of the number of actions, and no entropy is: α climbs.",
      fix: "Take a share of the largest entropy, such as 0.5·log n.",
      reference: "target-unreachable",
    });
  } else if (effective === -1 && discrete === true) {
    findings.push({
      id: "target-never-binds",
      severity: "error",
      confidence: 0.9,
      line: ratio < 0 ? mixing : target!.line,
      evidence,
      message: "The target is negative, and a discrete policy's entropy never is: α decays for ever.",
      fix: "Take a target between 0 and log n, such as 0.5·log n.",
      reference: "target-never-binds",
    });
  }
  // A target that nothing shows is −d, or a share of log n, as a rule; its negative is neither.
  if (
    findings.length === 0 &&
    ratio < 0 &&
    target?.sign === undefined &&
    discrete !== undefined &&
    !loss.inline
  ) {
    findings.push({
      id: discrete ? "target-never-binds" : "target-unreachable",
      severity: "warning",
      confidence: 0.5,
      line: mixing,
      endLine: source.lineOf(loss.together.to),
      evidence,
      message: `The entropy is compared with ${level}. Where H̄ is ${discrete ? "a share of log n" : "−d"}, as it usually is, ${discrete ? "that is negative, and α decays for ever" : "that is +d, and α climbs"}.`,
      fix: `Write −${symbol}·(log π + H̄): both terms inside the bracket with the same sign.`,
      reference: discrete ? "target-never-binds" : "target-unreachable",
    });
  }
  const clamp = loss.events.find(
    (event) =>
      event.kind === "clamp" && has(event.of, symbols.alpha, symbols.logAlpha) && has(event.of, ...densities),
  );
  if (clamp?.kind === "clamp") {
    findings.push({
      id: "clamp-of-loss",
      severity: "error",
      confidence: 0.85,
      line: source.lineOf(clamp.at.from),
      endLine: source.lineOf(clamp.at.to),
      evidence: { ...evidence, clamp: source.text.slice(clamp.at.from, clamp.at.to) },
      message:
        "The loss itself is clamped: outside the bound its gradient is 0, and α moves in one direction only or not at all.",
      fix: "Leave the loss unbounded; to bound α, clamp the parameter after the optimiser's step.",
      reference: "clamp-of-loss",
    });
  }
  if (loss.unweighted && discrete !== false) {
    findings.push({
      id: "discrete-logprob-unweighted",
      severity: "error",
      confidence: 0.85,
      line,
      evidence,
      message: "log π of all actions is averaged without the weights π: that mean is not −H.",
      fix: "Weight it: (π·(log π + H̄)).sum over the actions, then the mean over the batch.",
      reference: "sign-inverted",
    });
  }
  if (findings.length > 0 || effective === (discrete ? 1 : -1)) {
    const unsure = discrete === undefined && effective === -1;
    if (!unsure || findings.length > 0) return { update, findings };
  }
  if (discrete === false && effective === undefined) return { update, findings };
  const open =
    discrete === undefined
      ? "Whether the policy is discrete is not shown, and so whether its entropy can reach the target: the policy's code would settle it."
      : "The sign of the target is not shown: its value would settle it.";
  return { update, findings, open };
}

function negatedLine(source: Source, line: number, from: number, to: number) {
  const whole = source.text.split("\n")[line - 1] ?? "";
  const start = source.text.lastIndexOf("\n", from - 1) + 1;
  const expression = source.text.slice(from, to);
  const bare = /^-\s*\((.*)\)$/.exec(expression);
  const mended = bare && balanced(bare[1]!) ? bare[1]! : `-(${expression})`;
  const text = whole.slice(0, from - start) + mended + whole.slice(to - start);
  return { fromLine: line, toLine: line, text };
}

/** Whether no bracket closes that was not opened inside. */
function balanced(text: string): boolean {
  let open = 0;
  for (const letter of text) {
    if (letter === "(") open++;
    if (letter === ")" && --open < 0) return false;
  }
  return open === 0;
}
