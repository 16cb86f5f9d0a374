// N envs of this process stepped one after the other, which suits envs whose step costs microseconds.

import { isReset, isStep, resetFaults, stepFaults } from "../answers.ts";
import { type Env, type Info, noInfo, type ResetOptions, type ResetResult, type StepResult } from "../env.ts";
import { EnvError } from "../errors.ts";
import { type BoxSpace, boxOf, isSameSpace, type Space, sizeOf } from "../spaces.ts";
import { type EnvState, isStateful, type Stateful, stateful, stateLike, stateOf } from "../stateful.ts";
import { StepCounter } from "../step-counter.ts";
import {
  type AutoresetMode,
  rowsOf,
  type VectorEnv,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from "./vector-env.ts";

/**
 * - `ENV_SPACE_MISMATCH`: the envs do not share one observation space and one action space.
 * - `ENV_COUNT`: there is no env, or a seed, a mask or the actions are not one for each env.
 * - `ENV_EPISODE_OVER`: an env whose episode ended was stepped although autoreset is disabled.
 */
export class VectorEnvError extends EnvError {}

export class SyncVectorEnv implements VectorEnv, Stateful {
  readonly id: string;
  readonly count: number;
  readonly observationSpace: BoxSpace;
  readonly observationNames: readonly string[] | undefined;
  readonly actionSpace: Space;
  readonly autoreset: AutoresetMode;
  readonly #envs: readonly Env[];
  readonly #counters: readonly StepCounter[];
  readonly #observationSize: number;
  /** What every call returns. */
  readonly #result: VectorStepResult & { readonly infos: Info[] };
  readonly #actions: Float64Array;
  /** Row i of `#actions`. */
  readonly #rows: readonly Float64Array[];

  /**
   * @param envs one or more with equal spaces; closed by `close`
   * @param options autoreset defaults to `next-step`
   * @throws VectorEnvError (ENV_COUNT, ENV_SPACE_MISMATCH); EnvError (ENV_SPACE) unless observations are a box
   */
  constructor(envs: readonly Env[], { autoreset = "next-step" }: { autoreset?: AutoresetMode } = {}) {
    const [first] = envs;
    if (!first) throw new VectorEnvError("ENV_COUNT", "Expected one env or more, got none; pass some.");
    boxOf(first);
    for (const env of envs) checkSameSpaces(first, env);
    const count = envs.length;
    const actionSize = sizeOf(first.actionSpace);
    this.id = first.id;
    this.count = count;
    this.observationSpace = first.observationSpace;
    this.observationNames = first.observationNames;
    this.actionSpace = first.actionSpace;
    this.autoreset = autoreset;
    this.#envs = envs;
    this.#counters = envs.map(({ id }, i) => new StepCounter(count === 1 ? id : `${id}, env ${i}`));
    this.#observationSize = sizeOf(first.observationSpace);
    this.#result = {
      observations: new Float64Array(count * this.#observationSize),
      infos: envs.map(() => ({})),
      rewards: new Float64Array(count),
      terminated: new Uint8Array(count),
      truncated: new Uint8Array(count),
      wasReset: new Uint8Array(count),
    };
    this.#actions = new Float64Array(count * actionSize);
    this.#rows = rowsOf(this.#actions, count);
  }

  /** @throws VectorEnvError (ENV_COUNT); EnvError (ENV_VALUE, ENV_THROWN) for an answer that is none */
  async reset({ seed, mask }: VectorResetOptions = {}): Promise<VectorResetResult> {
    if (typeof seed === "object") this.#expectOneEach("seed", seed.length);
    if (mask) this.#expectOneEach("mask", mask.length);
    for (let i = 0; i < this.count; i++) {
      if (mask && !mask[i]) continue;
      await this.#resetOne(
        i,
        seed === undefined ? {} : { seed: typeof seed === "number" ? seed + i : seed[i]! },
      );
    }
    return this.#result;
  }

  /** @throws VectorEnvError (ENV_COUNT, ENV_EPISODE_OVER); EnvError (ENV_VALUE, ENV_THROWN) for an answer that is none */
  async step(actions: ArrayLike<number>): Promise<VectorStepResult> {
    if (actions.length !== this.#actions.length) {
      throw new VectorEnvError(
        "ENV_COUNT",
        `Expected ${this.#actions.length} numbers, the actions of ${this.count} envs, got ${actions.length}; ` +
          "pass all actions in one flat array, env by env.",
      );
    }
    if (this.autoreset === "disabled") this.#expectNoneOver();
    this.#actions.set(actions);
    for (let i = 0; i < this.count; i++) {
      if (this.autoreset === "next-step" && this.#isOver(i)) {
        await this.#resetOne(i, {});
        this.#result.wasReset[i] = 1;
      } else {
        await this.#stepOne(i);
      }
    }
    return this.#result;
  }

  get canRestore(): boolean {
    return this.#envs.every(isStateful);
  }

  /** Of all envs, and which of them are between two episodes. */
  state(): EnvState {
    return { ...this.#ownState(), envs: this.#envs.map((env) => stateful(env).state()) };
  }

  /** @throws VectorEnvError (ENV_COUNT); EnvError (ENV_STATE) */
  async restore(state: EnvState): Promise<void> {
    const { observations, terminated, truncated, counters } = stateLike(this.#ownState(), state);
    const { envs } = state as EnvState & { readonly envs?: readonly EnvState[] };
    this.#expectOneEach("state", envs?.length ?? 0);
    for (const [i, env] of this.#envs.entries()) await stateful(env).restore(envs![i]!);
    this.#result.observations.set(observations);
    this.#result.terminated.set(terminated);
    this.#result.truncated.set(truncated);
    this.#counters.forEach((counter, i) => {
      counter.restore(counters[i]!);
    });
  }

  /** Closes every environment. */
  async close(): Promise<void> {
    for (const env of this.#envs) await env.close?.();
  }

  async #stepOne(i: number): Promise<void> {
    const { rewards, terminated, truncated, wasReset } = this.#result;
    const counter = this.#counters[i]!;
    counter.step();
    let result: StepResult;
    try {
      const outcome = this.#envs[i]!.step(this.#rows[i]!);
      result = outcome instanceof Promise ? await outcome : outcome;
      if (!isStep(result, this.#observationSize)) counter.stop(stepFaults(this.observationSpace, result));
    } catch (thrown) {
      throw counter.asError(thrown);
    }
    rewards[i] = result.reward;
    wasReset[i] = 0;
    terminated[i] = result.terminated ? 1 : 0;
    truncated[i] = result.truncated ? 1 : 0;
    if (this.autoreset === "same-step" && (result.terminated || result.truncated)) {
      const final = { final_obs: result.observation.slice(), final_info: result.info };
      const { observation, info } = await this.#begin(i, {});
      this.#store(i, { observation, info: { ...info, ...final } });
    } else {
      this.#store(i, result);
    }
  }

  async #resetOne(i: number, options: ResetOptions): Promise<void> {
    const { rewards, terminated, truncated, wasReset } = this.#result;
    this.#store(i, await this.#begin(i, options));
    rewards[i] = 0;
    terminated[i] = 0;
    truncated[i] = 0;
    wasReset[i] = 0;
  }

  #store(i: number, { observation, info }: ResetResult): void {
    this.#result.observations.set(observation, i * this.#observationSize);
    this.#result.infos[i] = info ?? noInfo;
  }

  /** What env i answers to a reset. */
  async #begin(i: number, options: ResetOptions): Promise<ResetResult> {
    const counter = this.#counters[i]!;
    counter.reset();
    try {
      const result = await this.#envs[i]!.reset(options);
      if (isReset(result, this.#observationSize)) return result;
      return counter.stop(resetFaults(this.observationSpace, result));
    } catch (thrown) {
      throw counter.asError(thrown);
    }
  }

  #isOver(i: number): boolean {
    return this.#result.terminated[i] === 1 || this.#result.truncated[i] === 1;
  }

  #ownState() {
    const { observations, terminated, truncated } = this.#result;
    return stateOf(this.id, {
      autoreset: this.autoreset,
      observations: Float64Array.from(observations),
      terminated: terminated.slice(),
      truncated: truncated.slice(),
      counters: this.#counters.map((counter) => counter.state()),
    });
  }

  #expectNoneOver(): void {
    const i = this.#envs.findIndex((_, index) => this.#isOver(index));
    if (i < 0) return;
    throw new VectorEnvError(
      "ENV_EPISODE_OVER",
      `Expected every env to be in an episode; the episode of env ${i} is over. Reset it first with reset({ mask }).`,
    );
  }

  #expectOneEach(what: string, length: number): void {
    if (length === this.count) return;
    throw new VectorEnvError(
      "ENV_COUNT",
      `Expected a ${what} for each of ${this.count} envs, got ${length}; pass ${this.count}.`,
    );
  }
}

function checkSameSpaces(first: Env, other: Env): void {
  const names = ["observationSpace", "actionSpace"] as const;
  if (names.every((name) => isSameSpace(first[name], other[name]))) return;
  throw new VectorEnvError(
    "ENV_SPACE_MISMATCH",
    `Expected envs with equal spaces, got ${first.id} and ${other.id} with different ones; make all of one kind.`,
  );
}
