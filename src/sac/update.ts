// One SAC update, in the order in which it happens: critics, actor, targets, each a pure function of the graph's tensors.
// The temperature's own step follows from the entropy that the graph reports (sac/temperature.ts): α enters here as a
// number, and the critic target and the actor loss both use its value from before that step.
// Haarnoja et al. 2018, arXiv 1812.05905.

import {
  type AdamScalars,
  add,
  defineGraph,
  type Graph,
  input,
  mean,
  multiply,
  square,
  step,
  stopGradient,
  subtract,
  type Tensor,
} from "../graph/index.ts";
import { standardParts, type UpdateParts } from "./losses.ts";
import { type NetworksSpec, sacNetworks } from "./networks.ts";
import { entropyOf, type PolicyHead, squashedGaussian } from "./policy.ts";
import { TargetNetwork, TrainedNetwork } from "./trained.ts";

export interface UpdateSpec extends NetworksSpec {
  readonly batchSize: number;
  /** Share of the critics that flows into the targets at each update. */
  readonly tau: number;
}

/** Above this |action| a unit action counts as saturated: pinned at the bounds by tanh. */
export const SATURATED = 0.99;

/**
 * The whole update as a graph.
 *
 * Inputs: `observation`, `nextObservation` [batch, observations]; `action` [batch, actions] in unit actions;
 * `reward`, `discount` [1, batch]; `noise`, `nextNoise` [batch, actions], standard normal; and the scalars `alpha`,
 * `stepSize` and `epsilon` (see `adamStep`).
 * Outputs, all scalars: `criticLoss`, `actorLoss`, `entropy` (nats, unit actions), `qMean` (over critics and batch),
 * `actionSaturation` (share of action components with |a| > 0.99).
 */
export function sacUpdate(spec: UpdateSpec, parts: UpdateParts = standardParts): Graph {
  // A loss that was replaced need not be a mean over the batch.
  const shard = parts === standardParts ? (count: number) => shardOf(spec, count) : undefined;
  const networks = sacNetworks(spec);
  const before: Model = {
    head: squashedGaussian(spec.actionSize, parts.logProb),
    actor: TrainedNetwork.of(networks.actor),
    critics: networks.critics.map(TrainedNetwork.of),
    targets: networks.targets.map(TargetNetwork.of),
  };
  const batch = batchInputs(spec);

  const { critics, ...ofCritics } = updateCritics(before, batch, parts);
  const { actor, ...ofActor } = updateActor({ ...before, critics }, batch, parts);
  const targets = before.targets.map((target, i) => target.towards(critics[i]!, spec.tau));

  return defineGraph({
    outputs: { ...ofCritics, ...ofActor },
    updates: Object.assign({}, ...[actor, ...critics, ...targets].map(({ states }) => states)),
    shard,
  });
}

function shardOf(spec: UpdateSpec, parts: number): Graph | undefined {
  const batchSize = spec.batchSize / parts;
  return Number.isInteger(batchSize) ? sacUpdate({ ...spec, batchSize }) : undefined;
}

interface Model {
  readonly head: PolicyHead;
  readonly actor: TrainedNetwork;
  readonly critics: readonly TrainedNetwork[];
  readonly targets: readonly TargetNetwork[];
}

/** The critics fit y, made from the target critics and an action drawn at the next state. */
function updateCritics({ head, actor, critics, targets }: Model, batch: BatchTensors, parts: UpdateParts) {
  const { observation, action, reward, nextObservation, discount, nextNoise, alpha, adam } = batch;
  const next = head.sample(actor.apply([nextObservation]), nextNoise);
  const targetQ = targets.map((target) => target.applyRows([nextObservation, next.action]));
  const y = parts.criticTarget({ reward, discount, targetQ, alpha, nextLogProb: next.logProb });
  const q = critics.map((critic) => critic.applyRows([observation, action]));
  const criticLoss = parts.criticLoss(q, stopGradient(y));
  return {
    critics: critics.map((critic) => critic.descend(criticLoss, adam)),
    criticLoss,
    qMean: multiply(mean(q.reduce(add)), 1 / q.length),
  };
}

/** The actor follows the critics as they are now, with α as the price of certainty. */
function updateActor({ head, actor, critics }: Model, batch: BatchTensors, parts: UpdateParts) {
  const { observation, noise, alpha, adam } = batch;
  const { action, logProb } = head.sample(actor.apply([observation]), noise);
  const q = critics.map((critic) => critic.applyRows([observation, action]));
  const actorLoss = parts.actorLoss({ q, alpha, logProb });
  return {
    actor: actor.descend(actorLoss, adam),
    actorLoss,
    entropy: entropyOf(logProb),
    actionSaturation: mean(step(subtract(square(action), SATURATED ** 2))),
  };
}

type BatchTensors = ReturnType<typeof batchInputs>;

function batchInputs({ batchSize, observationSize, actionSize }: UpdateSpec) {
  const rows = (name: string, size: number): Tensor => input(name, [batchSize, size]);
  const adam: AdamScalars = { stepSize: input("stepSize", []), epsilon: input("epsilon", []) };
  return {
    observation: rows("observation", observationSize),
    action: rows("action", actionSize),
    reward: input("reward", [1, batchSize]),
    nextObservation: rows("nextObservation", observationSize),
    discount: input("discount", [1, batchSize]),
    noise: rows("noise", actionSize),
    nextNoise: rows("nextNoise", actionSize),
    alpha: input("alpha", []),
    adam,
  };
}
