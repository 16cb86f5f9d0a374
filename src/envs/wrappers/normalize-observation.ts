// Observations shifted and scaled to mean 0 and variance 1, by the statistics of all that were seen so far. The
// statistics belong to the agent that learned from them: save them with it and freeze them when evaluating.
// Like Gymnasium's wrapper of this name, except that it keeps the statistics in float32 and we in float64.

import type { Env, Info, ResetResult, StepResult } from "../env.ts";
import { type BoxSpace, box, type Space, sizeOf } from "../spaces.ts";
import type {
  AutoresetMode,
  VectorEnv,
  VectorResetOptions,
  VectorResetResult,
  VectorStepResult,
} from "../vector/vector-env.ts";
import { RunningStatistics } from "./running-statistics.ts";
import { Wrapper } from "./wrapper.ts";

/** Added to the variance, so that a constant observation does not divide by 0. */
const EPSILON = 1e-8;

export interface NormalizeOptions {
  /** Shared with other wrappers, or restored. Default: fresh. */
  readonly statistics?: RunningStatistics;
  /** Leaves the statistics as they are: for evaluation. Default false. */
  readonly frozen?: boolean;
}

export class NormalizeObservation extends Wrapper {
  readonly statistics: RunningStatistics;
  frozen: boolean;
  readonly #space: BoxSpace;
  readonly #normalized: Float32Array;

  constructor(env: Env, { statistics, frozen = false }: NormalizeOptions = {}) {
    super(env);
    const size = sizeOf(env.observationSpace);
    this.statistics = statistics ?? new RunningStatistics(size);
    this.frozen = frozen;
    this.#space = box(-Infinity, Infinity, env.observationSpace.shape);
    this.#normalized = new Float32Array(size);
  }

  override get observationSpace(): BoxSpace {
    return this.#space;
  }

  protected override afterReset(result: ResetResult): ResetResult {
    return { ...result, observation: this.#normalize(result.observation) };
  }

  protected override afterStep(result: StepResult): StepResult {
    return { ...result, observation: this.#normalize(result.observation) };
  }

  #normalize(observation: ArrayLike<number>): Float32Array {
    if (!this.frozen) this.statistics.add(observation);
    normalize(this.statistics, observation, 0, this.#normalized);
    return this.#normalized;
  }
}

/** The same for a vector env: one set of statistics of the observations of all its envs. */
export class NormalizeVectorObservation implements VectorEnv {
  readonly id: string;
  readonly count: number;
  readonly observationSpace: BoxSpace;
  readonly actionSpace: Space;
  readonly autoreset: AutoresetMode;
  readonly statistics: RunningStatistics;
  frozen: boolean;
  readonly #env: VectorEnv;
  readonly #normalized: Float32Array;

  constructor(env: VectorEnv, { statistics, frozen = false }: NormalizeOptions = {}) {
    this.#env = env;
    this.id = env.id;
    this.count = env.count;
    this.actionSpace = env.actionSpace;
    this.autoreset = env.autoreset;
    this.observationSpace = box(-Infinity, Infinity, env.observationSpace.shape);
    this.statistics = statistics ?? new RunningStatistics(this.observationSpace.low.length);
    this.frozen = frozen;
    this.#normalized = new Float32Array(env.count * this.observationSpace.low.length);
  }

  async reset(options?: VectorResetOptions): Promise<VectorResetResult> {
    const result = await this.#env.reset(options);
    this.#normalizeRows(result.observations, (i) => !options?.mask || Boolean(options.mask[i]));
    return { observations: this.#normalized, infos: result.infos };
  }

  async step(actions: ArrayLike<number>): Promise<VectorStepResult> {
    const result = await this.#env.step(actions);
    this.#normalizeRows(result.observations, () => true);
    return {
      ...result,
      observations: this.#normalized,
      infos: result.infos.map((info) => this.#withFinal(info)),
    };
  }

  close(): Promise<void> {
    return this.#env.close();
  }

  #normalizeRows(observations: ArrayLike<number>, isNew: (i: number) => boolean): void {
    const { count, statistics } = this;
    const size = statistics.mean.length;
    if (!this.frozen) for (let i = 0; i < count; i++) if (isNew(i)) statistics.add(observations, i * size);
    for (let i = 0; i < count; i++)
      if (isNew(i)) normalize(statistics, observations, i * size, this.#normalized);
  }

  /** With same-step autoreset the last observation of an episode comes in the info. */
  #withFinal(info: Info): Info {
    const { final_obs } = info;
    if (!(final_obs instanceof Float32Array || final_obs instanceof Float64Array)) return info;
    if (!this.frozen) this.statistics.add(final_obs);
    const normalized = new Float32Array(final_obs.length);
    normalize(this.statistics, final_obs, 0, normalized);
    return { ...info, final_obs: normalized };
  }
}

/** Writes the normalized vector at `vectors[offset…]` to the same place in `out`. */
function normalize(
  { mean, variance }: RunningStatistics,
  vectors: ArrayLike<number>,
  offset: number,
  out: Float32Array,
): void {
  for (let i = 0; i < mean.length; i++) {
    out[offset + i] = (vectors[offset + i]! - mean[i]!) / Math.sqrt(variance[i]! + EPSILON);
  }
}
