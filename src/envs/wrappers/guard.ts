// Stops training at the first value that would poison it: a NaN or out-of-space observation, a reward that is no
// finite number. The error names env, step and value; without it a run goes on and every weight turns NaN.

import type { Env, ResetResult, StepResult } from "../env.ts";
import { EnvError } from "../errors.ts";
import { type BoxSpace, firstNotFinite, firstOutside, LARGEST_FLOAT32, type Space } from "../spaces.ts";
import { type EnvState, isStateful, type Stateful, type StateValue, stateful, stateOf } from "../stateful.ts";
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

  state(): readonly number[] {
    return [this.steps, this.episodeSteps];
  }

  restore(state: readonly StateValue[]): void {
    [this.steps, this.episodeSteps] = state as readonly [number, number];
  }

  reset(): void {
    this.episodeSteps = 0;
  }

  step(): void {
    this.steps++;
    this.episodeSteps++;
  }

  check(space: BoxSpace, observation: Float32Array | Float64Array, reward: unknown): void {
    const { low, high } = space;
    if (!isNumbers(observation))
      this.stop(`an observation that is an array of numbers, got ${told(observation)}`);
    if (observation.length !== low.length) {
      this.stop(`an observation of ${low.length} numbers, got ${observation.length}`);
    }
    const i = firstOutside(space, observation, BOUND_TOLERANCE);
    if (i >= 0) {
      this.stop(`observation[${i}] to be a number from ${low[i]} to ${high[i]}, got ${observation[i]}`);
    }
    const j = firstNotFinite(observation);
    if (j >= 0) this.stop(`observation[${j}] to be ${FINITE}, got ${observation[j]}`);
    if (typeof reward !== "number" || !(Math.abs(reward) <= LARGEST_FLOAT32)) {
      this.stop(`the reward to be ${FINITE}, got ${told(reward)}`, "correct the env's reward");
    }
  }

  /** @param terminated @param truncated true or false: texts and numbers would end every episode, or none */
  checkEnds(terminated: unknown, truncated: unknown): void {
    if (typeof terminated === "boolean" && typeof truncated === "boolean") return;
    const [name, value] =
      typeof terminated === "boolean" ? ["truncated", truncated] : ["terminated", terminated];
    this.stop(`${name} to be true or false, got ${told(value)}`, "a step answers with both");
  }

  private stop(
    expectedAndGot: string,
    remedy = "correct the env or the bounds of its observationSpace",
  ): never {
    const when =
      this.episodeSteps === 0
        ? `reset after step ${this.steps}`
        : `step ${this.steps} (step ${this.episodeSteps} of its episode)`;
    throw new EnvError(
      "ENV_VALUE",
      `${this.name}, ${when}: expected ${expectedAndGot}. Training stopped; ${remedy}`,
    );
  }
}

function isNumbers(value: unknown): boolean {
  if (value instanceof Float32Array || value instanceof Float64Array) return true;
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return false;
  return Array.from(value as unknown as ArrayLike<unknown>).every((x) => typeof x === "number");
}

/** What came, in a few characters: the text "5" is told apart from the number 5. */
function told(value: unknown): string {
  if (typeof value === "number" || value === undefined || value === null) return String(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {}
  return `${(text ?? typeof value).slice(0, 40)} (${Array.isArray(value) ? "array" : typeof value})`;
}

export class Guard extends Wrapper {
  private readonly counter = new Counter(this.env.id);

  protected override ownState() {
    return this.counter.state();
  }

  protected override restoreOwn(own: readonly StateValue[]): void {
    this.counter.restore(own);
  }

  protected override afterReset(result: ResetResult): ResetResult {
    this.counter.reset();
    this.counter.check(this.observationSpace, result.observation, 0);
    return result;
  }

  protected override afterStep(result: StepResult): StepResult {
    this.counter.step();
    this.counter.check(this.observationSpace, result.observation, result.reward);
    this.counter.checkEnds(result.terminated, result.truncated);
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
      counter.check(this.observationSpace, rows[i]!, 0);
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
        counter.check(this.observationSpace, rows[i]!, 0);
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
    const own = this.counters.map((counter) => counter.state());
    return { env: this.id, inner: stateful(this.env).state(), own };
  }

  restore(state: EnvState): void | Promise<void> {
    const { inner, own } = stateOf<{ inner: EnvState; own: readonly number[][] }>(this.id, state, "inner");
    this.counters.forEach((counter, i) => {
      counter.restore(own[i]!);
    });
    return stateful(this.env).restore(inner);
  }

  close(): Promise<void> {
    return this.env.close();
  }
}
