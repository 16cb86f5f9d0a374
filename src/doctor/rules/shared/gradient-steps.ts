// Stable-Baselines3 logs the learning rate that its α really has, and keeps the count of its updates out of event files:
// where α runs a whole number of times faster than one update a step makes it, that number is gradient_steps.

import type { Evidence } from "../../evidence.ts";

const MOST = 64;

/** About how many. @returns undefined where nothing says that there is more than one */
export function gradientSteps({ series, settings, rows, replayed }: Evidence): number | undefined {
  const logged = series.declared.alphaLearningRate;
  if (series.framework !== "Stable-Baselines3" || rows.axis.source !== "assumed") return undefined;
  if (!series.columns.learningRate || !replayed || logged === undefined) return undefined;
  if (settings.declared.alphaLearningRate !== logged) return undefined;
  const count = Math.round(replayed.value / logged);
  const fits = count * logged > 0.9 * replayed.low && count * logged < 1.1 * replayed.high;
  return count >= 2 && count <= MOST && fits ? count : undefined;
}
