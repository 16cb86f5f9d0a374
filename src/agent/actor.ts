// The learner's policy as the agent uses it: observations as the environment gives them go in, actions come out.

import { describe } from "../envs/describe.ts";
import { TemperedError } from "../errors.ts";
import type { RandomStream } from "../random/index.ts";
import { ActingPolicy } from "./acting.ts";
import { type ActionScale, toEnvironment } from "./action-scale.ts";
import type { Learner } from "./learner.ts";
import type { ObservationNormalizer } from "./observation-normalizer.ts";

export interface PredictOptions {
  /** tanh(μ), or the likeliest of discrete actions, instead of a draw. Default false. */
  readonly deterministic?: boolean;
}

export class Actor {
  private readonly learner: Learner;
  private readonly scale: ActionScale;
  private readonly normalizer: ObservationNormalizer | undefined;
  private readonly policy: ActingPolicy;
  private readonly noise: Float32Array;
  /** What the policy sees. */
  private readonly observed: Float32Array;

  /** @param normalizer where observations are normalized before the policy sees them */
  constructor(learner: Learner, scale: ActionScale, normalizer: ObservationNormalizer | undefined) {
    const { actor } = learner.networks;
    this.learner = learner;
    this.scale = scale;
    this.normalizer = normalizer;
    this.policy = new ActingPolicy(actor);
    this.noise = new Float32Array(scale.size);
    this.observed = new Float32Array(actor.spec.inputSize);
  }

  /**
   * Writes a unit action into `unitAction`.
   * @param random what to draw from; without it the action is tanh(μ), or the likeliest of discrete ones
   */
  act(observation: ArrayLike<number>, unitAction: Float32Array, random?: RandomStream): void {
    const { choices } = this.scale;
    this.normalizer?.normalize(observation, this.observed);
    const observed = this.normalizer ? this.observed : observation;
    const blocks = this.learner.actorBlocks();
    if (choices) return this.policy.choose(blocks, observed, choices, unitAction, random);
    random?.fillNormal(this.noise);
    this.policy.act(blocks, observed, unitAction, random && this.noise);
  }

  /**
   * An action in the environment's units, or one for each observation of a batch.
   * @throws TemperedError (OBSERVATION) for an observation of the wrong length, or with what is no finite number
   */
  environmentAction(
    observation: ArrayLike<number> | readonly ArrayLike<number>[],
    random?: RandomStream,
  ): number[] | number[][] {
    if (isBatch(observation)) return observation.map((row) => this.oneAction(row, random));
    return this.oneAction(observation, random);
  }

  private oneAction(observation: ArrayLike<number>, random?: RandomStream): number[] {
    const expected = this.observed.length;
    if (observation?.length !== expected) {
      const got = observation?.length;
      const several = got > expected && got % expected === 0;
      throw new TemperedError(
        "OBSERVATION",
        `Expected an observation of ${expected} numbers, got ${got ?? describe(observation)}` +
          (several ? `; for ${got / expected} observations at once, pass an array of them` : ""),
      );
    }
    for (let i = 0; i < expected; i++) {
      if (Number.isFinite(observation[i])) continue;
      throw new TemperedError(
        "OBSERVATION",
        `Expected an observation of finite numbers, got ${describe(observation[i])} as number ${i} of ${expected}; ` +
          "look for a division by zero or a missing value in what makes it",
      );
    }
    const unitAction = new Float32Array(this.scale.size);
    this.act(observation, unitAction, random);
    const action = new Float64Array(this.scale.size);
    toEnvironment(this.scale, unitAction, action);
    return Array.from(action);
  }
}

function isBatch(
  observation: ArrayLike<number> | readonly ArrayLike<number>[],
): observation is readonly ArrayLike<number>[] {
  return Array.isArray(observation) && typeof observation[0] === "object";
}
