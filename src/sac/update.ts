// One SAC update, in the order in which it happens: critics, actor, targets, each a pure function of the graph's tensors.
// The temperature's own step follows from the entropy that the graph reports (sac/temperature.ts): α enters here as a
// number, and the critic target and the actor loss both use its value from before that step.
// Haarnoja et al. 2018, arXiv 1812.05905.

import {
  add,
  defineGraph,
  type Graph,
  mean,
  multiply,
  square,
  step,
  stopGradient,
  subtract,
  type Tensor,
} from "../graph/index.ts";
import { categorical } from "./categorical.ts";
import { type ActionKind, type Applied, drawnFrom } from "./decision.ts";
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

/** Shards of a graph whose losses are means over the batch; one that was replaced need not be. */
function shardOf(spec: UpdateSpec, parts: UpdateParts, graphOf: (spec: UpdateSpec) => Graph): Graph["shard"] {
  if (parts !== standardParts) return undefined;
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
function updateCritics(
  { actions, actor, critics, targets, quantiles }: Model,
  batch: BatchTensors,
  parts: UpdateParts,
) {
  const { observation, action, reward, nextObservation, discount, nextNoise, alpha, adam } = batch;
  const next = actions.decide(actor.apply([nextObservation]), nextNoise);
  const each = targets.map((target, i) =>
    batch.unlessExcluded(next.valueIn(nextObservation, dropped(target, "next", batch)), i),
  );
  const targetQ = quantiles ? [truncated(each, quantiles)] : each;
  const { logProb: nextLogProb, expect } = next;
  const y = parts.criticTarget({ reward, discount, targetQ, alpha, nextLogProb, expect });
  const q = critics.map((critic) =>
    actions.valueOfTaken(observation, action, dropped(critic, "taken", batch)),
  );
  const criticLoss = quantiles ? quantileLoss(q, stopGradient(y)) : parts.criticLoss(q, stopGradient(y));
  return {
    critics: critics.map((critic) => critic.descend(criticLoss, adam)),
    criticLoss,
    qMean: multiply(mean(q.reduce(add)), 1 / q.length),
  };
}

/** The actor follows the critics as they are now, with α as the price of certainty. */
function updateActor(
  { actions, actor, critics, actorValue, quantiles }: Model,
  batch: BatchTensors,
  parts: UpdateParts,
) {
  const { observation, noise, alpha, adam } = batch;
  const { logProb, expect, valueIn, drawn } = actions.decide(actor.apply([observation]), noise);
  const each = critics.map((critic) => {
    const value = valueIn(observation, dropped(critic, "policy", batch));
    return quantiles ? mean(value, [0], true) : value;
  });
  const q = actorValue === "minimum" ? each : [multiply(each.reduce(add), 1 / each.length)];
  const actorLoss = parts.actorLoss({ q, alpha, logProb, expect });
  return {
    actor: actor.descend(actorLoss, adam),
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
