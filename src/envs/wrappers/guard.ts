// Stops training at the first value that would poison it: a NaN or out-of-space observation, a reward that is no
// finite number. The error names env, step and value; without it a run goes on and every weight turns NaN.

import type { Env, ResetResult, StepResult } from "../env.ts";
import { EnvError } from "../errors.ts";
import { type BoxSpace, firstNotFinite, firstOutside, LARGEST_FLOAT32, type Space } from "../spaces.ts";
import {
  type EnvState,
  isStateful,
  type Stateful,
  type StateParts,
  stateful,
  stateLike,
  stateOf,
} from "../stateful.ts";
import {
  type AutoresetMode,
  isVectorEnv,
  rowsOf,
  type VectorEnv,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from "../vector/vector-env.ts";
import { Wrapper } from "./wrapper.ts";

/** Observations are rounded to float32 on their way: that much beyond a bound, relative to max(1, |bound|), is inside. */
export const BOUND_TOLERANCE = 1e-6;

const FINITE = "a finite number in float32";

/** `guard(env)` is `env`, or the vector env, with its values checked. @throws (from reset and step) EnvError (ENV_VALUE) */
export function guard(env: Env): Guard;
export function guard(env: VectorEnv): GuardVector;
export function guard(env: Env | VectorEnv): Guard | GuardVector;
export function guard(env: Env | VectorEnv): Guard | GuardVector {
  return isVectorEnv(env) ? new GuardVector(env) : new Guard(env);
}

/** Where a value came from: the steps of its env so far. */
class Counter {
  private readonly name: string;
  private steps = 0;
  private episodeSteps = 0;

  constructor(name: string) {
    this.name = name;
  }

  state() {
    return { steps: this.steps, episodeSteps: this.episodeSteps };
  }

  restore({ steps, episodeSteps }: StateParts): void {
    this.steps = steps as number;
    this.episodeSteps = episodeSteps as number;
  }

  reset(): void {
    this.episodeSteps = 0;
  }

  step(): void {
    this.steps++;
    this.episodeSteps++;
  }

  check(space: BoxSpace, observation: Float32Array | Float64Array, reward = 0): void {
    const { low, high } = space;
    if (observation.length !== low.length) {
      this.stop(`an observation of ${low.length} numbers, got ${observation.length}`);
    }
    const i = firstOutside(space, observation, BOUND_TOLERANCE);
    if (i >= 0) {
      this.stop(`observation[${i}] to be a number from ${low[i]} to ${high[i]}, got ${observation[i]}`);
    }
    const j = firstNotFinite(observation);
    if (j >= 0) this.stop(`observation[${j}] to be ${FINITE}, got ${observation[j]}`);
    if (!(Math.abs(reward) <= LARGEST_FLOAT32)) this.stop(`the reward to be ${FINITE}, got ${reward}`);
  }

  private stop(expectedAndGot: string): never {
    const when =
      this.episodeSteps === 0
        ? `reset after step ${this.steps}`
        : `step ${this.steps} (step ${this.episodeSteps} of its episode)`;
    throw new EnvError(
      "ENV_VALUE",
      `${this.name}, ${when}: expected ${expectedAndGot}. Training stopped; correct the env or the bounds of its observationSpace`,
    );
  }
}

export class Guard extends Wrapper {
  private readonly counter = new Counter(this.env.id);

  protected override ownState() {
    return this.counter.state();
  }

  protected override restoreOwn(own: StateParts): void {
    this.counter.restore(own);
  }

  protected override afterReset(result: ResetResult): ResetResult {
    this.counter.reset();
    this.counter.check(this.observationSpace, result.observation);
    return result;
  }

  protected override afterStep(result: StepResult): StepResult {
    this.counter.step();
    this.counter.check(this.observationSpace, result.observation, result.reward);
    return result;
  }
}

/** The same for envs that step together; an error says which of them it was. */
export class GuardVector implements VectorEnv, Stateful {
  readonly id: string;
  readonly count: number;
  readonly observationSpace: BoxSpace;
  readonly actionSpace: Space;
  readonly autoreset: AutoresetMode;
  private readonly env: VectorEnv;
  private readonly counters: readonly Counter[];

  constructor(env: VectorEnv) {
    this.env = env;
    this.id = env.id;
    this.count = env.count;
    this.observationSpace = env.observationSpace;
    this.actionSpace = env.actionSpace;
    this.autoreset = env.autoreset;
    this.counters = Array.from({ length: env.count }, (_, i) => new Counter(`${env.id}, env ${i}`));
  }

  async reset(options: VectorResetOptions = {}): Promise<VectorResetResult> {
    const result = await this.env.reset(options);
    const rows = rowsOf(result.observations, this.count);
    this.counters.forEach((counter, i) => {
      if (options.mask && !options.mask[i]) return;
      counter.reset();
      counter.check(this.observationSpace, rows[i]!);
    });
    return result;
  }

  async step(actions: ArrayLike<number>): Promise<VectorStepResult> {
    const result = await this.env.step(actions);
    const rows = rowsOf(result.observations, this.count);
    this.counters.forEach((counter, i) => {
      const final = this.autoreset === "same-step" ? result.infos[i]!.final_obs : undefined;
      const reward = result.rewards[i]!;
      if (result.wasReset[i] === 1) counter.reset();
      else counter.step();
      if (final !== undefined) {
        counter.check(this.observationSpace, final as Float64Array, reward);
        counter.reset();
        counter.check(this.observationSpace, rows[i]!);
      } else {
        counter.check(this.observationSpace, rows[i]!, reward);
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

  private ownState() {
    return stateOf(this.id, { counters: this.counters.map((counter) => counter.state()) });
  }

  close(): Promise<void> {
    return this.env.close();
  }
}
