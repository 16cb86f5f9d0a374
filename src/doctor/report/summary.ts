// The key numbers of a run in words, the same in every report: how far α went, the gap at first and now, the target
// and the learning rate that are really in use, each with its interval and what had to be assumed.

import { type Diagnosis, runsUp } from "../diagnose.ts";
import type { Evidence } from "../evidence.ts";
import type { Estimate } from "../finding.ts";
import { say, sayAbout } from "../rule.ts";
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
  const column = alpha(e);
  const isAlpha = findings.every(({ id }) => id !== "alpha-mislabelled");
  return [
    column && (isAlpha ? column : { ...column, label: "column" }),
    gap(e),
    mirrored ? undefined : target(e),
    learningRate(e),
    quiet && findings.length > 0 ? turn(e) : undefined,
  ].filter((x) => x !== undefined);
}

/** The verdict as people read it; the class of JSON is for programs. */
export function verdictWords({ verdict, evidence, findings }: Diagnosis): string {
  if (verdict !== "inconclusive") return verdict;
  if (findings.some(({ id }) => id === "alpha-mislabelled")) return "the column is not α";
  return evidence.rows.alpha.some(Number.isFinite) ? "nothing wrong so far" : "no verdict";
}

/** Rows, and updates where they are counted. @param between what stands between the two */
export function extent({ series, evidence: { rows, updates } }: Diagnosis, between: string): string {
  const counted = rows.axis.source !== "unknown";
  return `${series.length} ${series.length === 1 ? "row" : "rows"}${counted ? `${between}${say(updates)} updates` : ""}`;
}

/** One sentence for a run without findings. */
export function quietSentence({ verdict, evidence: e }: Diagnosis): string {
  if (verdict === "healthy") return "α does what it should: nothing in this log speaks against it.";
  if (!e.rows.alpha.some(Number.isFinite))
    return "The log has no α. Log it with its loss and the entropy: tempered doctor --print-callback sb3|cleanrl|rllib|torch prints the lines.";
  const { descent } = e;
  if (runsUp(e)) return upwards(e);
  if (!descent) return `Nothing in these ${e.rows.length} rows speaks against the run.`;
  if (!descent.gap) return alphaAlone(e);
  const size = `${say(descent.gap.value)} nats`;
  if (e.rows.axis.source === "unknown") {
    return `α is still on its way: the entropy is ${size} above its target. ${pace(e)}`;
  }
  return descent.updatesToTurn === undefined
    ? `α is still on its way: the entropy is ${size} above its target, and α turns when that gap is closed. Its trend does not say when; healthy runs fall five e-folds and more before.`
    : `α is still on its way: the entropy is ${size} above its target, and α turns in about ${sayAbout(descent.updatesToTurn)} updates if it goes on closing as it does.`;
}

/** A climb that has not ended: what drives it, or what would tell. */
function upwards({ leg, climb, rows, entropy }: Evidence): string {
  const risen = `α still climbs, ${say(leg!.efolds)} e-folds so far, to ${say(rows.alpha[leg!.to]!)}`;
  if (climb)
    return `${risen}: the entropy is ${say(climb.depth)} nats below its target. If it does not come back, rewards are too large for this α, or the target is too high.`;
  const now = entropy ? ` The entropy is ${say(entropy.findLast(Number.isFinite)!)} nats by now.` : "";
  return `${risen}.${now} Whether it should depends on the target: --target-entropy, or a log of the α loss, tells.`;
}

/** What is known and what would tell, where nothing but α is logged: no cause is. */
function alphaAlone(e: Evidence): string {
  const fallen = `α has fallen ${say(e.leg!.efolds)} e-folds since the log began.`;
  if (e.entropy) {
    const last = e.entropy.findLast(Number.isFinite)!;
    return `${fallen} The entropy is ${say(last)} nats by now; whether α should fall depends on the target, which the log does not say: --target-entropy does. ${pace(e)}`;
  }
  return `${fallen} From α alone nobody can tell whether it should: the α loss or the entropy would (a gap above 0 is healthy, until it is closed). ${pace(e)}`;
}

/** The pace in the log's own rows, and what it takes to judge it. */
function pace(e: Evidence): string {
  const { leg, rows, settings } = e;
  if (!leg || rows.axis.source !== "unknown") return "";
  const each = leg.efolds / Math.max(1, leg.to - leg.from);
  const declared = settings.declared.alphaLearningRate;
  const known = settings.declared.initialAlpha === undefined && rows.alpha.some((a) => a === 0);
  const end = known ? " (at last it is below what was printed)" : "";
  return declared === undefined
    ? `It falls ${say(each)} e-folds a row${end}; --steps-per-episode or --updates-per-step, with --alpha-learning-rate, make that pace one to judge.`
    : `It falls ${say(each)} e-folds a row${end}, ${sayAbout(each / declared)} updates' worth at the declared ${say(declared)}: --steps-per-episode tells whether that is right.`;
}

function alpha({ rows }: Evidence): KeyNumber | undefined {
  const present = rows.alpha.filter(Number.isFinite);
  if (present.length === 0) return undefined;
  const lowest = present.reduce((a, b) => Math.min(a, b));
  const highest = present.reduce((a, b) => Math.max(a, b));
  // A printed 0 is less than the last digit that was printed.
  const zeros = lowest === 0 ? " (printed as 0: below its last digit)" : "";
  if (lowest === highest) return { label: "α", text: `${say(lowest)} throughout${zeros}`, assumption: "" };
  const within = ` within ${say(lowest)} … ${say(highest)}`;
  const ends = [present[0]!, present.at(-1)!];
  const inside = ends.includes(lowest) && ends.includes(highest);
  return {
    label: "α",
    text: `${say(ends[0]!)} → ${say(ends[1]!)}${inside ? "" : `,${within}`}${zeros}`,
    assumption: "",
  };
}

function gap(e: Evidence): KeyNumber | undefined {
  if (!e.gap) return undefined;
  const { source, smooth } = e.gap;
  const from = source === "logged" ? "logged" : `from the α loss, ${e.form!.form} form`;
  const last = e.descent?.gap?.value ?? smooth.at(-1)!;
  if (!Number.isFinite(last)) return undefined;
  const first = e.firstGap
    ? `${plusMinus(e.firstGap)} at first${explained(e)}`
    : `${say(smooth[0]!)} in the first row`;
  return {
    label: "gap H − H̄",
    text: `${first}, ${say(last)} at last (${from})`,
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
  // A declared target says more than one that an untrained policy's usual entropy implies.
  if (declared !== undefined && estimate?.source !== "identity")
    return { label: "target H̄", text: `${say(declared)}, as declared`, assumption: "" };
  if (!estimate && e.held)
    return {
      label: "target H̄",
      text: `${plusMinus(e.held)}, the entropy that α holds`,
      assumption: e.held.assumption,
    };
  if (!estimate) return undefined;
  const said = declared === undefined ? "" : `, declared ${say(declared)}`;
  return { label: "target H̄", text: `${plusMinus(estimate)}${said}`, assumption: estimate.assumption };
}

function learningRate(e: Evidence): KeyNumber | undefined {
  if (e.speed?.slope === 0) return undefined;
  const { alphaLearningRate: declared, alphaLearningRateEnd: end } = e.settings.declared;
  const counted = e.rows.axis.source !== "unknown";
  if (counted && e.replayed) {
    const { value, low, high, assumption } = e.replayed;
    const [at, least, most, begins, ends] = alike(value, low, high, declared ?? value, end ?? value);
    const said =
      declared === undefined ? "" : `, declared ${begins}${end === undefined ? "" : ` going to ${ends}`}`;
    return {
      label: "α learning rate",
      text: `${at} (${least} … ${most})${said}`,
      assumption: `${assumption}; ${e.rows.axis.perStep.assumption}`,
    };
  }
  if (declared !== undefined)
    return { label: "α learning rate", text: `${rate}, as declared`, assumption: "" };
  const alone = e.speed?.learningRate;
  if (!counted || e.gap || !alone || !(alone.value > 0)) return undefined;
  return {
    label: "α learning rate",
    text: `at least ${say(alone.low)}, from α alone`,
    assumption: e.rows.axis.perStep.assumption,
  };
}

/** Rates beside each other are written the same way: 1.0e-3 (9.6e-4 … 1.1e-3), and 0.0101 (0.0096 … 0.0106). */
function alike(...rates: readonly number[]): string[] {
  const small = rates.some((rate) => Math.abs(rate) < 1e-3);
  return rates.map((rate) =>
    small && Number.isFinite(rate) ? rate.toExponential(1).replace("e+", "e") : say(rate),
  );
}

function turn({ descent }: Evidence): KeyNumber | undefined {
  if (descent?.updatesToTurn === undefined) return undefined;
  return {
    label: "turn expected",
    text: `in about ${sayAbout(descent.updatesToTurn)} updates, when the gap of ${say(descent.gap!.value)} is closed`,
    assumption: "the gap goes on shrinking as over the second half of the log",
  };
}

export function plusMinus({ value, low, high }: Estimate): string {
  const half = Math.max(value - low, high - value);
  const digits = half > 0 ? Math.max(0, 1 - Math.floor(Math.log10(half))) : 3;
  return `${value.toFixed(Math.min(digits, 6))} ± ${half.toFixed(Math.min(digits, 6))}`;
}
