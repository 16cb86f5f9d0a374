// Life in the sea that one sees: the policy of the moment moves the jellyfish at the pace of the world, a person may move one more.

import { OBSERVATION, observe, TICKS } from "./env.ts";
import { type Point, Sea, TICK } from "./sea.ts";

export interface Policy {
  act(observation: ArrayLike<number>): ArrayLike<number>;
}

const JELLIES = 8;
/** Row of the one that a person moves. */
export const PLAYER = JELLIES;
/** Seconds without a meal. */
const STARVES = 12;

export class Life {
  readonly sea: Sea;
  /** Two numbers a row. */
  readonly actions = new Float32Array(2 * (JELLIES + 1)).fill(-1);
  readonly meals = new Array<number>(JELLIES + 1).fill(0);
  policy: Policy | undefined;
  private readonly hungry = new Array<number>(JELLIES + 1).fill(0);
  private readonly observation = new Float32Array(OBSERVATION);
  private ticks = 0;
  private due = 0;
  private fed = 0;

  static async create(): Promise<Life> {
    return new Life(await Sea.create(JELLIES + 1, 7));
  }

  private constructor(sea: Sea) {
    this.sea = sea;
    sea.reset(Math.floor(Math.random() * 1e9));
    for (let row = 0; row < JELLIES; row++) this.enter(row);
  }

  /** The person's jellyfish comes or goes; meals are counted anew. */
  play(isPlaying: boolean): void {
    this.meals.fill(0);
    if (isPlaying) this.enter(PLAYER);
    else this.sea.leave(PLAYER);
  }

  /** A plankton where somebody points. */
  feed(at: Point): void {
    this.sea.plankton[this.fed++ % this.sea.plankton.length] = at;
  }

  /**
   * Lets time pass.
   * @param steer the person's action
   * @param eaten told of every meal
   */
  pass(
    seconds: number,
    steer: () => readonly [number, number],
    eaten: (row: number, at: Point) => void,
  ): void {
    // After a pause, such as in a hidden tab, the world goes on from where it was.
    this.due = Math.min(this.due + seconds, 0.1);
    for (; this.due >= TICK; this.due -= TICK) {
      if (this.ticks++ % TICKS === 0) this.decide();
      if (this.sea.present[PLAYER]) this.actions.set(steer(), 2 * PLAYER);
      this.sea.tick(this.actions);
      this.sea.present.forEach((isPresent, row) => {
        if (isPresent) this.live(row, eaten);
      });
    }
  }

  private decide(): void {
    if (this.policy === undefined) return;
    for (let row = 0; row < JELLIES; row++) {
      if (!this.sea.present[row]) continue;
      observe(this.sea, row, Math.min(this.hungry[row]! / STARVES, 1), this.observation);
      this.actions.set(this.policy.act(this.observation), 2 * row);
    }
  }

  private live(row: number, eaten: (row: number, at: Point) => void): void {
    this.hungry[row]! += TICK;
    const meal = this.sea.eat(row);
    if (meal) {
      this.hungry[row] = 0;
      this.meals[row]! += 1;
      eaten(row, meal);
    } else if (this.hungry[row]! > STARVES && row !== PLAYER) {
      this.sea.leave(row);
      setTimeout(() => this.enter(row), 1200);
    }
  }

  private enter(row: number): void {
    this.sea.enter(row);
    this.hungry[row] = 0;
  }
}
