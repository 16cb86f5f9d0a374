// Whether the bounds that a program sets itself let the entropy reach its target, and the parameter stay a logarithm.

import type { Source } from "./judge.ts";
import type { SourceFinding } from "./report.ts";
import type { Target } from "./target.ts";

/** Nats of a Gaussian dimension with σ = 1; tanh only takes from it. */
const unit = 0.5 * Math.log(2 * Math.PI * Math.E);

export function judgeBounds(target: Target | undefined, source: Source): SourceFinding[] {
  return [...spread(target, source), ...unguarded(source)];
}

/** log σ ≤ M holds the entropy below d·(M + 1.42), which −d must not be above. */
function spread(target: Target | undefined, source: Source): SourceFinding[] {
  if (target?.sign !== -1 || /\d/.test(target.fact.expression.replace(/\w*32|\[\w*\]/g, ""))) return [];
  const found =
    /^[ \t]*(LOG_?(?:STD|SIG|SIGMA)_?MAX\w*|MAX_LOG_?(?:STD|SIG|SIGMA)\w*)\s*=\s*(-?[\d.]+)\s*$/im.exec(
      source.text,
    );
  const most = Number(found?.[2]);
  if (!found || !Number.isFinite(most) || most + unit > -1) return [];
  return [
    {
      id: "target-unreachable",
      severity: "error",
      confidence: 0.85,
      line: source.lineOf(found.index),
      evidence: { bound: found[0].trim(), nats: most + unit },
      message: `log σ is at most ${most}, so the entropy is at most ${(most + unit).toFixed(2)} nats a dimension: it never reaches the target of −1 a dimension, and α climbs.`,
      fix: "Raise the bound of log σ (2 is usual), or lower the target.",
      reference: "target-unreachable",
    },
  ];
}

/** A module that hands out its parameter as α, and one that takes log α for α. */
function unguarded(source: Source): SourceFinding[] {
  if (!/\bimport (jax|flax)|from (jax|flax)/.test(source.text)) return [];
  const given = /return self\.param\(\s*["'](?!log)\w*(alpha|temp|ent_coef)\w*["']/i.exec(source.text);
  const taken = /^[ \t]*(alpha|temperature|ent_coef)\s*=\s*log_(alpha|temp\w*|ent_coef)[ \t]*$/im.exec(
    source.text,
  );
  return [given, taken].flatMap((found) =>
    found
      ? [
          {
            id: "alpha-negative",
            severity: "error" as const,
            confidence: 0.85,
            line: source.lineOf(found.index + found[0].search(/\S/)),
            evidence: { code: found[0].trim() },
            message: "What is optimised is taken for α itself: nothing keeps it above 0.",
            fix: "Optimise its logarithm, and take the exponential here.",
            reference: "alpha-negative",
          },
        ]
      : [],
  );
}
