// One SAC update, in the order in which it happens: critics, actor, targets, each a pure function of the graph's tensors.
// The temperature's own step follows from the entropy that the graph reports (sac/temperature.ts): α enters here as a
// number, and the critic target and the actor loss both use its value from before that step.
// Haarnoja et al. 2018, arXiv 1812.05905.

import {
  add,
  concat,
  defineGraph,
  type Graph,
  mean,
  multiply,
  slice,
  square,
  step,
  stopGradient,
  subtract,
  type Tensor,
} from "../graph/index.ts";
import { categorical } from "./categorical.ts";
import { type ActionKind, type Applied, type Decision, drawnFrom } from "./decision.ts";
import { standardParts, type UpdateParts } from "./losses.ts";
import { sacNetworks } from "./networks.ts";
import { entropyOf, squashedGaussian } from "./policy.ts";
import { type Quantiles, quantileLoss, truncated } from "./quantiles.ts";
import { TargetNetwork, TrainedNetwork } from "./trained.ts";
import {
  type BatchTensors,
  batchInputs,
  type MaskUse,
  quantilesOf,
  type UpdateSpec,
} from "./update-inputs.ts";

export type { UpdateSpec } from "./update-inputs.ts";

/** Above this |action| a unit action counts as saturated: pinned at the bounds by tanh. */
export const SATURATED = 0.99;

/**
 * The whole update as a graph. What it takes is told in update-inputs.ts.
 * Outputs, all scalars: `criticLoss`, `actorLoss`, `entropy` (nats, unit actions), `qMean` (over critics and batch, of
 * the actions taken), `actionSaturation` (share of action components with |a| > 0.99; of continuous actions only).
 */
export function sacUpdate(spec: UpdateSpec, parts: UpdateParts = standardParts): Graph {
  const before = modelOf(spec, parts);
  const batch = batchInputs(spec);

  const { critics, ...ofCritics } = updateCritics(before, batch, parts);
  const { actor, ...ofActor } = updateActor({ ...before, critics }, batch, parts);
  const targets = updateTargets(before, critics, spec);

  return defineGraph({
    outputs: { ...ofCritics, ...ofActor },
    updates: Object.assign({}, ...[actor, ...critics, ...targets].map(({ states }) => states)),
    shard: shardOf(spec, parts, sacUpdate),
  });
}

/**
 * The same update as two graphs, for an actor that moves less often than the critics: the first moves critics and targets, the
 * second the actor by the critics as they are then.
 */
export function splitUpdate(
  spec: UpdateSpec,
  parts: UpdateParts = standardParts,
): { critics: Graph; actor: Graph } {
  const before = modelOf(spec, parts);
  const batch = batchInputs(spec);
  const { critics, ...ofCritics } = updateCritics(before, batch, parts);
  const targets = updateTargets(before, critics, spec);
  const { actor, ...ofActor } = updateActor(before, batch, parts);
  return {
    critics: defineGraph({
      outputs: ofCritics,
      updates: Object.assign({}, ...[...critics, ...targets].map(({ states }) => states)),
      shard: shardOf(spec, parts, (part) => splitUpdate(part).critics),
    }),
    actor: defineGraph({
      outputs: ofActor,
      updates: actor.states,
      shard: shardOf(spec, parts, (part) => splitUpdate(part).actor),
    }),
  };
}

/**
 * Shards of a graph whose losses are means over the batch; one that was replaced need not be, and batch renorm takes statistics
 * of the whole batch.
 */
function shardOf(spec: UpdateSpec, parts: UpdateParts, graphOf: (spec: UpdateSpec) => Graph): Graph["shard"] {
  if (parts !== standardParts || spec.batchRenorm) return undefined;
  return (count) => {
    const batchSize = spec.batchSize / count;
    return Number.isInteger(batchSize) ? graphOf({ ...spec, batchSize }) : undefined;
  };
}

interface Model {
  readonly actions: ActionKind;
  readonly actor: TrainedNetwork;
  readonly critics: readonly TrainedNetwork[];
  readonly targets: readonly TargetNetwork[];
  /** What the actor takes for Q: the least of all critics, or their mean. */
  readonly actorValue: NonNullable<UpdateSpec["actorValue"]>;
  /** Where critics give quantiles of the return. */
  readonly quantiles: Quantiles | undefined;
}

function modelOf(spec: UpdateSpec, parts: UpdateParts): Model {
  const networks = sacNetworks(spec);
  return {
    actions: spec.choices
      ? categorical(spec.choices)
      : drawnFrom(squashedGaussian(spec.actionSize, parts.logProb)),
    actor: TrainedNetwork.of(networks.actor),
    critics: networks.critics.map(TrainedNetwork.of),
    targets: networks.targets.map(TargetNetwork.of),
    actorValue: spec.actorValue ?? "minimum",
    quantiles: quantilesOf(spec),
  };
}

/** The critics fit y, made from the target critics and an action drawn at the next state. */
function updateCritics(model: Model, batch: BatchTensors, parts: UpdateParts) {
  const { actions, actor, quantiles } = model;
  const { observation, action, reward, nextObservation, discount, nextNoise, alpha, adam } = batch;
  const next = actions.decide(actor.apply([nextObservation]), nextNoise);
  const critics = model.targets.length > 0 ? withTargets(model, batch) : inOnePass(model, batch, next);
  const each = critics.map(({ atNext }, i) => batch.unlessExcluded(next.valueIn(nextObservation, atNext), i));
  const targetQ = quantiles ? [truncated(each, quantiles)] : each;
  const { logProb: nextLogProb, expect } = next;
  const y = parts.criticTarget({ reward, discount, targetQ, alpha, nextLogProb, expect });
  const q = critics.map(({ atTaken }) => actions.valueOfTaken(observation, action, atTaken));
  const criticLoss = quantiles ? quantileLoss(q, stopGradient(y)) : parts.criticLoss(q, stopGradient(y));
  return {
    critics: critics.map(({ after }) => after().descend(criticLoss, adam)),
    criticLoss,
    qMean: multiply(mean(q.reduce(add)), 1 / q.length),
  };
}

/** A critic at what was done and, itself or its target, at what the policy does next. */
interface CriticInUse {
  readonly atTaken: Applied;
  readonly atNext: Applied;
  /** The critic before its step. */
  after(): TrainedNetwork;
}

function withTargets({ critics, targets }: Model, batch: BatchTensors): CriticInUse[] {
  return critics.map((critic, i) => ({
    atTaken: dropped(critic, "taken", batch),
    atNext: dropped(targets[i]!, "next", batch),
    after: () => critic,
  }));
}

/**
 * CrossQ (Bhatt et al. 2024, arXiv 1902.05605): critics are their own targets. What was done and what the policy does next go
 * through them as one batch, so that both are normalized by the statistics of their mixture.
 */
function inOnePass({ critics }: Model, batch: BatchTensors, { drawn }: Decision): CriticInUse[] {
  const { observation, action, nextObservation, warm } = batch;
  const both = (taken: Tensor, next: Tensor) => concat([taken, next], 0);
  const x = [both(observation, nextObservation), ...(drawn ? [both(action, drawn)] : [])];
  const rows = observation.shape[0]!;
  return critics.map((critic) => {
    const { applied, after } = critic.inTraining(warm, (name, layer, units) =>
      both(batch.mask("taken", name, layer, units), batch.mask("next", name, layer, units)),
    );
    const apply = once(() => applied.apply(x));
    const applyRows = once(() => applied.applyRows(x));
    const half = (start: number): Applied => ({
      apply: () => slice(apply(), 0, start, start + rows),
      applyRows: () => slice(applyRows(), 1, start, start + rows),
    });
    return { atTaken: half(0), atNext: half(rows), after };
  });
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The actor follows the critics as they are now, with α as the price of certainty. */
function updateActor(
  { actions, actor, critics, actorValue, quantiles }: Model,
  batch: BatchTensors,
  parts: UpdateParts,
) {
  const { observation, noise, alpha, adam, warm } = batch;
  const { applied, after } = actor.inTraining(warm);
  const { logProb, expect, valueIn, drawn } = actions.decide(applied.apply([observation]), noise);
  const each = critics.map((critic) => {
    const value = valueIn(observation, dropped(critic, "policy", batch));
    return quantiles ? mean(value, [0], true) : value;
  });
  const q = actorValue === "minimum" ? each : [multiply(each.reduce(add), 1 / each.length)];
  const actorLoss = parts.actorLoss({ q, alpha, logProb, expect });
  return {
    actor: after().descend(actorLoss, adam),
    actorLoss,
    entropy: entropyOf(expect(logProb)),
    ...(drawn && { actionSaturation: mean(step(subtract(square(drawn), SATURATED ** 2))) }),
  };
}

function updateTargets({ targets }: Model, critics: readonly TrainedNetwork[], { tau }: UpdateSpec) {
  return targets.map((target, i) => target.towards(critics[i]!, tau));
}

/** The network with units left out, where it has dropout. */
function dropped(
  network: TrainedNetwork | TargetNetwork,
  use: MaskUse,
  { mask }: { mask(use: MaskUse, network: string, layer: number, units: number): Tensor },
): Applied {
  return network.dropping((name, layer, units) => mask(use, name, layer, units));
}
