import { describe, expect, test } from "vitest";
import { Acrobot } from "../classic-control/acrobot.ts";
import { CartPole } from "../classic-control/cart-pole.ts";
import { MountainCar } from "../classic-control/mountain-car.ts";
import { MountainCarContinuous } from "../classic-control/mountain-car-continuous.ts";
import { Pendulum } from "../classic-control/pendulum.ts";
import type { Env } from "../env.ts";
import { hopper } from "../mujoco/hopper.ts";
import { makeMujocoEnv } from "../mujoco/mujoco-env.ts";
import { walker2d } from "../mujoco/walker2d.ts";
import { Snake } from "../snake.ts";
import { TimeLimit } from "../wrappers/time-limit.ts";
import { animatedSvg } from "./animation.ts";
import { pointMassDrawing } from "./classic-control.ts";
import { drawableOf } from "./draw.ts";
import type { Drawing, Shape } from "./drawing.ts";
import { filmStripSvg } from "./film-strip.ts";
import { Recording } from "./recording.ts";

type Line = Extract<Shape, { kind: "line" }>;

/** A ball that moves right by 1 m a step under a camera that follows it: 3.2 m wide are 960 pixels, 300 a metre. */
function ballAt(x: number): Drawing {
  return {
    view: { left: x - 1.6, bottom: -0.3, width: 3.2 },
    floor: 0,
    shapes: [{ kind: "circle", x, y: 0.5, radius: 0.5, role: "body" }],
  };
}

function rolling(steps: number, stepSeconds = 0.5): Recording {
  const recording = new Recording("Ball <1>", stepSeconds);
  recording.add(ballAt(0));
  for (let i = 1; i <= steps; i++) recording.add(ballAt(i), 2);
  return recording;
}

describe("an animated SVG", () => {
  test("moves what moves, in pixels with y downwards, and leaves the rest alone", () => {
    const svg = animatedSvg(rolling(2));
    const timing = 'dur="1s" repeatCount="indefinite"';
    expect(svg).toContain(
      `<circle cx="0" cy="-150" r="150"><animate attributeName="cx" ${timing} values="0;300;600"/></circle>`,
    );
    // 540 pixels high: the world's y = 0 is 450 pixels from the top, its x = −1.6 at the left edge.
    expect(svg).toContain(
      `<g transform="translate(480,450)"><animateTransform attributeName="transform" type="translate" ${timing} values="480,450;180,450;-120,450"/>`,
    );
    expect(svg).toContain("return 4 <tspan");
    expect(svg).toContain("Ball &lt;1&gt;");
  });

  test("plays at the real speed with no more moments than it needs", () => {
    const svg = animatedSvg(rolling(1000, 0.01), { framesPerSecond: 10 });
    const values = /attributeName="cx" dur="10s" repeatCount="indefinite" values="([^"]*)"/
      .exec(svg)![1]!
      .split(";");
    expect(values).toHaveLength(101);
    expect(values.at(-1)).toBe("300000");
    expect(animatedSvg(rolling(1000, 0.01), { speed: 2 })).toContain('dur="5s"');
  });

  test("is refused for a recording of nothing", () => {
    expect(() => animatedSvg(new Recording("nothing", 1))).toThrow("Expected a recorded episode");
  });
});

test("a film strip shows the first and the last moment, standing still", () => {
  const svg = filmStripSvg(rolling(100), { frames: 6, columns: 3 });
  expect(svg.match(/<svg /g)).toHaveLength(7);
  expect(svg).not.toContain("<animate");
  expect([...svg.matchAll(/>([\d.]+) s </g)].map(([, seconds]) => seconds)).toEqual([
    "0",
    "10",
    "20",
    "30",
    "40",
    "50",
  ]);
});

describe("what is drawn", () => {
  test("Pendulum: the rod points up at θ = 0, to the left at a quarter turn", () => {
    const env = new Pendulum();
    const { drawing, stepSeconds } = drawableOf(new TimeLimit(env, 200))!;
    env.setPhysics([0, 0]);
    expect(drawing().shapes[0]).toMatchObject({ points: [0, 0, -0, 1] });
    env.setPhysics([Math.PI / 2, 0]);
    const { points } = drawing().shapes[0] as Line;
    expect(points[2]).toBeCloseTo(-1, 15);
    expect(points[3]).toBeCloseTo(0, 15);
    expect(stepSeconds).toBe(0.05);
  });

  test("MountainCarContinuous: the car stands level at the bottom, where 3x = −π/2, 0.1 above 0", () => {
    const env = new MountainCarContinuous();
    env.setPhysics([-Math.PI / 6, 0]);
    const wheels = drawableOf(env)!
      .drawing()
      .shapes.filter(({ kind }) => kind === "circle");
    expect(wheels).toHaveLength(2);
    for (const wheel of wheels as { y: number; radius: number }[])
      expect(wheel.y - wheel.radius).toBeCloseTo(0.1, 12);
  });

  test("CartPole: the pole stands on the cart, and leans to the right at a positive angle", () => {
    const env = new CartPole();
    env.setPhysics([1, 0, Math.PI / 6, 0]);
    const { shapes } = drawableOf(env)!.drawing();
    const pole = shapes.find(({ role }) => role === "limb") as Line;
    for (const [i, expected] of [1, 0.1, 1.5, 0.1 + Math.sqrt(3) / 2].entries())
      expect(pole.points[i]).toBeCloseTo(expected, 12);
  });

  test("Acrobot: hangs down at rest, and passes the line 1 m up where it has done its task", () => {
    const env = new Acrobot();
    const tip = () => (drawableOf(env)!.drawing().shapes[2] as Line).points.slice(2);
    env.setPhysics([0, 0, 0, 0]);
    expect(tip()).toEqual([0, -2]);
    env.setPhysics([Math.PI / 2, Math.PI / 2, 0, 0]);
    expect(tip()[0]).toBeCloseTo(1, 12);
    expect(tip()[1]).toBeCloseTo(1, 12);
  });

  test("MountainCar: its flag stands at 0.5, the continuous one's at 0.45", () => {
    const flagOf = (env: Env) => (drawableOf(env)!.drawing().shapes[1] as Line).points[0];
    expect([flagOf(new MountainCar()), flagOf(new MountainCarContinuous())]).toEqual([0.5, 0.45]);
  });

  test("Snake: the chain goes from the head to the tail, and has as many points at every moment", () => {
    const env = new Snake();
    env.reset({ seed: 1 });
    const chain = () =>
      drawableOf(env)!
        .drawing()
        .shapes.find(({ role }) => role === "limb") as Line;
    const { body, length } = env.state();
    const fields = Array.from(body.subarray(0, length), (field) => [field % 6, Math.floor(field / 6)]);
    expect(chain().points).toHaveLength(72);
    expect(chain().points.slice(0, 6)).toEqual(fields.flat());
    expect(chain().points.slice(-2)).toEqual(fields.at(-1));
  });

  test("PointMass: two dimensions a room, all of them in the picture", () => {
    const points = pointMassDrawing([0.5, -0.25, 1, 0, 0, 0]).shapes.filter(({ role }) => role === "limb");
    expect(points).toMatchObject([
      { x: -0.7, y: -0.25 },
      { x: 2.2, y: 0 },
    ]);
    const { view, shapes } = pointMassDrawing(new Float64Array(16));
    expect(shapes.filter(({ role }) => role === "goal")).toHaveLength(4);
    expect(view.left).toBeLessThan(-3.6 - 1);
  });

  test("Hopper: its torso stands 1.25 m over the floor, and the camera is where it is", async () => {
    const env = await makeMujocoEnv(hopper);
    env.setPhysics([7, 1.25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const { view, floor, shapes } = drawableOf(env)!.drawing();
    expect(floor).toBe(0);
    expect(view.left + view.width / 2).toBeCloseTo(7, 12);
    const torso = shapes.find(({ role }) => role === "body") as Line;
    expect(torso.width).toBe(0.1);
    for (const [i, expected] of [7, 1.05, 7, 1.45].entries())
      expect(torso.points[i]).toBeCloseTo(expected, 12);
    env.close();
  });

  test("Walker2d: its left leg is behind the right one", async () => {
    const env = await makeMujocoEnv(walker2d);
    env.reset({ seed: 1 });
    expect(env.drawing().shapes.map(({ role }) => role)).toEqual([
      ...["far", "far", "far"],
      ...["limb", "limb", "limb", "body"],
    ]);
    env.close();
  });

  test("nothing, where nobody knows how", () => {
    const env = { ...new Pendulum(), id: "unknown" };
    expect(drawableOf(env as unknown as Pendulum)).toBeUndefined();
  });
});
