// tempered/Snake-v0: a snake on a board of 6 × 6 fields eats what lies there and grows; it ends at a wall, at itself, or when
// it fills the board. The reward is 1 for each meal and 0 otherwise, so that a return is a number of meals, 33 at most.
//
// Of its five actions (go on, left, right, up, down) three at most matter at any time: to go on, to go where it is heading
// and to turn back on itself are the same. So a policy that chooses each direction well has 3 of 5 actions to spread over
// where it goes straight on, an entropy of log 3 at most, and none where it must turn. An entropy of 0.98 log 5, the target of
// the paper that brought SAC to discrete actions, is beyond every policy that plays: α grows without end. That is what this
// world is for.

import { RandomStream } from "../random/index.ts";
import { dict } from "./composite-spaces.ts";
import {
  type Info,
  noInfo,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  type SyncEnv,
} from "./env.ts";
import { EnvError } from "./errors.ts";
import { flattening } from "./flatten.ts";
import { choiceOf } from "./refusals.ts";
import type { Drawable, Drawing } from "./render/drawing.ts";
import { snakeDrawing } from "./render/snake.ts";
import { box, discrete } from "./spaces.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "./stateful.ts";

const SIDE = 6;
const FIELDS = SIDE * SIDE;
const START_LENGTH = 3;
/** Left, right, up, down: what the actions 1 to 4 add to column and row. */
const MOVES = [
  [-1, 0],
  [1, 0],
  [0, 1],
  [0, -1],
] as const;

const { space, names } = flattening(
  dict({
    snake: box(0, 1, [SIDE, SIDE]),
    head: box(0, 1, [SIDE, SIDE]),
    food: box(0, 1, [SIDE, SIDE]),
    heading: discrete(4, 1),
  }),
);

/**
 * Observation [112] in an own buffer that each call overwrites: for each field how soon the snake leaves it (k / 36 where that
 * takes k steps without a meal, 0 where it is free), whether its head is there, whether food is, and its heading. Action: 0
 * goes on, 1 to 4 turn left, right, up and down as the board is seen.
 */
export class Snake implements SyncEnv, Stateful, Drawable {
  readonly id = "tempered/Snake-v0";
  readonly observationSpace = space;
  readonly observationNames = names;
  readonly actionSpace = discrete(5);
  readonly stepSeconds = 0.15;
  private readonly observation = new Float32Array(names.length);
  /** Fields of the snake, head first; field = column + 6 row, row 0 at the bottom. */
  private readonly body = new Uint8Array(FIELDS);
  private length = 0;
  /** Index of `MOVES`. */
  private heading = 0;
  private food = 0;
  private running = false;
  private random = new RandomStream(0, "tempered/Snake-v0");

  /** A snake of three fields in a straight line, head at least two fields from the wall that it is heading for. */
  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.random = new RandomStream(seed, this.id);
    this.heading = this.random.below(4);
    const [dx, dy] = MOVES[this.heading]!;
    // Along its heading the tail has one of two places, across it one of six.
    const along = this.random.below(2);
    const across = this.random.below(SIDE);
    this.length = START_LENGTH;
    for (let i = 0; i < START_LENGTH; i++) {
      const ahead = along + START_LENGTH - 1 - i;
      const place = (d: number) => (d === 0 ? across : d > 0 ? ahead : SIDE - 1 - ahead);
      this.body[i] = place(dx) + SIDE * place(dy);
    }
    this.placeFood();
    this.running = true;
    return { observation: this.observe(), info: noInfo };
  }

  /** @throws EnvError (ENV_ACTION, ENV_ORDER) */
  step(action: ArrayLike<number>): StepResult {
    const choice = choiceOf(this.actionSpace, action, this.id);
    if (!this.running) {
      throw new EnvError("ENV_ORDER", `Expected a running episode of ${this.id}; call reset() first`);
    }
    if (choice > 0 && isTurn(this.heading, choice - 1)) this.heading = choice - 1;
    const next = this.ahead();
    const eats = next === this.food;
    // The tail makes room unless the snake grows.
    const blocked = next === undefined || this.body.subarray(0, this.length - (eats ? 0 : 1)).includes(next);
    if (!blocked) {
      if (eats) this.length++;
      this.body.copyWithin(1, 0, this.length - 1);
      this.body[0] = next;
      if (eats && this.length < FIELDS) this.placeFood();
    }
    this.running = !blocked && this.length < FIELDS;
    const info: Info = { length: this.length };
    return {
      observation: this.observe(),
      reward: eats && !blocked ? 1 : 0,
      terminated: !this.running,
      truncated: false,
      info,
    };
  }

  drawing(): Drawing {
    return snakeDrawing(SIDE, [...this.body.subarray(0, this.length)], this.food);
  }

  state() {
    const { length, heading, food, running } = this;
    return stateOf(this.id, {
      random: this.random.state(),
      body: this.body.slice(),
      length,
      heading,
      food,
      running,
    });
  }

  restore(state: EnvState): void {
    const { random, body, length, heading, food, running } = stateLike(this.state(), state);
    this.random = RandomStream.from(random);
    this.body.set(body);
    this.length = length;
    this.heading = heading;
    this.food = food;
    this.running = running;
    this.observe();
  }

  /** The field that the head comes to; undefined beyond the wall. */
  private ahead(): number | undefined {
    const [dx, dy] = MOVES[this.heading]!;
    const x = (this.body[0]! % SIDE) + dx;
    const y = Math.floor(this.body[0]! / SIDE) + dy;
    return x >= 0 && x < SIDE && y >= 0 && y < SIDE ? x + SIDE * y : undefined;
  }

  /** On one of the free fields, each as likely. */
  private placeFood(): void {
    let n = this.random.below(FIELDS - this.length);
    for (let field = 0; ; field++) {
      if (!this.body.subarray(0, this.length).includes(field) && n-- === 0) {
        this.food = field;
        return;
      }
    }
  }

  private observe(): Float32Array {
    const { observation, length } = this;
    observation.fill(0);
    for (let i = 0; i < length; i++) observation[this.body[i]!] = (length - i) / FIELDS;
    observation[FIELDS + this.body[0]!] = 1;
    if (this.length < FIELDS) observation[2 * FIELDS + this.food] = 1;
    observation[3 * FIELDS + this.heading] = 1;
    return observation;
  }
}

/** Whether two of `MOVES` are at right angles: left and right, up and down stand side by side. */
function isTurn(heading: number, other: number): boolean {
  return heading >> 1 !== other >> 1;
}
