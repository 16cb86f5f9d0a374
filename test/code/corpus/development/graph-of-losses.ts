// One SAC update written as a graph: forward, losses and gradients are built once and run many times.

import { adam } from "./adam";
import { exp, gradients, mean, minimum, mul, scale, softplus, square, stopGradient, sub, sum, add, neg } from "./graph";
import type { Tensor } from "./graph";
import { actorNetwork, criticNetwork, gaussianSample, type Parameters } from "./networks";

export interface UpdateOptions {
  readonly gamma: number;
  readonly actionDim: number;
  readonly learningRate: number;
}

export function sacUpdate(batch: Record<string, Tensor>, parameters: Parameters, options: UpdateOptions) {
  const { observation, action, reward, nextObservation, terminated } = batch;
  const { gamma, actionDim } = options;
  const targetEntropy = -actionDim;
  const logAlpha = parameters.logAlpha;
  const alpha = stopGradient(exp(logAlpha));

  // Critic: y = r + γ (1 − terminated) (min Q̄(s′, a′) − α log π(a′|s′))
  const next = squashed(gaussianSample(actorNetwork(nextObservation, parameters.actor), batch.nextNoise));
  const nextQ = minimum(
    criticNetwork(nextObservation, next.action, parameters.target1),
    criticNetwork(nextObservation, next.action, parameters.target2),
  );
  const nextValue = sub(nextQ, mul(alpha, next.logProb));
  const notTerminated = sub(1, terminated);
  const target = stopGradient(add(reward, scale(mul(notTerminated, nextValue), gamma)));
  const q1 = criticNetwork(observation, action, parameters.critic1);
  const q2 = criticNetwork(observation, action, parameters.critic2);
  const criticLoss = add(scale(mean(square(sub(q1, target))), 0.5), scale(mean(square(sub(q2, target))), 0.5));

  // Actor: minimise E[α log π − min Q]
  const current = squashed(gaussianSample(actorNetwork(observation, parameters.actor), batch.noise));
  const q = minimum(
    criticNetwork(observation, current.action, parameters.critic1),
    criticNetwork(observation, current.action, parameters.critic2),
  );
  const actorLoss = mean(sub(mul(alpha, current.logProb), q));

  // Temperature: J = −log α · (log π + H̄)
  const alphaLoss = neg(mul(logAlpha, mean(stopGradient(add(current.logProb, targetEntropy)))));

  const critics = [...parameters.critic1, ...parameters.critic2];
  return {
    criticLoss,
    actorLoss,
    alphaLoss,
    entropy: neg(mean(current.logProb)),
    updates: [
      ...adam(critics, gradients(criticLoss, critics), options.learningRate),
      ...adam(parameters.actor, gradients(actorLoss, parameters.actor), options.learningRate),
      ...adam([logAlpha], gradients(alphaLoss, [logAlpha]), options.learningRate),
    ],
  };
}

/** tanh of a Gaussian sample, and its log-density: log N(u) − Σ 2 (log 2 − u − softplus(−2u)). */
function squashed({ sample, logDensity }: { sample: Tensor; logDensity: Tensor }) {
  const correction = scale(sub(sub(Math.LN2, sample), softplus(scale(sample, -2))), 2);
  return { action: sample.tanh(), logProb: sub(logDensity, sum(correction, -1)) };
}
