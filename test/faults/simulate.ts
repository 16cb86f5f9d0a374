// α without networks: real Adam on real losses, against a policy whose entropy follows α by a simple law. Thousands of
// runs a second, each fully known, to drive the doctor's estimators and rules; trained agents check what this cannot.

import { type FaultyTemperature, faultyTemperature } from "../../src/faults/temperature.ts";
import type { DeclaredSettings, Series } from "../../src/runs/series.ts";
import { random } from "./random.ts";

export interface Simulation extends Partial<FaultyTemperature> {
  /** Default 1. */
  readonly actionDim?: number;
  /** Default 10,000. */
  readonly updates?: number;
  /** Updates between rows. Default 100. */
  readonly every?: number;
  readonly seed?: number;
  /** Standard deviation of one batch's entropy, nats per √dimension. Default 0.05. */
  readonly noise?: number;
  /** α at which the policy's entropy is −1 a dimension once it has learned. Default 0.1. */
  readonly settledAlpha?: number;
  /** Updates that learning takes. Default 3,000. */
  readonly learningTime?: number;
  /** The entropy does not follow α. */
  readonly unresponsive?: boolean;
  /** Added to the entropy that α sees and the log shows. */
  readonly offset?: number;
  /** What the log says of it. Default all. */
  readonly style?: "entropy" | "sb3" | "cleanrl";
  readonly declared?: DeclaredSettings;
}

/** The most a policy dimension can have. */
const TOP = 0.684;
const UNTRAINED = 0.65;

export function simulate(simulation: Simulation = {}): Series {
  const {
    actionDim: d = 1,
    updates = 10_000,
    every = 100,
    noise = 0.05,
    settledAlpha = 0.1,
    learningTime = 3000,
    offset = 0,
    style = "entropy",
  } = simulation;
  const source = random(simulation.seed ?? 1);
  const temperature = faultyTemperature(
    {
      targetEntropy: -d,
      learningRate: 3e-4,
      lossForm: style === "cleanrl" ? "alpha" : "log-alpha",
      initialAlpha: 1,
      ...simulation,
    },
    updates,
  );
  const columns: Record<string, number[]> = {};
  const put = (name: string, value: number) => {
    columns[name] ??= [];
    columns[name].push(value);
  };
  let perDimension = UNTRAINED;
  for (let n = 1; n <= updates; n++) {
    const learned = n / (n + learningTime);
    const wanted = simulation.unresponsive
      ? UNTRAINED - 4 * learned
      : settled(temperature.alpha / (settledAlpha * learned ** 2));
    perDimension += Math.max(-0.002, Math.min(0.002, 0.01 * (wanted - perDimension)));
    const entropy = d * perDimension + offset + noise * Math.sqrt(d) * source.normal();
    const alpha = temperature.alpha;
    const { loss, targetEntropy } = temperature.update(entropy, n);
    if (n % every !== 0) continue;
    const soft = (alpha * Math.abs(entropy)) / 0.01;
    const value = 50 * learned + soft * learned;
    put("step", n);
    if (style === "sb3") put("updates", n);
    put("alpha", style === "cleanrl" ? temperature.alpha : alpha);
    put("alphaLoss", loss);
    put("criticLoss", 1 + source.uniform());
    put("actorLoss", -value);
    put("return", -200 * (1 - learned) * (1 + 0.05 * source.normal()));
    if (style === "entropy") {
      put("entropy", entropy);
      put("targetEntropy", targetEntropy);
    }
  }
  return {
    path: "simulated",
    format: "csv",
    framework: { entropy: "rlkit", sb3: "Stable-Baselines3", cleanrl: "CleanRL" }[style],
    length: columns.step!.length,
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]),
    ),
    declared: { actionDim: d, ...simulation.declared },
    units: style === "cleanrl" ? "environment" : "unit",
    usualLossForm: style === "cleanrl" ? "alpha" : "log-alpha",
    notes: [],
  };
}

/** Only the rows of the first `share` of a series. */
export function cut(series: Series, share: number): Series {
  const length = Math.max(1, Math.floor(series.length * share));
  const columns = Object.fromEntries(
    Object.entries(series.columns).map(([name, values]) => [name, values.slice(0, length)]),
  );
  return { ...series, length, columns };
}

/** Entropy per dimension of a policy at rest: a Gaussian of variance ∝ α, bounded by what tanh leaves of it. */
function settled(ratio: number): number {
  return TOP - 0.5 * Math.log(1 + (Math.exp(2 * (TOP + 1)) - 1) / Math.max(ratio, 1e-9));
}
