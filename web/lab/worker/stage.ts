// The world on show: a second copy of the task in which the policy of the moment acts at the world's own speed. The
// training itself is far too fast to watch; and watching must not disturb it, so the stage draws its own noise.

import type { Agent } from "../../../src/agent/agent.ts";
import { drawableOf } from "../../../src/envs/render/draw.ts";
import { RandomStream } from "../../../src/random/index.ts";
import type { Scene } from "../messages.ts";
import type { Task } from "../tasks.ts";
import { boltzmannDensity, GRID, gridAction, tanhGaussianDensity } from "./densities.ts";
import { networksOf } from "./networks.ts";
import { timeLimited } from "./task-env.ts";

export class Stage {
  readonly stepSeconds: number;
  private readonly env;
  private readonly drawable;
  private readonly random: RandomStream;
  private readonly scale: { low: Float64Array; high: Float64Array };
  private observation: ArrayLike<number> = [];
  private action: number[];
  private episode = 0;

  constructor(task: Task, seed: number) {
    this.env = timeLimited(task);
    this.drawable = drawableOf(this.env)!;
    this.stepSeconds = this.drawable.stepSeconds;
    this.random = new RandomStream(seed, "stage");
    const space = this.env.actionSpace;
    if (space.kind !== "box") throw new TypeError("Expected continuous actions");
    this.scale = space;
    this.action = new Array<number>(task.actionSize).fill(0);
    this.begin(seed);
  }

  /** The policy acts once. */
  async step(agent: Agent): Promise<void> {
    const { mean, std } = (await networksOf(agent.learner)).policy(this.observation);
    this.action = mean.map((mu, i) => Math.tanh(mu + std[i]! * this.random.normal()));
    const { low, high } = this.scale;
    const outcome = this.env.step(this.action.map((a, i) => low[i]! + 0.5 * (a + 1) * (high[i]! - low[i]!)));
    if (outcome instanceof Promise) throw new TypeError("Expected an env that answers at once");
    this.observation = outcome.observation.slice();
    if (outcome.terminated || outcome.truncated) this.begin();
  }

  /** What is to be seen now. @param dimension the action dimension that the densities are over */
  async scene(agent: Agent, dimension: number): Promise<Scene> {
    const networks = await networksOf(agent.learner);
    const { mean, std } = networks.policy(this.observation);
    const others = mean.map(Math.tanh);
    const q = Float32Array.from({ length: GRID }, (_, i) =>
      networks.value(this.observation, others.with(dimension, gridAction(i))),
    );
    const alpha = agent.learner.temperature.alpha;
    return {
      drawing: this.drawable.drawing(),
      episode: this.episode,
      stepSeconds: this.stepSeconds,
      action: this.action[dimension]!,
      policy: tanhGaussianDensity(mean[dimension]!, std[dimension]!),
      boltzmann: boltzmannDensity(q, alpha),
      q,
      mean: mean[dimension]!,
      std: std[dimension]!,
      alpha,
    };
  }

  private begin(seed?: number): void {
    this.episode += 1;
    const started = this.env.reset(seed === undefined ? {} : { seed });
    if (started instanceof Promise) throw new TypeError("Expected an env that answers at once");
    this.observation = started.observation.slice();
  }
}
