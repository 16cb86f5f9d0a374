// The curves of bench/mujoco-learning.ts as one picture a task: return, α and entropy over the steps, a line a seed.

import { type Axis, svg } from "../src/curves/line-chart.ts";
import { linearTicks, tickLabel } from "../src/curves/ticks.ts";
import { type CurvePoint, type MujocoLearning, runsOf, type Task } from "./mujoco-learning-table.ts";

const programs = [
  { program: "tempered", color: "#1f6fb2" },
  { program: "pytorch", color: "#c2570c" },
] as const;

const [WIDTH, HEIGHT] = [760, 420];

export function figure(result: MujocoLearning, task: Task): string {
  const curves = programs.flatMap(({ program, color }) =>
    runsOf(result, task, program).map(({ curve }) => ({ program, color, curve })),
  );
  const x: Axis = {
    title: "environment steps",
    from: 0,
    to: task.steps,
    ticks: linearTicks(0, task.steps, 5),
    show: tickLabel,
  };
  /** @param labelsAt share of the width where the lines leave room */
  const panel = (title: string, labelsAt: number, y: Axis, value: (point: CurvePoint) => number) =>
    svg({
      title,
      x,
      y,
      lines: curves.map(({ program, color, curve }, i) => ({
        // One label a program.
        label: curves.findIndex((other) => other.program === program) === i ? program : "",
        color,
        points: curve.map((point) => [point.step, value(point)] as const),
        labelAt: place(x, labelsAt, y, program === "tempered" ? 0.08 : 0.15),
      })),
    });
  const all = curves.flatMap(({ curve }) => curve);
  const panels = [
    panel(
      `${task.env}: return of ${result.episodes} deterministic episodes`,
      0.05,
      linear(
        "return",
        all.map(({ meanReturn }) => meanReturn),
      ),
      ({ meanReturn }) => meanReturn,
    ),
    panel(
      "temperature α",
      0.8,
      decades(
        "α (logarithmic)",
        all.map(({ alpha }) => alpha),
      ),
      ({ alpha }) => alpha,
    ),
    panel(
      "entropy",
      0.8,
      linear(
        "nats, unit actions",
        all.map(({ entropy }) => entropy),
      ),
      ({ entropy }) => entropy,
    ),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT * panels.length}">`,
    ...panels.map((inner, i) =>
      inner.replace("<svg ", `<svg y="${i * HEIGHT}" width="${WIDTH}" height="${HEIGHT}" `),
    ),
    "</svg>",
    "",
  ].join("\n");
}

function linear(title: string, values: readonly number[]): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.05 * (high - low);
  const [from, to] = [low - margin, high + margin];
  return {
    title,
    from,
    to,
    ticks: linearTicks(from, to, 5),
    show: tickLabel,
  };
}

function decades(title: string, values: readonly number[]): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(Math.log10) as [number, number];
  const [from, to] = [Math.floor(low), Math.ceil(high)];
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  return {
    title,
    from: ticks[0]!,
    to: ticks.at(-1)!,
    ticks,
    log: true,
    show: (tick) => `${Number(tick.toPrecision(1))}`,
  };
}

/** A place in data units, from shares of the width and of the height below the top. */
function place(x: Axis, right: number, y: Axis, down: number): [number, number] {
  const height = y.log ? y.to * (y.from / y.to) ** down : y.to - down * (y.to - y.from);
  return [x.from + right * (x.to - x.from), height];
}
