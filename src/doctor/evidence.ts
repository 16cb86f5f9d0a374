// Everything the rules may look at, worked out once per run: the rows that speak about α, the gap behind them, and
// the estimates. Rules read it and compute nothing that two of them need.

import type { DeclaredSettings, LossForm, Series } from "../runs/series.ts";
import { reachOf } from "./estimators/adam-speed.ts";
import { type AlphaSpeed, alphaSpeed } from "./estimators/alpha-speed.ts";
import { type Climb, climbOf } from "./estimators/climb.ts";
import { type Descent, descentOf } from "./estimators/descent.ts";
import { bestFit, type EffectiveLearningRate, rateOf } from "./estimators/effective-learning-rate.ts";
import { type EffectiveTarget, effectiveTarget, impliedActionDim } from "./estimators/effective-target.ts";
import { environmentsOf } from "./estimators/environments-side-by-side.ts";
import { firstGap, type Gap, gapFromEntropy, gapFromLoss } from "./estimators/gap.ts";
import { heldEntropy } from "./estimators/held-entropy.ts";
import { type IdentityFit, identityFits } from "./estimators/identity.ts";
import { type Leg, lastLeg } from "./estimators/leg.ts";
import { type LossFormEstimate, lossForm } from "./estimators/loss-form.ts";
import { type RawFit, rawFit } from "./estimators/optimised-parameter.ts";
import { type Plateau, plateaus } from "./estimators/plateaus.ts";
import { type Reset, resets } from "./estimators/resets.ts";
import { type Returns, returnsOf } from "./estimators/returns.ts";
import type { Estimate } from "./finding.ts";
import { type Rows, rowsOf } from "./rows.ts";
import { type Settings, settingsOf, UNTRAINED_ENTROPY } from "./settings.ts";
import { printedError } from "./statistics/printed.ts";
import { median } from "./statistics/quantiles.ts";

/** What can be measured in a run's log; what cannot is undefined. Entropies in nats. */
export interface Evidence {
  readonly series: Series;
  readonly settings: Settings;
  readonly rows: Rows;
  /** Updates from the first row to the last. */
  readonly updates: number;
  readonly entropy: Float64Array | undefined;
  /** Target of each row: logged, else declared; undefined where neither is. */
  readonly target: Float64Array | undefined;
  readonly form: LossFormEstimate | undefined;
  /** What α descends: from its loss. */
  readonly lossGap: Gap | undefined;
  /** Logged entropy minus logged or declared target. */
  readonly loggedGap: Gap | undefined;
  /** The gap to reason with: from the loss, else from the logged entropy. */
  readonly gap: Gap | undefined;
  readonly firstGap: Estimate | undefined;
  readonly identity: readonly IdentityFit[];
  readonly effectiveTarget: EffectiveTarget | undefined;
  /** Where only the entropy is logged: the one that α holds. */
  readonly held: Estimate | undefined;
  /** By replaying Adam on the gap. */
  readonly replayed: EffectiveLearningRate | undefined;
  /** How well α itself, instead of log α, explains the path as Adam's parameter. */
  readonly raw: RawFit | undefined;
  /** From α alone. */
  readonly speed: AlphaSpeed | undefined;
  /** The learning rate to reckon with: replayed, else declared, else from α alone, else 3e-4. */
  readonly learningRate: number;
  readonly leg: Leg | undefined;
  /** The last leg, where it rises with the gap below zero all the way. */
  readonly climb: Climb | undefined;
  /** The last leg, where it falls since the log began and the gap is not closed. */
  readonly descent: Descent | undefined;
  readonly resets: readonly Reset[];
  readonly plateaus: readonly Plateau[];
  readonly returns: Returns | undefined;
  /** |Q| (or |actor loss|) row by row. */
  readonly value: Float64Array | undefined;
  /**
   * Action dimensions: known, or those that the first gap speaks for; 1 where nothing does. For thresholds only, and so
   * a third of log n for n discrete actions, whose entropies are as much smaller.
   */
  readonly dimensions: number;
  /** Action dimensions that the untrained policy's entropy, or else the first gap, speaks for. */
  readonly impliedDim: number | undefined;
}

const USUAL_LEARNING_RATE = 3e-4;
/** The fastest in common use: what α may have where nobody says. */
const FAST_LEARNING_RATE = 1e-3;
/** Residual over movement at which log α is Adam's parameter beyond doubt. */
const WELL_EXPLAINED = 0.01;

/**
 * Measures everything that rules look at.
 * @param declared settings that the log does not say itself
 */
export function evidenceOf(series: Series, declared: DeclaredSettings = {}): Evidence {
  const evidence = weigh(series, declared);
  const environments = environmentsOf(evidence);
  return environments === undefined ? evidence : weigh(series, declared, environments);
}

/** @param environments stepped side by side, one update for all of them */
function weigh(series: Series, declared: DeclaredSettings, environments?: number): Evidence {
  const settings = settingsOf(
    series,
    environments === undefined ? declared : { ...declared, updatesPerStep: 1 / environments },
  );
  const rows = withAssumption(rowsOf(series, settings), environments);
  const entropy = rows.column("entropy");
  const target = targetOf(rows, settings);
  const loss = rows.column("alphaLoss");
  const usualForm = settings.declared.lossForm ?? series.usualLossForm;
  const form = loss && lossForm({ ...rows, loss, entropy, declared: usualForm });
  const lossGap = loss && form && gapFromLoss(form.form, loss, rows.alpha, rows.logAlpha);
  const loggedGap = entropy && target && gapFromEntropy(entropy, target);
  const gap = lossGap ?? loggedGap;
  const first = gap && rows.fromStart ? firstGap(gap, rows.updates) : undefined;
  const identity = lossGap && entropy ? identityFits(lossGap.values, steadied(entropy, target)) : [];
  const firstEntropy = entropy && rows.fromStart ? median(entropy.slice(0, 5)) : undefined;
  const impliedDim = impliedActionDim(first, firstEntropy);
  const noise = gap && Math.max(gap.noise, batchNoise(gap, dimensionsOf(settings, impliedDim)));
  const { breaks } = rows.axis;
  const anyForm = form?.form ?? usualForm ?? "log-alpha";
  const speed = alphaSpeed(rows.updates, rows.logAlpha, anyForm, 2000, breaks);
  const counted = rows.axis.source !== "unknown";
  const fitTo = (row: number) =>
    gap && counted
      ? bestFit({
          form: anyForm,
          updates: rows.updates.subarray(0, row),
          logAlpha: rows.logAlpha.subarray(0, row),
          gap: gap.smooth.subarray(0, row),
          noise: noise!,
          breaks,
          printError: printedError(rows.alpha),
        })
      : undefined;
  const fit = fitTo(rows.length);
  const whole = fit && rateOf(fit);
  const fastest = Math.max(settings.fastestLearningRate ?? FAST_LEARNING_RATE, whole?.high ?? 0);
  const found = resets({
    updates: rows.updates,
    logAlpha: rows.logAlpha,
    initialAlpha: settings.declared.initialAlpha,
    known: settings.declared.alphaLearningRate !== undefined,
    reach: (updates) =>
      counted ? reachOf(fastest, form?.form ?? usualForm ?? "alpha", "either", updates) : 0,
    breaks,
    fromStart: rows.fromStart,
  });
  const before = found.length > 0 ? fitTo(found[0]!.row) : undefined;
  const replayed = found.length > 0 ? before && rateOf(before) : whole;
  const { updates, logAlpha } = rows;
  const held = gap ? undefined : heldEntropy({ updates, logAlpha, entropy, speed });
  const leg = lastLeg(rows.updates, rows.logAlpha);
  const positive = (x: number | undefined) =>
    x !== undefined && x > 0 && Number.isFinite(x) ? x : undefined;
  const learningRate =
    positive(replayed?.value) ??
    positive(counted ? settings.declared.alphaLearningRate : undefined) ??
    positive(speed?.learningRate.value) ??
    USUAL_LEARNING_RATE;
  return {
    series,
    settings,
    rows,
    updates: rows.length === 0 ? 0 : rows.updates[rows.length - 1]! - rows.updates[0]!,
    entropy,
    target,
    form,
    lossGap,
    loggedGap,
    gap,
    firstGap: first,
    identity,
    effectiveTarget: effectiveTarget(identity, first, settings, impliedDim),
    held,
    replayed,
    raw:
      counted && !((fit?.unexplained ?? 1) < WELL_EXPLAINED)
        ? rawOf(rows, loss, loggedGap, gap, anyForm, noise ?? 0)
        : undefined,
    speed,
    learningRate,
    leg,
    climb: climbOf(leg, gap, rows.updates, rows.logAlpha),
    descent: held ? undefined : descentOf(leg, gap, rows.updates),
    resets: found,
    plateaus: plateaus(rows.alpha, rows.updates, Math.abs(speed?.slope ?? 0), settings.declared),
    returns: returnsOf(series),
    value: (rows.column("q") ?? rows.column("actorLoss"))?.map(Math.abs),
    dimensions: dimensionsOf(settings, impliedDim),
    impliedDim,
  };
}

/** Standard deviation of the entropy of one batch of 256, nats per √dimension. */
const BATCH_NOISE = 0.04;

/** What α's optimiser sees at least, even where the log's rows are means over many batches. */
function batchNoise({ smooth }: Gap, dimensions: number): number {
  const widest = smooth.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  return BATCH_NOISE * Math.sqrt(Math.max(dimensions, widest / (1 + UNTRAINED_ENTROPY)));
}

function withAssumption(rows: Rows, environments: number | undefined): Rows {
  if (environments === undefined) return rows;
  const assumption = `one update for ${environments} environments side by side: α moves at the logged learning rate then`;
  return {
    ...rows,
    axis: { ...rows.axis, source: "assumed", perStep: { ...rows.axis.perStep, assumption } },
  };
}

function dimensionsOf({ actionDim, discreteActions }: Settings, impliedDim: number | undefined): number {
  return discreteActions === undefined ? (actionDim ?? impliedDim ?? 1) : Math.log(discreteActions) / 3;
}

function rawOf(
  rows: Rows,
  loss: Float64Array | undefined,
  loggedGap: Gap | undefined,
  gap: Gap | undefined,
  form: LossForm,
  least: number,
): RawFit | undefined {
  const own = loggedGap ?? (loss && gapFromLoss("alpha", loss, rows.alpha, rows.logAlpha));
  if (!own || !gap || rows.length < 8) return undefined;
  const { updates, alpha, logAlpha, axis } = rows;
  // Few rows are too far apart to be smoothed.
  const of = ({ smooth, values }: Gap) => (rows.length < 100 ? values : smooth);
  const usual = {
    form,
    updates,
    logAlpha,
    gap: of(gap),
    noise: Math.max(gap.noise, least),
    breaks: axis.breaks,
  };
  const rawNoise = Math.max(own.noise, least);
  return rawFit({ updates, alpha, logAlpha, rawGap: of(own), rawNoise, usual });
}

function targetOf(rows: Rows, settings: Settings): Float64Array | undefined {
  const logged = rows.column("targetEntropy");
  if (logged) {
    const usual = median(logged);
    return logged.map((x) => (Number.isFinite(x) ? x : usual));
  }
  const { targetEntropy } = settings;
  return targetEntropy === undefined ? undefined : new Float64Array(rows.length).fill(targetEntropy);
}

/** The entropy as it would be if a scheduled target stood still: its movement moves the gap, too. */
function steadied(entropy: Float64Array, target: Float64Array | undefined): Float64Array {
  if (!target) return entropy;
  const usual = median(target);
  return entropy.map((h, i) => h - (target[i]! - usual));
}

/** The log's steps of two rows, as a finding's `steps`. */
export function stepsOf({ rows }: Evidence, from: number, to: number): [number, number] {
  return [rows.step[from] ?? 0, rows.step[to] ?? 0];
}
