// A task of the suite as an environment.

import { box, type Env, noInfo, type ResetOptions } from "../../src/envs/index.ts";
import { type Random, random } from "./random.ts";
import type { Task } from "./tasks.ts";

/** Episodes that the return is a mean over. */
const RECENT = 10;

export class TaskEnv implements Env {
  readonly id: string;
  readonly observationSpace;
  readonly actionSpace;

  private readonly task: Task;
  private readonly rewardScale: number;
  private readonly observation: Float32Array;
  private source: Random = random(0);
  private state = new Float64Array(0);
  private steps = 0;
  private total = 0;
  private readonly returns: number[] = [];

  constructor(task: Task, rewardScale: number) {
    this.id = `faults/${task.name}`;
    this.task = task;
    this.rewardScale = rewardScale;
    this.observation = new Float32Array(task.observationSize);
    this.observationSpace = box(-Infinity, Infinity, [task.observationSize]);
    this.actionSpace = box(-1, 1, [task.actionSize]);
  }

  /** Mean over the latest episodes; NaN before the first has ended. */
  get recentReturn(): number {
    return this.returns.reduce((sum, value) => sum + value, 0) / this.returns.length;
  }

  reset({ seed }: ResetOptions = {}) {
    if (seed !== undefined) this.source = random(seed);
    this.state = this.task.reset(this.source) as Float64Array<ArrayBuffer>;
    this.steps = 0;
    this.total = 0;
    return { observation: this.observe(), info: noInfo };
  }

  step(action: ArrayLike<number>) {
    const { reward, terminated } = this.task.step(this.state, action);
    this.steps += 1;
    this.total += reward * this.rewardScale;
    const truncated = !terminated && this.steps >= this.task.limit;
    if (terminated || truncated) {
      this.returns.push(this.total);
      if (this.returns.length > RECENT) this.returns.shift();
    }
    return {
      observation: this.observe(),
      reward: reward * this.rewardScale,
      terminated,
      truncated,
      info: noInfo,
    };
  }

  private observe(): Float32Array {
    this.task.observe(this.state, this.observation);
    return this.observation;
  }
}
