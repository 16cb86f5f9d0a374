// The sea as an environment of several bodies with one policy: a row is a place for a jellyfish, which may be empty for a while.
// An action lasts four ticks. The reward is 1 for a meal, plus how many metres nearer it came to the plankton that was the
// nearest; who has not eaten for 12 s starves (terminated), who has lived for 20 s moves on (truncated).

import {
  box,
  type Info,
  noInfo,
  type VectorEnv,
  type VectorResetOptions,
  type VectorStepResult,
} from "../../src/envs/index.ts";
import { distance, type Point, Sea } from "./sea.ts";

export const TICKS = 4;
const STEPS_TO_STARVE = 180;
const STEPS_TO_STAY = 300;
/** Chance that a jellyfish comes while there is room, each step. */
const ARRIVAL = 0.2;
export const OBSERVATION = 10;

export class SeaEnv implements VectorEnv {
  readonly id = "jellyfish";
  readonly count: number;
  readonly observationSpace = box(-2, 2, [OBSERVATION]);
  readonly actionSpace = box(-1, 1, [2]);
  readonly autoreset = "next-step";
  private readonly sea: Sea;
  private readonly hungry: number[];
  private readonly stayed: number[];
  private readonly result: VectorStepResult & { readonly absent: Uint8Array; readonly infos: Info[] };

  static async create(jellies = 8): Promise<SeaEnv> {
    return new SeaEnv(await Sea.create(jellies, 7), jellies);
  }

  private constructor(sea: Sea, count: number) {
    this.sea = sea;
    this.count = count;
    this.hungry = Array(count).fill(0);
    this.stayed = Array(count).fill(0);
    this.result = {
      observations: new Float64Array(count * OBSERVATION),
      infos: Array.from({ length: count }, () => noInfo),
      rewards: new Float64Array(count),
      terminated: new Uint8Array(count),
      truncated: new Uint8Array(count),
      wasReset: new Uint8Array(count),
      absent: new Uint8Array(count),
    };
  }

  async reset({ seed }: VectorResetOptions = {}): Promise<VectorStepResult> {
    const { rewards, terminated, truncated, wasReset, absent } = this.result;
    for (const row of [rewards, terminated, truncated, wasReset, absent]) row.fill(0);
    this.sea.reset(typeof seed === "object" ? seed[0] : seed);
    for (let row = 0; row < this.count; row++) this.enter(row);
    this.observe();
    return this.result;
  }

  async step(actions: ArrayLike<number>): Promise<VectorStepResult> {
    const { sea, result } = this;
    const { rewards, terminated, truncated, wasReset, absent } = result;
    for (let row = 0; row < this.count; row++) {
      // Whoever went at the last step frees its row now.
      if (terminated[row] || truncated[row]) {
        absent[row] = 1;
        sea.leave(row);
      }
      wasReset[row] = absent[row]!;
    }
    for (const row of [rewards, terminated, truncated]) row.fill(0);
    const wanted = this.present().map((row) => ({ row, meal: sea.plankton[sea.nearest(sea.jelly(row))]! }));
    const before = wanted.map(({ row, meal }) => distance(sea.jelly(row), meal));
    for (let tick = 0; tick < TICKS; tick++) sea.tick(actions);
    wanted.forEach(({ row, meal }, i) => {
      rewards[row] = before[i]! - distance(sea.jelly(row), meal);
      this.live(row);
    });
    const free = absent.indexOf(1);
    if (free >= 0 && sea.chance(ARRIVAL)) {
      this.enter(free);
      absent[free] = 0;
    }
    this.observe();
    return result;
  }

  async close(): Promise<void> {
    this.sea.close();
  }

  private live(row: number): void {
    const { rewards, terminated, truncated } = this.result;
    this.hungry[row]! += 1;
    this.stayed[row]! += 1;
    if (this.sea.eat(row)) {
      rewards[row]! += 1;
      this.hungry[row] = 0;
    }
    terminated[row] = this.hungry[row]! >= STEPS_TO_STARVE ? 1 : 0;
    truncated[row] = !terminated[row] && this.stayed[row]! >= STEPS_TO_STAY ? 1 : 0;
  }

  private enter(row: number): void {
    this.sea.enter(row);
    this.hungry[row] = 0;
    this.stayed[row] = 0;
  }

  private present(): number[] {
    return Array.from(this.result.absent.keys()).filter((row) => !this.result.absent[row]);
  }

  private observe(): void {
    const { observations } = this.result;
    observations.fill(0);
    for (const row of this.present()) {
      const hunger = this.hungry[row]! / STEPS_TO_STARVE;
      observe(this.sea, row, hunger, observations.subarray(row * OBSERVATION, (row + 1) * OBSERVATION));
    }
  }
}

/**
 * What a jellyfish feels, all as seen from itself: where the nearest plankton is and how far, its own velocity and spin, where up
 * is, what is in the way, and its hunger.
 * @param into [10], written
 */
export function observe(sea: Sea, row: number, hunger: number, into: Float32Array | Float64Array): void {
  const jelly = sea.jelly(row);
  const [sin, cos] = [Math.sin(jelly.angle), Math.cos(jelly.angle)];
  const seen = ({ x, y }: Point) => [x * cos + y * sin, y * cos - x * sin] as const;
  const meal = sea.plankton[sea.nearest(jelly)]!;
  const far = distance(meal, jelly);
  const [side, ahead] = seen({ x: (meal.x - jelly.x) / (far || 1), y: (meal.y - jelly.y) / (far || 1) });
  const [slip, speed] = seen(jelly.velocity);
  const [blockedSide, blockedAhead] = seen(sea.obstacle(row));
  const values = [
    side,
    ahead,
    far / 4,
    slip / 2,
    speed / 2,
    jelly.spin / 3,
    cos,
    blockedSide,
    blockedAhead,
    hunger,
  ];
  values.forEach((value, i) => {
    into[i] = Math.min(Math.max(value, -2), 2);
  });
}
