// What the suggested setting would have done to α, by the model alone: Adam on the gap as it was logged, with the
// suggested learning rate, target, sign, start and bounds. The entropy is taken as logged, although it would have
// answered another α; so this shows where α would have gone at first, not where the run would have ended.

import { replay } from "../estimators/effective-learning-rate.ts";
import type { Evidence } from "../evidence.ts";
import type { Suggestion } from "../finding.ts";
import { median } from "../statistics/quantiles.ts";

/** α at every row; undefined where there is no gap to follow. */
export function counterfactualAlpha(e: Evidence, suggestion: Suggestion): Float64Array | undefined {
  const { gap, rows } = e;
  if (!gap || rows.length < 2) return undefined;
  const oldTarget = e.effectiveTarget?.value ?? (e.target && median(e.target));
  const shift =
    suggestion.targetEntropy === undefined || oldTarget === undefined
      ? 0
      : oldTarget - suggestion.targetEntropy;
  const sign = suggestion.invert ? -1 : 1;
  const start = Math.log(suggestion.initialAlpha ?? e.settings.declared.initialAlpha ?? rows.alpha[0]!);
  if (!Number.isFinite(start)) return undefined;
  const path = replay(
    {
      form: "log-alpha",
      updates: rows.updates,
      logAlpha: rows.logAlpha,
      gap: gap.smooth.map((g) => sign * g + shift),
      noise: gap.noise,
    },
    0,
  );
  const learningRate = suggestion.alphaLearningRate ?? e.learningRate;
  const low = Math.log(suggestion.alphaMin ?? 0);
  const high = Math.log(suggestion.alphaMax ?? Number.POSITIVE_INFINITY);
  let logAlpha = start;
  return path.map((place, i) => {
    const moved = i === 0 ? 0 : learningRate * (place - path[i - 1]!);
    logAlpha = Math.max(low, Math.min(high, logAlpha + moved));
    return Math.exp(logAlpha);
  });
}
