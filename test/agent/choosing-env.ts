// An env with choices to make at once, for tests: each observation asks for one action at each choice, and every choice made
// as asked is worth its share of 1. Episodes take five steps.

import { box, type Env, multiDiscrete, noInfo, type ResetOptions } from "../../src/envs/index.ts";
import { type EnvState, stateLike, stateOf } from "../../src/envs/stateful.ts";
import { RandomStream } from "../../src/random/index.ts";

export class ChoosingEnv implements Env {
  readonly id = "Choosing";
  readonly observationSpace;
  readonly actionSpace;
  /** Every action that was taken. */
  readonly taken: number[][] = [];
  private asked: number[] = [];
  private left = 0;
  private random = new RandomStream(0, "choosing");
  private readonly n: readonly number[];
  private readonly start: readonly number[];

  constructor(n: readonly number[] = [3, 2], start: readonly number[] = [1, 0]) {
    this.n = n;
    this.start = start;
    this.observationSpace = box(0, 1, [n.reduce((sum, each) => sum + each, 0)]);
    this.actionSpace = multiDiscrete(n, { start });
  }

  reset({ seed }: ResetOptions = {}) {
    if (seed !== undefined) this.random = new RandomStream(seed, "choosing");
    this.left = 5;
    return { observation: this.ask(), info: noInfo };
  }

  step(action: ArrayLike<number>) {
    this.taken.push(Array.from(action));
    const right = this.asked.filter((asked, i) => action[i] === this.start[i]! + asked).length;
    this.left -= 1;
    return {
      observation: this.ask(),
      reward: right / this.n.length,
      terminated: this.left === 0,
      truncated: false,
      info: noInfo,
    };
  }

  /** What the latest observation asks for, in the numbers of the action space. */
  get right(): number[] {
    return this.asked.map((asked, i) => this.start[i]! + asked);
  }

  state() {
    const { asked, left } = this;
    return stateOf(this.id, { random: this.random.state(), asked: Uint8Array.from(asked), left });
  }

  restore(state: EnvState): void {
    const { random, asked, left } = stateLike(this.state(), state);
    this.random = RandomStream.from(random);
    this.asked = [...asked];
    this.left = left;
  }

  private ask(): Float32Array {
    this.asked = this.n.map((each) => this.random.below(each));
    return Float32Array.from(
      this.n.flatMap((each, i) => Array.from({ length: each }, (_, j) => (j === this.asked[i] ? 1 : 0))),
    );
  }
}
