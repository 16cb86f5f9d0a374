// A random stream belongs to a seed and a role ("action noise", "replay sampling", …); streams of different roles or
// seeds never overlap, so drawing more from one changes nothing in another. Its only state is a position, which makes
// it checkpointable as three plain values.
//
// Layout, for whoever must draw the same bits elsewhere: word i of a stream (i = 0, 1, …) is word i mod 4 of
//   Philox4x32-10(counter = [n mod 2³², ⌊n / 2³²⌋, h mod 2³², ⌊h / 2³²⌋], key = [seed mod 2³², ⌊seed / 2³²⌋])
// with n = ⌊i / 4⌋ and h = FNV-1a-64 of the role's UTF-8 bytes. A normal takes one word (src/math/normal.ts, rounded to
// float32), a float one, a double two, an integer one or, rarely, more.

import { TemperedError } from "../errors.ts";
import { normalFromUint32 } from "../math/index.ts";
import { fillBlocks, type Stream, wordsOf } from "./blocks.ts";
import { fnv1a64 } from "./fnv.ts";
import { multiplyHigh, philox } from "./philox.ts";

/** A seed or a state that cannot be used. Codes: SEED, RANDOM_STATE, RANDOM_RANGE. */
export class RandomError extends TemperedError {}

/** Plain data: survives JSON. */
export interface RandomState {
  readonly seed: number;
  readonly role: string;
  /** Words drawn so far. */
  readonly position: number;
}

/** A stream of random numbers of one role; its state can be kept and set. */
export class RandomStream {
  readonly seed: number;
  readonly role: string;
  private readonly stream: Stream;
  private position = 0;
  private readonly block = new Uint32Array(4);

  /**
   * @param seed an integer, 0 to 2⁵³ − 1
   * @param role names the stream; each use of randomness has its own
   * @throws RandomError (SEED)
   */
  constructor(seed: number, role: string) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RandomError(
        "SEED",
        `Expected a seed that is an integer from 0 to ${Number.MAX_SAFE_INTEGER}, got ${seed}; pass such a number, for example 0`,
      );
    }
    this.seed = seed;
    this.role = role;
    const hash = fnv1a64(role);
    this.stream = [
      Number(BigInt.asIntN(32, hash)),
      Number(BigInt.asIntN(32, hash >> 32n)),
      seed | 0,
      (seed / 0x100000000) | 0,
    ];
  }

  /** The stream that `state` was taken from, at that point. @throws RandomError (RANDOM_STATE, SEED) */
  static from(state: RandomState): RandomStream {
    const stream = new RandomStream(state.seed, state.role);
    stream.restore(state);
    return stream;
  }

  /** Everything that decides what comes next. */
  state(): RandomState {
    return { seed: this.seed, role: this.role, position: this.position };
  }

  /** Goes to where this same stream was. @throws RandomError (RANDOM_STATE) for another stream's state */
  restore(state: RandomState): void {
    if (state.seed !== this.seed || state.role !== this.role) {
      throw new RandomError(
        "RANDOM_STATE",
        `Expected a state of stream "${this.role}" with seed ${this.seed}, got one of "${state.role}" with seed ` +
          `${state.seed}; use RandomStream.from(state) to make that stream`,
      );
    }
    if (!Number.isSafeInteger(state.position) || state.position < 0) {
      throw new RandomError(
        "RANDOM_STATE",
        `Expected a position that is an integer from 0 up, got ${state.position}; the checkpoint is damaged`,
      );
    }
    this.position = state.position;
    if ((this.position & 3) !== 0) this.fillBlock(Math.floor(this.position / 4));
  }

  /** An integer, 0 to 2³² − 1. */
  uint32(): number {
    const word = this.position % 4;
    if (word === 0) this.fillBlock(this.position / 4);
    this.position++;
    return this.block[word]!;
  }

  /** In [0, 1), a multiple of 2⁻⁵³: 27 bits of one word above 26 of the next. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) * 1.1102230246251565e-16;
  }

  /** In [0, 1), a multiple of 2⁻²⁴, so exact as a float32. */
  uniformFloat(): number {
    return (this.uint32() >>> 8) * 5.9604644775390625e-8;
  }

  /** In [low, high); both finite. */
  uniformBetween(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /**
   * An integer from 0 to n − 1, each exactly as likely (Lemire, "Fast random integer generation in an interval", 2019).
   * @param n an integer, 1 to 2³²
   * @throws RandomError (RANDOM_RANGE)
   */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 0x100000000) {
      throw new RandomError(
        "RANDOM_RANGE",
        `Expected n to be an integer from 1 to 2³², got ${n}; there is nothing to draw`,
      );
    }
    if (n === 0x100000000) return this.uint32();
    const [high, low] = [n >>> 16, n & 0xffff];
    for (;;) {
      const word = this.uint32();
      const fraction = Math.imul(n, word) >>> 0;
      // Of the 2³² words, 2³² mod n must be refused; fewer than n, so the remainder is seldom needed.
      if (fraction >= n || fraction >= 0x100000000 % n) return multiplyHigh(high, low, word) >>> 0;
    }
  }

  /**
   * Fills `target` with what `below(n)` would give, one after the other.
   * @param n an integer, 1 to 2³²
   * @throws RandomError (RANDOM_RANGE)
   */
  fillBelow(target: Float64Array, n: number): void {
    let i = 0;
    // The first looks at n, too.
    for (; i < target.length && (i === 0 || this.position % 4 !== 0 || n === 0x100000000); i++) {
      target[i] = this.below(n);
    }
    const [high, low, refused] = [n >>> 16, n & 0xffff, 0x100000000 % n];
    while (i < target.length) {
      const words = wordsOf(this.position / 4, Math.ceil((target.length - i) / 4), this.stream);
      let taken = 0;
      for (; taken < words.length && i < target.length; taken++) {
        const word = words[taken]!;
        if (Math.imul(n, word) >>> 0 >= refused) target[i++] = multiplyHigh(high, low, word) >>> 0;
      }
      this.position += taken;
    }
    if (this.position % 4 !== 0) this.fillBlock(Math.floor(this.position / 4));
  }

  /** A standard normal number with float32 accuracy, −6.34 to 6.34. */
  normal(): number {
    return normalFromUint32(this.uint32());
  }

  /** Fills `target` with standard normals; takes as many words as it has elements. */
  fillNormal(target: Float32Array): void {
    let i = 0;
    for (; i < target.length && this.position % 4 !== 0; i++) target[i] = this.normal();
    const whole = i + Math.floor((target.length - i) / 4) * 4;
    fillBlocks(target.subarray(i, whole), this.position / 4, this.stream);
    this.position += whole - i;
    for (i = whole; i < target.length; i++) target[i] = this.normal();
  }

  /** One of `items`. @throws RandomError (RANDOM_RANGE) if there are none */
  choice<T>(items: ArrayLike<T>): T {
    return items[this.below(items.length)]!;
  }

  /** Puts `items` into a random order, in place; every order is as likely. */
  shuffle(items: { [index: number]: unknown; readonly length: number }): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
  }

  private fillBlock(n: number): void {
    const { stream } = this;
    philox(n | 0, (n / 0x100000000) | 0, stream[0], stream[1], stream[2], stream[3], this.block);
  }
}
