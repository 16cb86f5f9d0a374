// One SAC update as one graph, in the order in which it happens: critics, actor, targets. The temperature's own step
// follows from the entropy that the graph reports (sac/temperature.ts): α enters here as a number, and the critic
// target and the actor loss both use its value from before that step. Haarnoja et al. 2018, arXiv 1812.05905.

import {
  add,
  defineGraph,
  type Graph,
  gradients,
  input,
  mean,
  minimum,
  multiply,
  square,
  state,
  step,
  stopGradient,
  subtract,
  type Tensor,
} from "../graph/index.ts";
import { type AdamState, adam } from "./adam.ts";
import { forwardRow, type MlpLayout, mlpLayout } from "./network.ts";
import { entropyOf, type LogProb, logProb, sample } from "./policy.ts";

export interface UpdateSpec {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly hidden: readonly number[];
  readonly batchSize: number;
  /** Discount. */
  readonly gamma: number;
  /** Share of the critics that flows into the targets at each update. */
  readonly tau: number;
}

/** The pure functions an update is made of. Each may be replaced: that is how `src/faults` breaks them. */
export interface UpdateParts {
  readonly logProb: LogProb;
  /** y, [1, batch]. @param targetQ the target critics at (s′, a′), each [1, batch] */
  criticTarget(x: {
    reward: Tensor;
    terminated: Tensor;
    gamma: number;
    targetQ: readonly Tensor[];
    alpha: Tensor;
    nextLogProb: Tensor;
  }): Tensor;
  /** @param q each critic at (s, a), [1, batch] @param target y, [1, batch] */
  criticLoss(q: readonly Tensor[], target: Tensor): Tensor;
  /** @param q each critic at (s, a ~ π), [1, batch] */
  actorLoss(x: { q: readonly Tensor[]; alpha: Tensor; logProb: Tensor }): Tensor;
  /** The new target, given the old one and the critic's new parameters. */
  softUpdate(target: Tensor, parameter: Tensor, tau: number): Tensor;
}

export const standardParts: UpdateParts = {
  logProb,

  /** y = r + γ (1 − terminated) (min_i Q̄_i(s′, a′) − α log π(a′|s′)) */
  criticTarget: ({ reward, terminated, gamma, targetQ, alpha, nextLogProb }) => {
    const value = subtract(targetQ.reduce(minimum), multiply(alpha, nextLogProb));
    return add(reward, multiply(multiply(subtract(1, terminated), gamma), value));
  },

  /** ½ Σ_i mean((Q_i − y)²), as Stable-Baselines3 */
  criticLoss: (q, target) => {
    return q.map((prediction) => multiply(mean(square(subtract(prediction, target))), 0.5)).reduce(add);
  },

  /** mean(α log π(a|s) − min_i Q_i(s, a)) */
  actorLoss: ({ q, alpha, logProb }) => mean(subtract(multiply(alpha, logProb), q.reduce(minimum))),

  /** Polyak averaging: θ̄ ← θ̄ + τ (θ − θ̄) */
  softUpdate: (target, parameter, tau) => add(target, multiply(subtract(parameter, target), tau)),
};

export interface UpdateLayouts {
  readonly actor: MlpLayout;
  readonly critics: readonly [MlpLayout, MlpLayout];
  readonly targets: readonly [MlpLayout, MlpLayout];
}

export function updateLayouts({ observationSize, actionSize, hidden }: UpdateSpec): UpdateLayouts {
  const critic = (name: string) =>
    mlpLayout({ name, inputSize: observationSize + actionSize, hidden, outputSize: 1 });
  return {
    actor: mlpLayout({ name: "actor", inputSize: observationSize, hidden, outputSize: 2 * actionSize }),
    critics: [critic("critic1"), critic("critic2")],
    targets: [critic("target1"), critic("target2")],
  };
}

/** Above this |action| a unit action counts as saturated: pinned at the bounds by tanh. */
export const SATURATED = 0.99;

/**
 * The whole update as a graph.
 *
 * Inputs: `observation`, `nextObservation` [batch, observations]; `action` [batch, actions] in unit actions;
 * `reward`, `terminated` [1, batch]; `noise`, `nextNoise` [batch, actions], standard normal; and the scalars `alpha`,
 * `stepSize` and `epsilon` (see `adamStep`).
 * Outputs, all scalars: `criticLoss`, `actorLoss`, `entropy` (nats, unit actions), `q` (mean over critics and batch),
 * `saturation` (share of action components with |a| > 0.99).
 */
export function sacUpdate(spec: UpdateSpec, parts: UpdateParts = standardParts): Graph {
  const { batchSize, observationSize, actionSize, gamma, tau } = spec;
  const layouts = updateLayouts(spec);

  const observation = input("observation", [batchSize, observationSize]);
  const action = input("action", [batchSize, actionSize]);
  const reward = input("reward", [1, batchSize]);
  const nextObservation = input("nextObservation", [batchSize, observationSize]);
  const terminated = input("terminated", [1, batchSize]);
  const noise = input("noise", [batchSize, actionSize]);
  const nextNoise = input("nextNoise", [batchSize, actionSize]);
  const alpha = input("alpha", []);
  const stepSize = input("stepSize", []);
  const epsilon = input("epsilon", []);

  const optimise = (trained: readonly AdamState[], loss: Tensor): AdamState[] => {
    const slopes = gradients(
      loss,
      trained.map(({ parameter }) => parameter),
    );
    return trained.map((block, i) => adam(block, slopes[i]!, stepSize, epsilon));
  };

  const actor = trainable(layouts.actor);
  const critics = layouts.critics.map(trainable);
  const targets = layouts.targets.map(blocksOf);

  // Critics: fit y, made from the target critics and an action drawn at the next state.
  const next = sample(layouts.actor.layers(parametersOf(actor)), nextObservation, nextNoise, parts.logProb);
  const targetQ = targets.map((blocks, i) =>
    forwardRow(layouts.targets[i]!.layers(blocks), [nextObservation, next.action]),
  );
  const y = parts.criticTarget({ reward, terminated, gamma, targetQ, alpha, nextLogProb: next.logProb });
  const q = critics.map((critic, i) =>
    forwardRow(layouts.critics[i]!.layers(parametersOf(critic)), [observation, action]),
  );
  const criticLoss = parts.criticLoss(q, stopGradient(y));
  const newCritics = critics.map((critic) => optimise(critic, criticLoss));

  // Actor: follow the updated critics, with α as the price of certainty.
  const now = sample(layouts.actor.layers(parametersOf(actor)), observation, noise, parts.logProb);
  const newQ = newCritics.map((critic, i) =>
    forwardRow(layouts.critics[i]!.layers(parametersOf(critic)), [observation, now.action]),
  );
  const actorLoss = parts.actorLoss({ q: newQ, alpha, logProb: now.logProb });
  const newActor = optimise(actor, actorLoss);

  // Targets: follow the updated critics slowly.
  const newTargets = targets.map((blocks, i) =>
    blocks.map((target, j) => parts.softUpdate(target, newCritics[i]![j]!.parameter, tau)),
  );

  return defineGraph({
    outputs: {
      criticLoss,
      actorLoss,
      entropy: entropyOf(now.logProb),
      q: multiply(mean(q.reduce(add)), 1 / q.length),
      saturation: mean(step(subtract(square(now.action), SATURATED ** 2))),
    },
    updates: Object.fromEntries([
      ...[layouts.actor, ...layouts.critics].flatMap((layout, i) =>
        named(layout, [newActor, ...newCritics][i]!),
      ),
      ...layouts.targets.flatMap((layout, i) =>
        layout.blocks.map(({ name }, j) => [name, newTargets[i]![j]!]),
      ),
    ]),
  });
}

/** Names of the two moments that Adam keeps for the block `name`. */
export const momentNames = (name: string): readonly [string, string] => [
  `${name}/moment1`,
  `${name}/moment2`,
];

function blocksOf(layout: MlpLayout): Tensor[] {
  return layout.blocks.map(({ name, shape }) => state(name, shape));
}

function trainable(layout: MlpLayout): AdamState[] {
  return blocksOf(layout).map((parameter, i) => {
    const { name, shape } = layout.blocks[i]!;
    const [moment1, moment2] = momentNames(name);
    return { parameter, moment1: state(moment1, shape), moment2: state(moment2, shape) };
  });
}

function parametersOf(blocks: readonly AdamState[]): Tensor[] {
  return blocks.map(({ parameter }) => parameter);
}

function named(layout: MlpLayout, blocks: readonly AdamState[]): [string, Tensor][] {
  return layout.blocks.flatMap(({ name }, i): [string, Tensor][] => {
    const { parameter, moment1, moment2 } = blocks[i]!;
    const [name1, name2] = momentNames(name);
    return [
      [name, parameter],
      [name1, moment1],
      [name2, moment2],
    ];
  });
}
