// α itself is optimised instead of log α: nothing keeps it positive. Below 0 the entropy bonus becomes a penalty;
// before that, α moves along a straight line where log α should.

import { dialectOf } from "../dialects.ts";
import type { RawFit } from "../estimators/optimised-parameter.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { stepAt } from "../rows.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { isAlpha } from "./alpha-mislabelled.ts";

export const alphaNegative: Rule = (e) =>
  isAlpha(e.series) ? (belowZero(e) ?? byReplay(e) ?? straight(e)) : undefined;

const REFERENCE = "softlearning #136";

function belowZero({ series }: Evidence): Finding | undefined {
  const { alpha } = series.columns;
  const row = alpha?.findIndex((a) => a < 0 && Number.isFinite(a)) ?? -1;
  if (!alpha || row < 0) return undefined;
  let to = alpha.length - 1;
  while (!(alpha[to]! < 0)) to--;
  return {
    id: "alpha-negative",
    severity: "error",
    confidence: 0.99,
    steps: [stepAt(series, row), stepAt(series, to)],
    evidence: numbers({
      alpha: alpha[row]!,
      lowest: alpha.filter(Number.isFinite).reduce((a, b) => Math.min(a, b)),
    }),
    message: `α is ${say(alpha[row]!)} at step ${stepAt(series, row)}: α itself is optimised, and nothing keeps it positive.`,
    fix: dialectOf(series.framework).logAlpha,
    reference: REFERENCE,
  };
}

/** Residual shares up to which α itself fits, and how much worse log α must: far worse where both are small. */
const FITS = [
  { raw: 0.05, log: 0.06, times: 3, factor: 2 },
  { raw: 0.01, log: 0.015, times: 8, factor: 1.4 },
];

/** Share of the rows between first and last that the fit could use; less is enough where log α explains next to nothing. */
const COVERED = 0.6;
const LESS_COVERED = 0.4;
const BETTER = 20;

/** Intervals that a fit takes, and that are enough where it finds the very learning rate that was declared. */
const ROWS = 6;
const FEW_ROWS = 4;

function justAsDeclared({ settings }: Evidence, raw: RawFit): boolean {
  const { alphaLearningRate } = settings.declared;
  if (alphaLearningRate === undefined || raw.to - raw.from < FEW_ROWS || raw.factor < 4) return false;
  return Math.abs(raw.learningRate / alphaLearningRate - 1) < 0.1 && raw.log > BETTER * raw.raw;
}

/** Adam on α itself explains the path, and Adam on log α does not. */
function byReplay(e: Evidence): Finding | undefined {
  const { raw } = e;
  if (!raw || raw.from > 0.1 * e.rows.length) return undefined;
  if (raw.to - raw.from < ROWS && !justAsDeclared(e, raw)) return undefined;
  if (raw.covered < (raw.log > BETTER * raw.raw ? LESS_COVERED : COVERED)) return undefined;
  const better = FITS.some(
    (least) =>
      raw.factor >= least.factor &&
      raw.raw < least.raw &&
      raw.log > Math.max(least.log, least.times * raw.raw),
  );
  if (!better) return undefined;
  return {
    id: "alpha-negative",
    severity: "warning",
    confidence: 0.8,
    steps: stepsOf(e, raw.from, raw.to),
    evidence: numbers({
      unexplainedByAlpha: raw.raw,
      unexplainedByLogAlpha: raw.log,
      learningRateOfAlpha: raw.learningRate,
      alpha: e.rows.alpha[raw.to],
    }),
    message: `α moves as Adam moves a parameter at ${say(raw.learningRate)} an update (${say(100 * raw.raw)}% of its path unexplained), and log α does not (${say(100 * raw.log)}%): α itself seems to be optimised, and nothing will keep it positive.`,
    fix: dialectOf(e.series.framework).logAlpha,
    reference: REFERENCE,
  };
}

/** α must have fallen by this factor for a straight line to differ from an exponential. */
const FACTOR = 2.5;
const PARTS = 3;
/** Slopes of α in the parts of the leg agree within this share; slopes of log α differ by more than that. */
const AGREE = 0.85;
const DIFFER = 1.6;

/** The first leg of α, from its start down to a fraction of it, is a straight line in α. */
function straight(e: Evidence): Finding | undefined {
  const { alpha, updates, length } = e.rows;
  let to = 1;
  while (to < length && alpha[to]! < alpha[to - 1]! && alpha[to]! > 0.1 * alpha[0]!) to++;
  to--;
  if (to < 6 || !(alpha[0]! > FACTOR * alpha[to]!)) return undefined;
  const at = (share: number) => Math.round(share * to);
  const slopes: number[] = [];
  const logSlopes: number[] = [];
  for (let k = 0; k < PARTS; k++) {
    const [a, b] = [at(k / PARTS), at((k + 1) / PARTS)];
    const span = updates[b]! - updates[a]!;
    slopes.push((alpha[a]! - alpha[b]!) / span);
    logSlopes.push(Math.log(alpha[a]! / alpha[b]!) / span);
  }
  const linear = Math.min(...slopes) / Math.max(...slopes);
  const bend = logSlopes.at(-1)! / logSlopes[0]!;
  if (!(linear > AGREE && bend > DIFFER)) return undefined;
  const rate = (alpha[0]! - alpha[to]!) / (updates[to]! - updates[0]!);
  return {
    id: "alpha-negative",
    severity: "warning",
    confidence: 0.8,
    steps: stepsOf(e, 0, to),
    evidence: numbers({ slopeOfAlpha: -rate, straightness: linear, bendOfLogAlpha: bend, alpha: alpha[to]! }),
    message: `α falls along a straight line (${say(rate)} an update) where log α should: α itself seems to be optimised, and nothing will keep it positive.`,
    fix: dialectOf(e.series.framework).logAlpha,
    reference: REFERENCE,
  };
}
