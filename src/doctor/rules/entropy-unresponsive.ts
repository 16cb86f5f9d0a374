// α climbs by orders of magnitude and the entropy does not follow, or falls: α is missing from the actor's loss, or the
// actor is not trained with it.

import { dialectOf } from "../dialects.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";
import { rewardScaleLarge } from "./reward-scale-large.ts";
import { placeDoubt, placeOf } from "./shared/depth.ts";
import { mirrorOf } from "./shared/mirror.ts";
import { asksForChance } from "./shared/reachable-target.ts";
import { drowned } from "./shared/value-scale.ts";

const EFOLDS = 2;

export const entropyUnresponsive: Rule = (e) => {
  const { climb, entropy, settings } = e;
  if (!climb || climb.efolds < EFOLDS || drowned(e) || mirrorOf(e)) return undefined;
  if (e.identity.some(({ sign, rows }) => sign === -1 && rows >= 10)) return undefined;
  const falling = climb.depth > 1.15 * climb.early + 2 * climb.error;
  const place = placeOf(e);
  // Near its maximum the policy does follow α; it is the target that asks for too much.
  if (place === "maximum") return undefined;
  const { reachableEntropy } = settings;
  const target = e.effectiveTarget?.source === "identity" ? e.effectiveTarget.value : settings.targetEntropy;
  const late = entropy && median(entropy.slice(Math.floor((climb.from + climb.to) / 2), climb.to + 1));
  const low =
    late !== undefined && reachableEntropy !== undefined
      ? late < reachableEntropy - 0.5 * e.dimensions
      : deeperThanAnyTarget();
  const deep = climb.depth > 0.85 * climb.early;
  if (place === "floor" ? !falling && !deep : !falling && !(low && deep)) return undefined;
  const pinned = place === "floor" && !falling;
  // Rewards that drown the entropy say the same of a pinned policy, and why; so does a target that leaves but chance.
  if (pinned && (asksForChance(e) || rewardScaleLarge(e))) return undefined;
  return {
    id: "entropy-unresponsive",
    severity: "warning",
    confidence: falling ? 0.85 : 0.7,
    steps: stepsOf(e, climb.from, climb.to),
    evidence: numbers({
      efolds: climb.efolds,
      earlyGap: -climb.early,
      gap: -climb.depth,
      entropy: late,
      target,
    }),
    message: pinned
      ? `α rose ${say(climb.efolds)} e-folds while the entropy stays ${say(climb.depth)} nats below its target: the policy is pinned at its floor, where tanh saturates and no gradient gets through, or α does not reach the actor.${placeDoubt(e)}`
      : `α rose ${say(climb.efolds)} e-folds and the entropy did not follow: the gap went from ${say(-climb.early)} to ${say(-climb.depth)} nats. α does not reach the actor.`,
    fix: pinned
      ? `${dialectOf(e.series.framework).scale}\n# and check that α·log π is in the actor's loss`
      : dialectOf(e.series.framework).actorLoss,
    reference: "sweetice/Deep-reinforcement-learning-with-pytorch #36",
  };

  /** Without entropy: further below than even maximum entropy would be under the default target, and so no target's doing. */
  function deeperThanAnyTarget(): boolean {
    const usual = settings.targetEntropy ?? settings.defaultTarget;
    return (
      reachableEntropy !== undefined && usual !== undefined && climb!.depth > 1.2 * (reachableEntropy - usual)
    );
  }
};
