// The replay buffer: the last `capacity` transitions, sampled uniformly with replacement. Only `terminated` is
// stored: a truncated episode has a future, so its last transition bootstraps like any other. A transition is one
// row, observation · next observation · action · reward · terminated: a draw then misses the cache in one place, not in
// five, and all rows of a batch are touched before the first is copied, so that their misses overlap. Memory grows with
// what is stored, doubling up to the capacity, so a short run never pays for a long one.

import { TemperedError } from "../errors.ts";
import type { RandomStream } from "../random/index.ts";
import type { Batch } from "./learner.ts";

const FIRST_ROWS = 1024;
/** Floats in a cache line. */
const LINE = 16;

export class ReplayBuffer {
  /** Transitions held. */
  size = 0;
  readonly capacity: number;
  private readonly observationSize: number;
  private readonly actionSize: number;
  private readonly width: number;
  private next = 0;
  private rows: Float32Array;
  /** Where each row of the batch in hand begins. */
  private drawn = new Float64Array(0);
  /** What was read of them in advance; kept so that no compiler leaves the reading out. */
  private readonly touched = new Float32Array(1);

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
    this.width = 2 * observationSize + actionSize + 2;
    this.rows = new Float32Array(Math.min(FIRST_ROWS, capacity) * this.width);
  }

  /**
   * Stores one transition, over the oldest where the buffer is full.
   * @param action unit action
   * @throws TemperedError (OUT_OF_MEMORY) if there is no room to grow
   */
  add(
    observation: ArrayLike<number>,
    action: ArrayLike<number>,
    reward: number,
    nextObservation: ArrayLike<number>,
    terminated: boolean,
  ): void {
    if (this.next * this.width === this.rows.length) this.grow();
    const { rows, observationSize, actionSize, width } = this;
    let at = this.next * width;
    for (let i = 0; i < observationSize; i++) rows[at++] = observation[i]!;
    for (let i = 0; i < observationSize; i++) rows[at++] = nextObservation[i]!;
    for (let i = 0; i < actionSize; i++) rows[at++] = action[i]!;
    rows[at++] = reward;
    rows[at] = terminated ? 1 : 0;
    this.size = Math.max(this.size, this.next + 1);
    this.next = (this.next + 1) % this.capacity;
  }

  /** Fills `batch` with transitions drawn from `random`, with replacement. */
  sample(batch: Batch, random: RandomStream): void {
    const { rows, observationSize, actionSize } = this;
    const { observation, nextObservation, action, reward, terminated } = batch;
    const drawn = this.draw(reward.length, random);
    for (let i = 0; i < drawn.length; i++) {
      let at = drawn[i]!;
      const [o, a] = [i * observationSize, i * actionSize];
      for (let j = 0; j < observationSize; j++) observation[o + j] = rows[at++]!;
      for (let j = 0; j < observationSize; j++) nextObservation[o + j] = rows[at++]!;
      for (let j = 0; j < actionSize; j++) action[a + j] = rows[at++]!;
      reward[i] = rows[at++]!;
      terminated[i] = rows[at]!;
    }
  }

  /** Draws the rows of a batch and reads a float of each of their cache lines. @returns where each row begins */
  private draw(count: number, random: RandomStream): Float64Array {
    const { rows, width } = this;
    if (this.drawn.length !== count) this.drawn = new Float64Array(count);
    const { drawn } = this;
    random.fillBelow(drawn, this.size);
    for (let i = 0; i < count; i++) drawn[i]! *= width;
    let touched = 0;
    for (let i = 0; i < count; i++) {
      const last = drawn[i]! + width - 1;
      for (let at = drawn[i]!; at < last; at += LINE) touched += rows[at]!;
      touched += rows[last]!;
    }
    this.touched[0] = touched;
    return drawn;
  }

  private grow(): void {
    const rows = Math.min((2 * this.rows.length) / this.width, this.capacity);
    try {
      const larger = new Float32Array(rows * this.width);
      larger.set(this.rows);
      this.rows = larger;
    } catch (cause) {
      const gigabytes = ((4 * rows * this.width) / 2 ** 30).toFixed(1);
      throw new TemperedError(
        "OUT_OF_MEMORY",
        `Expected room for ${rows} transitions in the replay buffer (${gigabytes} GiB), but it could not be allocated; ` +
          `set bufferSize to ${this.size} or less`,
        { cause },
      );
    }
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
