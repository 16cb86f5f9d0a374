// Draws the figures of docs/temperature.md and docs/founding-case.md into docs/figures:
//
//   npx tsx examples/temperature/figures.ts
//
// The first two are closed-form numbers and the temperature itself; the third trains four agents on PointMass, some
// ten seconds of work.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Chart, type Line, svg } from "../../src/curves/line-chart.ts";
import { asked, type Experiment, question, run, suspects } from "../alpha-collapse.ts";
import { atSteadyGap, crossing, tanhGaussianEntropy } from "./facts.ts";

const directory = fileURLToPath(new URL("../../docs/figures/", import.meta.url));
mkdirSync(directory, { recursive: true });
const draw = (name: string, chart: Chart) => writeFileSync(`${directory}${name}.svg`, svg(chart));

const [BLUE, ORANGE, GREEN, PURPLE] = ["#1f6fb2", "#c2570c", "#23803a", "#7b4bb7"];
const thousands = (x: number) => (x === 0 ? "0" : `${x / 1000}k`);
const alphaAxis = {
  title: "α (logarithmic)",
  from: 1e-3,
  to: 1,
  ticks: [1, 0.1, 0.01, 0.001],
  log: true,
} as const;

// How fast α can fall: both loss forms, three learning rates, a gap that stays.
function falling(learningRate: number, loss: "alpha" | "log-alpha", updates: number): [number, number][] {
  const points: [number, number][] = [[0, 1]];
  for (const { update, logAlpha } of atSteadyGap(6.7, { learningRate, loss })) {
    if (update % 200 === 0) points.push([update, Math.exp(logAlpha)]);
    if (update === updates || logAlpha < Math.log(1e-3)) return points;
  }
  return points;
}
const rates = [
  { rate: 1e-4, color: BLUE, name: "1e-4", at: [39_000, 0.043] },
  { rate: 3e-4, color: ORANGE, name: "3e-4", at: [20_900, 0.0105] },
  { rate: 1e-3, color: GREEN, name: "1e-3", at: [1_200, 0.0024] },
] as const;
draw("speed", {
  title: "How fast Adam lets α fall, at a gap that stays",
  x: {
    title: "updates",
    from: 0,
    to: 60_000,
    ticks: [0, 10, 20, 30, 40, 50, 60].map((k) => k * 1000),
    show: thousands,
  },
  y: alphaAxis,
  lines: rates.flatMap(({ rate, color, name, at }): Line[] => [
    { label: `lr ${name}`, color, points: falling(rate, "log-alpha", 60_000), labelAt: at },
    { label: "", color, dashed: true, points: falling(rate, "alpha", 60_000), labelAt: at },
  ]),
  marks: [
    {
      at: [10_000, Math.exp(-1)],
      label: "10,000 updates at 1e-4: 0.37. Solid: loss on log α; dashed: loss on α",
    },
  ],
});

// Entropy of a tanh-Gaussian against its spread.
const spread = Array.from({ length: 241 }, (_, i) =>
  Math.exp(Math.log(0.03) + (i / 240) * Math.log(10 / 0.03)),
);
const narrow = crossing((sigma) => tanhGaussianEntropy(0, sigma) + 1, 0.01, 0.8);
const wide = crossing((sigma) => tanhGaussianEntropy(0, sigma) + 1, 1, 10);
draw("entropy", {
  title: "Entropy of tanh(σ·ε), one action dimension",
  x: {
    title: "σ before tanh (logarithmic)",
    from: 0.03,
    to: 10,
    ticks: [0.03, 0.1, 0.3, 1, 3, 10],
    log: true,
  },
  y: { title: "nats, unit actions", from: -4, to: 1, ticks: [-4, -3, -2, -1, 0, 1] },
  lines: [
    {
      label: "uniform actions: log 2 = 0.693",
      color: PURPLE,
      dashed: true,
      points: [
        [0.03, Math.LN2],
        [10, Math.LN2],
      ],
      labelAt: [0.035, 0.78],
    },
    {
      label: "target −1",
      color: ORANGE,
      dashed: true,
      points: [
        [0.03, -1],
        [10, -1],
      ],
      labelAt: [0.42, -1.2],
    },
    {
      label: "H(σ) at μ = 0",
      color: BLUE,
      points: spread.map((sigma) => [sigma, tanhGaussianEntropy(0, sigma)]),
      labelAt: [0.045, -2.4],
    },
  ],
  marks: [
    { at: [0.8744, 0.6836], label: "" },
    { at: [narrow, -1], label: `σ = ${narrow.toFixed(3)}: precise`, below: true },
    { at: [wide, -1], label: `σ = ${wide.toFixed(2)}: bang-bang` },
  ],
});

// The founding case: α of real runs.
async function trained(experiment: Experiment): Promise<[number, number][]> {
  const points: [number, number][] = [[0, asked.initialAlpha ?? 1]];
  await run(experiment, { hidden: [64, 64], batchSize: 64, engine: "wasm" }, 1, (step, alpha) => {
    if (step % 100 === 0) points.push([step / 1000, alpha]);
  });
  return points;
}
const shown = [
  { name: question.name, color: BLUE, at: [6.0, 0.68] },
  { name: "α-lr 1e-3", color: GREEN, at: [4.6, 0.12] },
  { name: "Adam on α itself", color: ORANGE, at: [5.4, 0.25] },
  { name: "α-lr 1e-3, loss on log α", color: PURPLE, at: [5.2, 0.006] },
] as const;
const runs: Line[] = [];
for (const { name, color, at } of shown) {
  const experiment = [question, ...suspects].find((candidate) => candidate.name === name)!;
  runs.push({ label: name, color, points: await trained(experiment), labelAt: at });
}
draw("founding-case", {
  title: "α in ten episodes of PointMass, four action dimensions",
  x: { title: "episodes of 1,000 steps", from: 0, to: 10, ticks: [0, 2, 4, 6, 8, 10] },
  y: alphaAxis,
  lines: runs,
});
