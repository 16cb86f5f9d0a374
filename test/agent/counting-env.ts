// An env whose every value tells when it happened: observation [step of the episode, episode], reward the step, and an
// episode that ends after `length` steps, terminated or truncated. It keeps the actions it was given.

import {
  type BoxSpace,
  box,
  noInfo,
  type ResetOptions,
  type ResetResult,
  type Space,
  type StepResult,
  type SyncEnv,
} from "../../src/envs/index.ts";

export class CountingEnv implements SyncEnv {
  readonly id = "counting";
  readonly observationSpace: BoxSpace = box(0, 1e6, [2]);
  readonly actionSpace: Space;
  readonly actions: number[][] = [];
  readonly seeds: (number | undefined)[] = [];
  private readonly ending: "terminated" | "truncated";
  private readonly length: number;
  private readonly poison: (step: number) => Partial<Pick<StepResult, "observation" | "reward">>;
  private episode = 0;
  private step_ = 0;

  constructor({
    ending = "terminated",
    length = 5,
    actionSpace = box([-0.1, -3], [0.3, 5]),
    poison = () => ({}),
  }: {
    ending?: "terminated" | "truncated";
    length?: number;
    actionSpace?: Space;
    /** Replaces what the step with this number, counted over all episodes, gives. */
    poison?: CountingEnv["poison"];
  } = {}) {
    this.ending = ending;
    this.length = length;
    this.actionSpace = actionSpace;
    this.poison = poison;
  }

  reset({ seed }: ResetOptions = {}): ResetResult {
    this.seeds.push(seed);
    this.episode += 1;
    this.step_ = 0;
    return { observation: Float32Array.of(0, this.episode), info: noInfo };
  }

  step(action: ArrayLike<number>): StepResult {
    this.actions.push(Array.from(action));
    this.step_ += 1;
    const done = this.step_ === this.length;
    return {
      observation: Float32Array.of(this.step_, this.episode),
      reward: this.step_,
      terminated: done && this.ending === "terminated",
      truncated: done && this.ending === "truncated",
      info: noInfo,
      ...this.poison(this.actions.length),
    };
  }
}
