// The guard of envs that step together: an error says which of them it was.

import { isFiniteReward, isInside, observationFaults, rewardFaults } from "../answers.ts";
import type { Env } from "../env.ts";
import type { BoxSpace, Space } from "../spaces.ts";
import { type EnvState, isStateful, type Stateful, stateful, stateLike, stateOf } from "../stateful.ts";
import { StepCounter } from "../step-counter.ts";
import {
  type AutoresetMode,
  isVectorEnv,
  rowsOf,
  type VectorEnv,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from "../vector/vector-env.ts";
import { Guard } from "./guard.ts";

/**
 * `guard(env)` is `env`, or the vector env, with its answers checked.
 * @throws (from reset and step) EnvError (ENV_VALUE), or (ENV_THROWN) where the env throws what is no error
 */
export function guard(env: Env): Guard;
export function guard(env: VectorEnv): GuardVector;
export function guard(env: Env | VectorEnv): Guard | GuardVector;
export function guard(env: Env | VectorEnv): Guard | GuardVector {
  return isVectorEnv(env) ? new GuardVector(env) : new Guard(env);
}

/** `Guard` of envs that step together. */
export class GuardVector implements VectorEnv, Stateful {
  readonly id: string;
  readonly count: number;
  readonly observationSpace: BoxSpace;
  readonly observationNames: readonly string[] | undefined;
  readonly actionSpace: Space;
  readonly autoreset: AutoresetMode;
  private readonly env: VectorEnv;
  private readonly counters: readonly StepCounter[];

  constructor(env: VectorEnv) {
    this.env = env;
    this.id = env.id;
    this.count = env.count;
    this.observationSpace = env.observationSpace;
    this.observationNames = env.observationNames;
    this.actionSpace = env.actionSpace;
    this.autoreset = env.autoreset;
    this.counters = Array.from({ length: env.count }, (_, i) => new StepCounter(`${env.id}, env ${i}`));
  }

  /** Begins episodes; what they give is checked. */
  async reset(options: VectorResetOptions = {}): Promise<VectorResetResult> {
    const result = await this.env.reset(options);
    const rows = rowsOf(result.observations, this.count);
    this.counters.forEach((counter, i) => {
      if ((options.mask && !options.mask[i]) || result.absent?.[i] === 1) return;
      counter.reset();
      this.check(counter, rows[i]!);
    });
    return result;
  }

  /** One step of each; what they give is checked. */
  async step(actions: ArrayLike<number>): Promise<VectorStepResult> {
    const result = await this.env.step(actions);
    const rows = rowsOf(result.observations, this.count);
    this.counters.forEach((counter, i) => {
      const final = this.autoreset === "same-step" ? result.infos[i]!.final_obs : undefined;
      const reward = result.rewards[i]!;
      if (result.absent?.[i] === 1) return;
      if (result.wasReset[i] === 1) counter.reset();
      else counter.step();
      if (final !== undefined) {
        this.check(counter, final as Float64Array, reward);
        counter.reset();
        this.check(counter, rows[i]!);
      } else {
        this.check(counter, rows[i]!, reward);
      }
    });
    return result;
  }

  get canRestore(): boolean {
    return isStateful(this.env);
  }

  state(): EnvState {
    return { ...this.ownState(), inner: stateful(this.env).state() };
  }

  async restore(state: EnvState): Promise<void> {
    const { counters } = stateLike(this.ownState(), state);
    await stateful(this.env).restore(state.inner as EnvState);
    this.counters.forEach((counter, i) => {
      counter.restore(counters[i]!);
    });
  }

  /** Closes the environments. */
  close(): Promise<void> {
    return this.env.close();
  }

  private check(counter: StepCounter, observation: Float32Array | Float64Array, reward = 0): void {
    const space = this.observationSpace;
    const hasSize = observation.length === space.low.length;
    if (hasSize && isInside(space, observation) && isFiniteReward(reward)) return;
    counter.stop([...observationFaults(space, observation), ...rewardFaults(reward)]);
  }

  private ownState() {
    return stateOf(this.id, { counters: this.counters.map((counter) => counter.state()) });
  }
}
