// Adam moves log α by at most about its learning rate an update. Where α went faster, the learning rate, the number of
// updates, the parameter or the optimiser is not what was said. Judged by replaying Adam on the gap, whose estimate the
// report prints; without a gap, by the farthest that Adam could have come in so many updates; and where nobody knows how
// many updates an episode has, by asking whether any usual length would do.

import { leastLearningRate } from "../estimators/adam-speed.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { printedError } from "../statistics/printed.ts";
import { gradientSteps } from "./shared/gradient-steps.ts";

export const alphaFasterThanDeclared: Rule = (e) => {
  const declared = e.settings.fastestLearningRate;
  if (declared === undefined || !(declared > 0) || e.resets.length > 0) return undefined;
  if (e.rows.axis.source === "unknown") return byEpisodes(e, declared);
  return e.gap ? byReplay(e, declared) : byReach(e, declared);
};

/** Effective over declared. */
const RATIO = 1.5;
const UPDATES = 2000;
/** How much worse log α must explain the path than α itself does. */
const RAW = 10;
/** Enough where the interval's low end is this many times as fast. */
const FEW = 700;
const FEW_RATIO = 2;
/** Needed where fewer updates are logged. */
const SHORT_RATIO = 8;
/** Steps of the shortest and the longest usual episode, and of the longest that many environments have. */
const EPISODE: readonly [number, number] = [10, 5000];
const USUAL_EPISODE = 1000;

interface Pace {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly value: number;
  readonly high?: number;
  readonly updates: number;
}

function byReplay(e: Evidence, declared: number): Finding | undefined {
  const { replayed } = e;
  if (!replayed || replayed.low < RATIO * declared) return undefined;
  // Where α itself is Adam's parameter log α has no learning rate.
  if (e.raw && e.raw.log > RAW * e.raw.raw && e.raw.learningRate < RATIO * declared) return undefined;
  const needed = replayed.updates >= UPDATES ? RATIO : replayed.updates >= FEW ? FEW_RATIO : SHORT_RATIO;
  if (replayed.low < needed * declared) return undefined;
  const found = finding(e, declared, replayed, "by replaying Adam on the gap");
  const several = gradientSteps(e);
  return several === undefined
    ? found
    : {
        ...found,
        severity: "info",
        confidence: 0.5,
        fix: "print(model.gradient_steps, model.n_envs)  # and progress.csv beside the event file: it has train/n_updates",
        message: `α moves some ${several} times as fast as the logged learning rate of ${say(declared)} takes it at one update a step. Event files of Stable-Baselines3 do not count updates, so about as many gradient steps a step explain it; if gradient_steps is 1, something is wrong (progress.csv has train/n_updates).`,
      };
}

/** No gap is known. Adam cannot have been slower than it takes to cover the distance. */
function byReach(e: Evidence, declared: number): Finding | undefined {
  const form = e.settings.declared.lossForm ?? e.series.usualLossForm ?? "alpha";
  const { logAlpha, updates } = e.rows;
  const printError = printedError(e.rows.alpha);
  const paces = [e.leg, e.speed].flatMap((stretch) => {
    if (!stretch || crosses(e, stretch.from, stretch.to)) return [];
    const span = updates[stretch.to]! - updates[stretch.from]!;
    const distance = logAlpha[stretch.to]! - logAlpha[stretch.from]!;
    const sure = Math.max(0, Math.abs(distance) - 2 * printError) * Math.sign(distance);
    const low = leastLearningRate(sure, form, span);
    return [{ ...stretch, low, value: low, updates: span }];
  });
  const pace = paces.find(
    ({ low, updates: span }) => low >= declared * (span >= UPDATES ? RATIO : SHORT_RATIO),
  );
  return pace && finding(e, declared, pace, "at least, from α alone");
}

function crosses({ rows }: Evidence, from: number, to: number): boolean {
  for (const row of rows.axis.breaks) if (row > from && row <= to) return true;
  return false;
}

function finding(e: Evidence, declared: number, pace: Pace, how: string): Finding {
  const { logAlpha, axis } = e.rows;
  const moved = Math.abs(logAlpha[pace.to]! - logAlpha[pace.from]!);
  const counted = axis.source !== "assumed";
  const several = counted
    ? ""
    : ` That holds for one update per environment step; with ${say(pace.value / declared)} of them the declared rate is right (--updates-per-step).`;
  return {
    id: "alpha-faster-than-declared",
    severity: counted ? "error" : "warning",
    confidence: counted ? 0.95 : 0.75,
    steps: stepsOf(e, pace.from, pace.to),
    evidence: numbers({
      declaredLearningRate: declared,
      effectiveLearningRate: pace.value,
      effectiveLearningRateLow: pace.low,
      effectiveLearningRateHigh: pace.high,
      ratio: pace.value / declared,
      efolds: moved,
      updates: pace.updates,
    }),
    message: `log α moved ${say(moved)} e-folds within ${say(pace.updates)} updates (${axis.perStep.assumption}). That takes a learning rate of ${say(pace.value)} (${how}), ${say(pace.value / declared)} times the declared ${say(declared)}.${several}`,
    ...checks(declared),
  };
}

/** Ten printed episodes carry a verdict if no usual length of an episode makes them possible. */
function byEpisodes(e: Evidence, declared: number): Finding | undefined {
  const { rows, leg } = e;
  if (!leg || leg.to - leg.from < 2 || leg.efolds < 1) return undefined;
  const form = e.form?.form ?? e.settings.declared.lossForm ?? e.series.usualLossForm ?? "alpha";
  const episodes = rows.step[leg.to]! - rows.step[leg.from]! || leg.to - leg.from;
  const distance = rows.logAlpha[leg.to]! - rows.logAlpha[leg.from]!;
  const rateAt = (length: number) => leastLearningRate(distance, form, episodes * length);
  if (rateAt(USUAL_EPISODE) < RATIO * declared) return undefined;
  const certain = rateAt(EPISODE[1]) >= RATIO * declared;
  const needed = (rateAt(USUAL_EPISODE) / declared) * USUAL_EPISODE;
  return {
    id: "alpha-faster-than-declared",
    severity: certain ? "error" : "warning",
    confidence: certain ? 0.9 : 0.7,
    steps: stepsOf(e, leg.from, leg.to),
    evidence: numbers({
      declaredLearningRate: declared,
      effectiveLearningRateLow: rateAt(EPISODE[1]),
      effectiveLearningRateHigh: rateAt(EPISODE[0]),
      efolds: leg.efolds,
      rows: episodes,
      stepsPerEpisodeNeeded: needed,
    }),
    message: `log α moved ${say(leg.efolds)} e-folds in ${say(episodes)} episodes. At the declared ${say(declared)} that takes ${say(leg.efolds / declared)} updates, so episodes of ${say(needed)} steps; with ${EPISODE[0]} to ${say(EPISODE[1])} steps an episode, at one update a step, the learning rate in use is ${say(rateAt(EPISODE[0]))} down to ${say(rateAt(EPISODE[1]))}. Give --steps-per-episode to settle it.`,
    ...checks(declared),
  };
}

function checks(declared: number): Pick<Finding, "fix" | "reference" | "suggestion"> {
  return {
    fix:
      "# 1. count the updates: several gradient steps per environment step?\n" +
      "# 2. is log α optimised, and not α itself?\n" +
      `# 3. by Adam at this rate? torch.optim.Adam([log_alpha], lr=${declared})\n` +
      "# 4. where does α start? print(log_alpha.exp()) before the first update",
    reference: "docs/temperature.md, how fast Adam moves log α",
    suggestion: { alphaLearningRate: declared },
  };
}
