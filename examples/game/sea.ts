// The sea: jellyfish as bodies in a small Rapier world, with rocks, walls and each other to bump into, and plankton to eat. A
// jellyfish pushes along its own axis and turns; water slows it down and its weight pulls it gently to the floor. Lengths are
// metres, y points up, time goes in ticks of 1/60 s.

import Rapier from "@dimforge/rapier2d-compat";
import { RandomStream } from "../../src/random/index.ts";

export const WIDTH = 12;
export const HEIGHT = 8;
export const TICK = 1 / 60;
export const BODY = 0.28;
/** A meal is within reach from here. */
const REACH = 0.42;
const PUSH = 9;
const TURN = 0.55;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rock extends Point {
  readonly radius: number;
}

export interface Jelly extends Point {
  readonly angle: number;
  readonly velocity: Point;
  /** Radians a second. */
  readonly spin: number;
}

export const rocks: readonly Rock[] = [
  { x: 2.1, y: 0.35, radius: 0.95 },
  { x: 3.3, y: 0.1, radius: 0.6 },
  { x: 8.4, y: 0.2, radius: 1.15 },
  { x: 9.9, y: 0.05, radius: 0.7 },
  { x: 6.0, y: 4.3, radius: 0.62 },
];

export class Sea {
  readonly plankton: Point[] = [];
  /** Whether a row has a jellyfish in it. */
  readonly present: boolean[];
  private readonly world: Rapier.World;
  private readonly bodies: readonly Rapier.RigidBody[];
  private random = new RandomStream(0, "sea");

  /** Rapier is WebAssembly, which takes a moment. */
  static async create(jellies: number, plankton: number): Promise<Sea> {
    await Rapier.init();
    return new Sea(jellies, plankton);
  }

  private constructor(jellies: number, plankton: number) {
    const world = new Rapier.World({ x: 0, y: -0.5 });
    world.timestep = TICK;
    const wall = (x: number, y: number, halfWidth: number, halfHeight: number) =>
      world.createCollider(Rapier.ColliderDesc.cuboid(halfWidth, halfHeight).setTranslation(x, y));
    wall(WIDTH / 2, -0.5, WIDTH, 0.5);
    wall(WIDTH / 2, HEIGHT + 0.5, WIDTH, 0.5);
    wall(-0.5, HEIGHT / 2, 0.5, HEIGHT);
    wall(WIDTH + 0.5, HEIGHT / 2, 0.5, HEIGHT);
    for (const { x, y, radius } of rocks) {
      world.createCollider(Rapier.ColliderDesc.ball(radius).setTranslation(x, y).setRestitution(0.4));
    }
    this.bodies = Array.from({ length: jellies }, () => {
      const body = world.createRigidBody(
        Rapier.RigidBodyDesc.dynamic().setLinearDamping(1.6).setAngularDamping(5).setCanSleep(false),
      );
      const mass = { density: 1 / (Math.PI * BODY * BODY), restitution: 0.5 };
      world.createCollider(
        Rapier.ColliderDesc.ball(BODY).setDensity(mass.density).setRestitution(mass.restitution),
        body,
      );
      body.setEnabled(false);
      return body;
    });
    this.world = world;
    this.present = this.bodies.map(() => false);
    for (let i = 0; i < plankton; i++) this.plankton.push({ x: 0, y: 0 });
  }

  /** Empties the sea, and strews plankton anew. */
  reset(seed: number | undefined): void {
    if (seed !== undefined) this.random = new RandomStream(seed, "sea");
    this.bodies.forEach((_, row) => {
      this.leave(row);
    });
    this.plankton.forEach((_, i) => {
      this.grow(i);
    });
  }

  chance(probability: number): boolean {
    return this.random.uniform() < probability;
  }

  /** A jellyfish drifts in from above, facing anywhere. */
  enter(row: number): void {
    const body = this.bodies[row]!;
    body.setEnabled(true);
    body.setTranslation({ x: this.random.uniformBetween(1, WIDTH - 1), y: HEIGHT - 0.6 }, true);
    body.setRotation(this.random.uniformBetween(-Math.PI, Math.PI), true);
    body.setLinvel({ x: 0, y: -0.3 }, true);
    body.setAngvel(0, true);
    this.present[row] = true;
  }

  leave(row: number): void {
    this.bodies[row]!.setEnabled(false);
    this.present[row] = false;
  }

  jelly(row: number): Jelly {
    const body = this.bodies[row]!;
    const { x, y } = body.translation();
    return { x, y, angle: body.rotation(), velocity: body.linvel(), spin: body.angvel() };
  }

  /**
   * One tick with these actions.
   * @param actions of each row two numbers in [−1, 1]: how hard it pushes (−1 not at all), and how it turns
   */
  tick(actions: ArrayLike<number>): void {
    this.bodies.forEach((body, row) => {
      if (!this.present[row]) return;
      const push = (PUSH * TICK * (clamped(actions[2 * row]!) + 1)) / 2;
      const angle = body.rotation();
      body.applyImpulse({ x: -Math.sin(angle) * push, y: Math.cos(angle) * push }, true);
      body.applyTorqueImpulse(TURN * TICK * clamped(actions[2 * row + 1]!), true);
    });
    this.world.step();
  }

  /** Index of the nearest plankton. */
  nearest(from: Point): number {
    let best = 0;
    this.plankton.forEach((each, i) => {
      if (distance(each, from) < distance(this.plankton[best]!, from)) best = i;
    });
    return best;
  }

  /** Who is close enough eats it, and another grows elsewhere. @returns where it was */
  eat(row: number): Point | undefined {
    const jelly = this.jelly(row);
    const at = this.nearest(jelly);
    const meal = this.plankton[at]!;
    if (distance(meal, jelly) > REACH) return undefined;
    this.grow(at);
    return meal;
  }

  /** From a jellyfish to the nearest surface of a rock or another jellyfish within 1.5 m; else nothing. */
  obstacle(row: number): Point {
    const jelly = this.jelly(row);
    const others = this.bodies.flatMap((_, i): Rock[] =>
      i !== row && this.present[i] ? [{ ...this.jelly(i), radius: BODY }] : [],
    );
    let [best, least] = [{ x: 0, y: 0 }, 1.5];
    for (const { x, y, radius } of [...rocks, ...others]) {
      const [dx, dy] = [x - jelly.x, y - jelly.y];
      const far = Math.hypot(dx, dy);
      if (far === 0 || far - radius >= least) continue;
      least = far - radius;
      best = { x: (dx / far) * (1.5 - least), y: (dy / far) * (1.5 - least) };
    }
    return best;
  }

  close(): void {
    this.world.free();
  }

  private grow(at: number): void {
    let place: Point;
    do {
      place = {
        x: this.random.uniformBetween(0.6, WIDTH - 0.6),
        y: this.random.uniformBetween(0.6, HEIGHT - 0.6),
      };
    } while (rocks.some((rock) => distance(rock, place) < rock.radius + BODY + 0.2));
    this.plankton[at] = place;
  }
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function clamped(x: number): number {
  return Math.min(Math.max(x, -1), 1);
}
