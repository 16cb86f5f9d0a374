// The replay buffer: the last `capacity` transitions, sampled uniformly with replacement. A truncated episode has a future,
// so its last transition bootstraps like any other; a batch is given γ where there is a future, and 0 where there is none.
//
// Of n steps a batch holds r₀ + γ r₁ + … + γᵐ⁻¹ rₘ₋₁, the observation after them, and γᵐ as the discount of its value. They
// are fewer where the episode ends or no more have been taken yet; an end for good makes the discount 0, a truncation does
// not. The actions between are those that were taken then.
//
// Each observation is stored once. A transition is a row, observation · action · reward, and its next observation is that of
// the row which went on from it, as a rule the next one; where there is none (the newest row of an environment, the last of
// an episode) it stands aside. A row is one piece of memory, because a batch is drawn from rows that no cache holds. Memory
// grows with what is stored, doubling up to the capacity, so a short run never pays for a long one.

import { TemperedError } from "../errors.ts";
import type { RandomStream } from "../random/index.ts";
import type { Batch } from "./learner.ts";
import {
  type ObservationCodec,
  type ObservationDtype,
  observationCodecs,
  type Stored,
} from "./observation-store.ts";
import { ENDS, type ReplayState } from "./replay-state.ts";

const FIRST_ROWS = 1024;
/** Rows that the next one may go on from: environments that step together, and some that have ended. */
const MOST_OPEN = 256;
/** In `links`: whether the episode ended for good, or was cut off; below it how many rows further the next observation is, or 0. */
const TERMINATED = 0x8000;
const TRUNCATED = 0x4000;
const FURTHER = TRUNCATED - 1;
/** Size and form of a replay buffer. */
export interface ReplayOptions {
  readonly capacity: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** Discount of the batches. */
  readonly gamma: number;
  /** Steps of which a batch holds the rewards. Default 1. */
  readonly nStep?: number;
  /** How observations are stored. Default "float32" */
  readonly dtype?: ObservationDtype;
}

/** The last transitions, in a ring; batches are drawn evenly from it with its own random stream. */
export class ReplayBuffer {
  /** Transitions held. */
  size = 0;
  /** Transitions ever stored. */
  added = 0;
  readonly capacity: number;

  private readonly observationSize: number;
  private readonly actionSize: number;
  private readonly gamma: number;
  private readonly nStep: number;
  private readonly codec: ObservationCodec;
  /** Bytes a row, and numbers of the observation's type a row. */
  private readonly stride: number;
  private readonly observationStride: number;
  /** The rows, seen as observations and as action · reward. */
  private observations: Stored;
  private rest = new Float32Array(0);
  private links = new Uint16Array(0);
  /** Next observations that stand in no row, by the row that they follow. */
  private readonly finals = new Map<number, Stored>();
  /** Rows among those of `finals` that a next one may go on from, the oldest first. */
  private open: number[] = [];
  /** The rows of the batch in hand. */
  private drawn = new Float64Array(0);

  constructor(options: ReplayOptions) {
    const { capacity, observationSize, actionSize, gamma, nStep = 1, dtype = "float32" } = options;
    this.capacity = capacity;
    this.observationSize = observationSize;
    this.actionSize = actionSize;
    this.gamma = gamma;
    this.nStep = nStep;
    this.codec = observationCodecs[dtype];
    this.observations = this.codec.make(0);
    const { BYTES_PER_ELEMENT: bytes } = this.observations;
    this.stride = 4 * (Math.ceil((bytes * observationSize) / 4) + actionSize + 1);
    this.observationStride = this.stride / bytes;
    this.reserve(1);
  }

  /**
   * Stores one transition, over the oldest where the buffer is full.
   * @param action unit action
   * @param terminated whether the episode ended for good
   * @param truncated whether it was cut off
   * @throws TemperedError (OUT_OF_MEMORY) if there is no room to grow
   */
  add(
    observation: ArrayLike<number>,
    action: ArrayLike<number>,
    reward: number,
    nextObservation: ArrayLike<number>,
    terminated: boolean,
    truncated = false,
  ): void {
    const row = this.added % this.capacity;
    if (row === this.links.length) this.reserve(row + 1);
    const { observations, rest, observationSize, actionSize, finals, open, codec } = this;
    finals.delete(row);
    const start = row * this.observationStride;
    for (let i = 0; i < observationSize; i++) observations[start + i] = codec.encode(observation[i]!);
    let at = this.restOf(row);
    for (let i = 0; i < actionSize; i++) rest[at++] = action[i]!;
    rest[at] = reward;
    const aside = this.link(row, start) ?? codec.make(observationSize);
    for (let i = 0; i < observationSize; i++) aside[i] = codec.encode(nextObservation[i]!);
    finals.set(row, aside);
    open.push(row);
    if (open.length > MOST_OPEN) open.shift();
    this.links[row] = (terminated ? TERMINATED : 0) | (truncated ? TRUNCATED : 0);
    this.size = Math.max(this.size, row + 1);
    this.added += 1;
  }

  /** Lets the row that the new one goes on from find its next observation there. @returns the array that is free now */
  private link(row: number, start: number): Stored | undefined {
    const { observations, observationSize, finals, open, links, capacity } = this;
    for (let k = 0; k < open.length; k++) {
      const before = open[k]!;
      const next = finals.get(before);
      if (next === undefined) {
        open.splice(k--, 1); // It has been written over.
        continue;
      }
      let i = 0;
      while (i < observationSize && next[i] === observations[start + i]) i++;
      const further = (row - before + capacity) % capacity;
      if (i < observationSize || further === 0 || further > FURTHER) continue;
      open.splice(k, 1);
      finals.delete(before);
      links[before] = (links[before]! & ~FURTHER) | further;
      return next;
    }
    return undefined;
  }

  /** Fills `batch` with transitions drawn from `random`, with replacement. */
  sample(batch: Batch, random: RandomStream): void {
    const { observation, nextObservation, action, reward, discount } = batch;
    const { rest, links, observationSize, actionSize, gamma, nStep, capacity } = this;
    if (this.drawn.length !== reward.length) this.drawn = new Float64Array(reward.length);
    const { drawn } = this;
    random.fillBelow(drawn, this.size);
    for (let i = 0; i < drawn.length; i++) {
      const row = drawn[i]! | 0; // An integer to the compiler too.
      const [o, a] = [i * observationSize, i * actionSize];
      this.readObservation(row, observation, o);
      let at = this.restOf(row);
      for (let j = 0; j < actionSize; j++) action[a + j] = rest[at++]!;
      let total = rest[at]!;
      let power = gamma;
      let last = row;
      for (let n = 1; n < nStep; n++) {
        const link = links[last]!;
        const further = link & FURTHER;
        if (link > FURTHER || further === 0) break;
        last += further;
        if (last >= capacity) last -= capacity;
        total += power * rest[this.restOf(last) + actionSize]!;
        power *= gamma;
      }
      this.readNext(last, nextObservation, o);
      reward[i] = total;
      discount[i] = links[last]! < TERMINATED ? power : 0;
    }
  }

  /** Where the action and the reward of a row stand. */
  private restOf(row: number): number {
    return ((row + 1) * this.stride) / 4 - this.actionSize - 1;
  }

  private readObservation(row: number, target: Float32Array, at: number): void {
    this.read(this.observations, row * this.observationStride, target, at);
  }

  private readNext(row: number, target: Float32Array, at: number): void {
    const further = this.links[row]! & FURTHER;
    if (further > 0) {
      const next = row + further;
      return this.readObservation(next < this.capacity ? next : next - this.capacity, target, at);
    }
    this.read(this.finals.get(row)!, 0, target, at);
  }

  /** One observation, from `start` of `source` on. Float32 is copied without a call a number, a third of a sample's time. */
  private read(source: Stored, start: number, target: Float32Array, at: number): void {
    const { observationSize, codec } = this;
    if (source instanceof Float32Array)
      for (let j = 0; j < observationSize; j++) target[at + j] = source[start + j]!;
    else for (let j = 0; j < observationSize; j++) target[at + j] = codec.decode(source[start + j]!);
  }

  /** Numbers a transition in a state. */
  private get width(): number {
    return 2 * this.observationSize + this.actionSize + 2;
  }

  /**
   * The transitions held, as copies.
   * @param since leaves out those before this one, of all that were ever stored. Default 0
   */
  state(since = 0): ReplayState {
    const { added, size, width, capacity, observationSize, actionSize } = this;
    const from = Math.max(since, added - size);
    const rows = new Float32Array((added - from) * width);
    for (let n = from, at = 0; n < added; n++, at += width) {
      const row = n % capacity;
      this.readObservation(row, rows, at);
      this.readNext(row, rows, at + observationSize);
      const start = this.restOf(row);
      rows.set(this.rest.subarray(start, start + actionSize + 1), at + 2 * observationSize);
      const link = this.links[row]!;
      rows[at + width - 1] = link >= TERMINATED ? ENDS.terminated : link >= TRUNCATED ? ENDS.truncated : 0;
    }
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
    const { observationSize, actionSize } = this;
    this.finals.clear();
    this.open = [];
    this.size = 0;
    // Each goes where it would stand in a buffer that had been filled up to here. One that was full when it was
    // smaller is filled anew.
    this.added = size === this.capacity ? from : 0;
    if (size > 0) this.reserve(size);
    for (let at = 0; at < rows.length; at += width) {
      const part = (start: number, length: number) => rows.subarray(at + start, at + start + length);
      this.add(
        part(0, observationSize),
        part(2 * observationSize, actionSize),
        rows[at + width - 2]!,
        part(observationSize, observationSize),
        rows[at + width - 1] === ENDS.terminated,
        rows[at + width - 1] === ENDS.truncated,
      );
    }
    this.size = size;
  }

  /** Room for `count` transitions. */
  private reserve(count: number): void {
    const { stride, capacity, codec } = this;
    let length = Math.min(FIRST_ROWS, capacity);
    while (length < count) length = Math.min(2 * length, capacity);
    if (length <= this.links.length) return;
    try {
      const rest = new Float32Array((length * stride) / 4);
      const observations = codec.view(rest.buffer);
      const links = new Uint16Array(length);
      rest.set(this.rest);
      links.set(this.links);
      [this.observations, this.rest, this.links] = [observations, rest, links];
    } catch (cause) {
      const gigabytes = ((length * stride) / 2 ** 30).toFixed(1);
      throw new TemperedError(
        "OUT_OF_MEMORY",
        `Expected room for ${length} transitions in the replay buffer (${gigabytes} GiB), but it could not be allocated; ` +
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
