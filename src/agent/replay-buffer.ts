// The replay buffer: the last `capacity` transitions, sampled uniformly with replacement. Only `terminated` is
// stored: a truncated episode has a future, so its last transition bootstraps like any other; a batch is given γ where
// there is a future, and 0 where there is none. A transition is one
// row, observation · next observation · action · reward · terminated: a draw then misses the cache in one place, not in
// five, and all rows of a batch are touched before the first is copied, so that their misses overlap. Memory grows with
// what is stored, doubling up to the capacity, so a short run never pays for a long one.

import { TemperedError } from "../errors.ts";
import type { RandomStream } from "../random/index.ts";
import type { Batch } from "./learner.ts";

const FIRST_ROWS = 1024;
/** Floats in a cache line. */
const LINE = 16;

/** The transitions of a buffer. */
export interface ReplayState {
  readonly size: number;
  /** How many were ever stored. */
  readonly added: number;
  /** Numbers a transition. */
  readonly width: number;
  /** The first transition in `rows`, of all that were ever stored; the oldest held in a whole state. */
  readonly from: number;
  /** [added − from, width], the oldest first */
  readonly rows: Float32Array;
}

export class ReplayBuffer {
  /** Transitions held. */
  size = 0;
  /** Transitions ever stored. */
  added = 0;
  readonly capacity: number;
  private readonly observationSize: number;
  private readonly actionSize: number;
  private readonly gamma: number;
  /** Numbers a transition. */
  readonly width: number;
  private rows: Float32Array;
  /** Where each row of the batch in hand begins. */
  private drawn = new Float64Array(0);
  /** What was read of them in advance; kept so that no compiler leaves the reading out. */
  private readonly touched = new Float32Array(1);

  constructor({
    capacity,
    observationSize,
    actionSize,
    gamma,
  }: {
    capacity: number;
    observationSize: number;
    actionSize: number;
    /** Discount of the batches. */
    gamma: number;
  }) {
    this.capacity = capacity;
    this.observationSize = observationSize;
    this.actionSize = actionSize;
    this.gamma = gamma;
    this.width = 2 * observationSize + actionSize + 2;
    this.rows = new Float32Array(0);
    this.reserve(1);
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
    const row = this.added % this.capacity;
    if (row * this.width === this.rows.length) this.reserve(row + 1);
    const { rows, observationSize, actionSize, width } = this;
    let at = row * width;
    for (let i = 0; i < observationSize; i++) rows[at++] = observation[i]!;
    for (let i = 0; i < observationSize; i++) rows[at++] = nextObservation[i]!;
    for (let i = 0; i < actionSize; i++) rows[at++] = action[i]!;
    rows[at++] = reward;
    rows[at] = terminated ? 1 : 0;
    this.size = Math.max(this.size, row + 1);
    this.added += 1;
  }

  /** Fills `batch` with transitions drawn from `random`, with replacement. */
  sample(batch: Batch, random: RandomStream): void {
    const { rows, observationSize, actionSize, gamma } = this;
    const { observation, nextObservation, action, reward, discount } = batch;
    const drawn = this.draw(reward.length, random);
    for (let i = 0; i < drawn.length; i++) {
      let at = drawn[i]!;
      const [o, a] = [i * observationSize, i * actionSize];
      for (let j = 0; j < observationSize; j++) observation[o + j] = rows[at++]!;
      for (let j = 0; j < observationSize; j++) nextObservation[o + j] = rows[at++]!;
      for (let j = 0; j < actionSize; j++) action[a + j] = rows[at++]!;
      reward[i] = rows[at++]!;
      discount[i] = rows[at] === 0 ? gamma : 0;
    }
  }

  /**
   * The transitions held, as copies.
   * @param since leaves out those before this one, of all that were ever stored. Default 0
   */
  state(since = 0): ReplayState {
    const { added, size, width, capacity } = this;
    const from = Math.max(since, added - size);
    const rows = new Float32Array((added - from) * width);
    const at = from % capacity;
    const behind = Math.min(added - from, capacity - at);
    rows.set(this.rows.subarray(at * width, (at + behind) * width));
    rows.set(this.rows.subarray(0, (added - from - behind) * width), behind * width);
    return { size, added, width, from, rows };
  }

  /** @throws TemperedError (REPLAY_STATE) for transitions of other sizes, or more than there is room for */
  restore({ size, added, width, from, rows }: ReplayState): void {
    if (
      width !== this.width ||
      size > this.capacity ||
      rows.length !== size * width ||
      from !== added - size
    ) {
      throw new TemperedError(
        "REPLAY_STATE",
        `Expected at most ${this.capacity} transitions of ${this.width} numbers, got ${size} of ${width} in ` +
          `${rows.length} numbers; restore a buffer of the same environment into one that is as large or larger`,
      );
    }
    this.rows = new Float32Array(0);
    this.size = 0;
    this.reserve(size);
    // Each goes where it would stand in a buffer that had been filled up to here. One that was full when it was
    // smaller is filled anew.
    this.added = size === this.capacity ? added : size;
    this.size = size;
    const oldest = (this.added - size) % this.capacity;
    const behind = Math.min(size, this.capacity - oldest);
    this.rows.set(rows.subarray(0, behind * width), oldest * width);
    this.rows.set(rows.subarray(behind * width));
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

  /** Room for `count` transitions. */
  private reserve(count: number): void {
    let rows = Math.min(FIRST_ROWS, this.capacity);
    while (rows < count) rows = Math.min(2 * rows, this.capacity);
    if (rows * this.width <= this.rows.length) return;
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
    discount: new Float32Array(batchSize),
  };
}
