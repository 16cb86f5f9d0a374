// Entropy and target are in different action units: the target that α really pursues differs from the declared one by
// Σ log(half-range).

import { knownActions } from "../environments.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";

export const unitsMismatch: Rule = (e) => {
  const fit = [...e.identity].filter(({ sign }) => sign === 1).sort((a, b) => b.rows - a.rows)[0];
  if (!fit || !e.target) return undefined;
  const declared = median(e.target);
  const difference = fit.target.value - declared;
  const error = fit.target.high - fit.target.value;
  if (Math.abs(difference) < Math.max(0.1 * e.dimensions, 5 * error)) return undefined;
  const { actionHalfRange, env } = e.settings.declared;
  const known = knownActions(env);
  const offset =
    actionHalfRange?.reduce((sum, range) => sum + Math.log(range), 0) ??
    (known ? known.actionDim * Math.log(known.halfRange) : undefined);
  const explained =
    offset !== undefined && Math.abs(Math.abs(difference) - Math.abs(offset)) < 0.1 * Math.abs(offset);
  if (!explained && offset !== undefined && offset !== 0) return undefined;
  const halfRange = Math.exp(Math.abs(difference) / e.dimensions);
  return {
    id: "units-mismatch",
    severity: "warning",
    confidence: explained ? 0.9 : 0.5,
    steps: stepsOf(e, fit.from, fit.to),
    evidence: numbers({
      effectiveTarget: fit.target.value,
      declaredTarget: declared,
      difference,
      offset,
      halfRange,
    }),
    message: `α pursues ${say(fit.target.value)} nats where ${say(declared)} is declared; the difference of ${say(difference)} is ${explained ? "Σ log(half-range)" : `Σ log(half-range) for a half-range of ${say(halfRange)} or its inverse`}: entropy and target are in different action units.`,
    fix: "target_entropy = -action_dim + np.log(half_range).sum()  # where log π is in environment units; else state both in unit actions",
    reference: "cleanrl #524",
  };
};
