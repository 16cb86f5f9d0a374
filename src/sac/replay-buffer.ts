// The replay buffer: the last `capacity` transitions in typed arrays, sampled uniformly with replacement. Only
// `terminated` is stored: a truncated episode has a future, so its last transition bootstraps like any other.
// Memory grows with what is stored, doubling up to the capacity, so that a short run never pays for a long one.

import type { RandomStream } from "../random/index.ts";
import type { Batch } from "./learner.ts";

const FIRST_SIZE = 1024;

export class ReplayBuffer {
  /** Transitions held. */
  size = 0;
  readonly capacity: number;
  private readonly observationSize: number;
  private readonly actionSize: number;
  private next = 0;
  private observation: Float32Array;
  private nextObservation: Float32Array;
  private action: Float32Array;
  private reward: Float32Array;
  private terminated: Float32Array;

  constructor({
    capacity,
    observationSize,
    actionSize,
  }: {
    capacity: number;
    observationSize: number;
    actionSize: number;
  }) {
    this.capacity = capacity;
    this.observationSize = observationSize;
    this.actionSize = actionSize;
    const rows = Math.min(FIRST_SIZE, capacity);
    this.observation = new Float32Array(rows * observationSize);
    this.nextObservation = new Float32Array(rows * observationSize);
    this.action = new Float32Array(rows * actionSize);
    this.reward = new Float32Array(rows);
    this.terminated = new Float32Array(rows);
  }

  /** Stores one transition, over the oldest where the buffer is full. @param action unit action */
  add(
    observation: ArrayLike<number>,
    action: ArrayLike<number>,
    reward: number,
    nextObservation: ArrayLike<number>,
    terminated: boolean,
  ): void {
    if (this.next === this.reward.length) this.grow();
    const row = this.next;
    this.observation.set(observation, row * this.observationSize);
    this.nextObservation.set(nextObservation, row * this.observationSize);
    this.action.set(action, row * this.actionSize);
    this.reward[row] = reward;
    this.terminated[row] = terminated ? 1 : 0;
    this.size = Math.max(this.size, row + 1);
    this.next = (row + 1) % this.capacity;
  }

  /** Fills `batch` with transitions drawn from `random`, with replacement. */
  sample(batch: Batch, random: RandomStream): void {
    for (let i = 0; i < batch.reward.length; i++) {
      const row = random.below(this.size);
      copyRow(this.observation, row, batch.observation, i, this.observationSize);
      copyRow(this.nextObservation, row, batch.nextObservation, i, this.observationSize);
      copyRow(this.action, row, batch.action, i, this.actionSize);
      batch.reward[i] = this.reward[row]!;
      batch.terminated[i] = this.terminated[row]!;
    }
  }

  private grow(): void {
    const rows = Math.min(2 * this.reward.length, this.capacity);
    const grown = (values: Float32Array, width: number) => {
      const larger = new Float32Array(rows * width);
      larger.set(values);
      return larger;
    };
    this.observation = grown(this.observation, this.observationSize);
    this.nextObservation = grown(this.nextObservation, this.observationSize);
    this.action = grown(this.action, this.actionSize);
    this.reward = grown(this.reward, 1);
    this.terminated = grown(this.terminated, 1);
  }
}

/** Arrays for a batch of `batchSize` transitions. */
export function emptyBatch(batchSize: number, observationSize: number, actionSize: number): Batch {
  return {
    observation: new Float32Array(batchSize * observationSize),
    action: new Float32Array(batchSize * actionSize),
    reward: new Float32Array(batchSize),
    nextObservation: new Float32Array(batchSize * observationSize),
    terminated: new Float32Array(batchSize),
  };
}

// A loop beats set(subarray()) for rows this short: it makes no view objects.
function copyRow(from: Float32Array, row: number, to: Float32Array, at: number, width: number): void {
  for (let i = 0, f = row * width, t = at * width; i < width; i++) to[t + i] = from[f + i]!;
}
