// The key numbers of a run in words, the same in every report: how far α went, the gap at first and now, the target
// and the learning rate that are really in use, each with its interval and what had to be assumed.

import type { Diagnosis } from "../diagnose.ts";
import type { Evidence } from "../evidence.ts";
import type { Estimate } from "../finding.ts";
import { say } from "../rule.ts";
import { UNTRAINED_ENTROPY } from "../settings.ts";

export interface KeyNumber {
  readonly label: string;
  readonly text: string;
  /** What had to be assumed; empty where nothing was. */
  readonly assumption: string;
}

export function keyNumbers({ evidence: e, findings }: Diagnosis): KeyNumber[] {
  // A gap of the wrong sign says nothing about the target, and a turn is expected of healthy runs only.
  const mirrored = findings.some(({ id }) => id === "sign-inverted") && e.identity.length === 0;
  const quiet = findings.every(({ severity }) => severity === "info");
  return [
    alpha(e),
    gap(e),
    mirrored ? undefined : target(e),
    learningRate(e),
    quiet ? turn(e) : undefined,
  ].filter((x) => x !== undefined);
}

/** One sentence for a run without findings. */
export function quietSentence({ verdict, evidence: e }: Diagnosis): string {
  if (verdict === "healthy") return "α does what it should: nothing in this log speaks against it.";
  if (e.descent) {
    const until =
      e.descent.updatesToTurn === undefined
        ? "its trend does not say when"
        : `expected after some ${say(e.descent.updatesToTurn)} more updates`;
    return `α still falls because the entropy is above its target, as healthy runs do for five e-folds and more. It turns when the gap reaches 0: ${until}.`;
  }
  return "The log does not carry enough about α for a verdict.";
}

function alpha({ rows }: Evidence): KeyNumber | undefined {
  const present = rows.alpha.filter(Number.isFinite);
  if (present.length === 0) return undefined;
  const lowest = present.reduce((a, b) => Math.min(a, b));
  const highest = present.reduce((a, b) => Math.max(a, b));
  return {
    label: "α",
    text: `${say(present[0]!)} → ${say(present.at(-1)!)}, within ${say(lowest)} … ${say(highest)}`,
    assumption: "",
  };
}

function gap(e: Evidence): KeyNumber | undefined {
  if (!e.gap || !e.firstGap) return undefined;
  const { source, smooth } = e.gap;
  const from = source === "logged" ? "logged" : `from the α loss, ${e.form!.form} form`;
  return {
    label: "gap H − H̄",
    text: `${plusMinus(e.firstGap)} at first${explained(e)}, ${say(smooth.at(-1)!)} at last (${from})`,
    assumption: source === "logged" ? "" : `loss form ${e.form!.assumption}`,
  };
}

/** Why a first gap is what it is in environment units: 1.65 a dimension and Σ log(half-range). */
function explained({ settings, firstGap }: Evidence): string {
  const { units, unitOffset, actionDim } = settings;
  if (units !== "environment" || !unitOffset || actionDim === undefined) return "";
  const usual = (1 + UNTRAINED_ENTROPY) * actionDim;
  if (Math.abs(firstGap!.value - usual - unitOffset) > 0.08 * usual) return "";
  const halfRange = say(Math.exp(unitOffset / actionDim));
  const logs = actionDim === 1 ? `log ${halfRange}` : `${actionDim} log ${halfRange}`;
  return ` (= ${say(usual)} + ${logs}: environment units, half-range ${halfRange})`;
}

function target(e: Evidence): KeyNumber | undefined {
  const estimate = e.effectiveTarget;
  const declared = e.settings.targetEntropy;
  const said = declared === undefined ? "" : `, declared ${say(declared)}`;
  if (!estimate)
    return declared === undefined
      ? undefined
      : { label: "target H̄", text: `${say(declared)} declared`, assumption: "" };
  return { label: "target H̄", text: `${plusMinus(estimate)}${said}`, assumption: estimate.assumption };
}

function learningRate(e: Evidence): KeyNumber | undefined {
  const declared = e.settings.declared.alphaLearningRate;
  const said = declared === undefined ? "" : `, declared ${say(declared)}`;
  const best = e.replayed ?? e.speed?.learningRate;
  if (!best || e.rows.axis.source === "unknown") {
    return declared === undefined
      ? undefined
      : { label: "α learning rate", text: `${say(declared)} declared`, assumption: "" };
  }
  const text = Number.isFinite(best.value)
    ? `${say(best.value)} (${say(best.low)} … ${say(best.high)})${said}`
    : `none explains a slope of ${say(e.speed!.slope)}${said}`;
  return {
    label: "α learning rate",
    text,
    assumption: `${best.assumption}; ${e.rows.axis.perStep.assumption}`,
  };
}

function turn({ descent }: Evidence): KeyNumber | undefined {
  if (descent?.updatesToTurn === undefined) return undefined;
  return {
    label: "turn expected",
    text: `in some ${say(descent.updatesToTurn)} updates, when the gap of ${say(descent.gap!.value)} is closed`,
    assumption: "the gap goes on shrinking as over the second half of the log",
  };
}

export function plusMinus({ value, low, high }: Estimate): string {
  const half = Math.max(value - low, high - value);
  const digits = half > 0 ? Math.max(0, 1 - Math.floor(Math.log10(half))) : 3;
  return `${value.toFixed(Math.min(digits, 6))} ± ${half.toFixed(Math.min(digits, 6))}`;
}
