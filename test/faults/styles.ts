// One training run as three programs would log it: with the entropy (every 100 updates), with Stable-Baselines3's
// columns (every 4 episodes, no entropy), and with CleanRL's tags (every 100 updates, no entropy, α after its step).

import type { DeclaredSettings, Quantity, Series } from "../../src/runs/series.ts";
import type { Log } from "./train.ts";

export type Style = "entropy" | "sb3" | "cleanrl";

export interface Meta {
  readonly name: string;
  readonly declared?: DeclaredSettings;
  readonly learningRate: number;
  /** Steps before the first update. Default 500. */
  readonly learningStarts?: number;
  /** Default 1. */
  readonly updatesPerStep?: number;
}

const COLUMNS: Readonly<Record<Style, Partial<Record<Quantity, string>>>> = {
  entropy: {
    step: "updates",
    alpha: "alpha",
    alphaLoss: "alphaLoss",
    entropy: "entropy",
    targetEntropy: "targetEntropy",
    actorLoss: "actorLoss",
    criticLoss: "criticLoss",
    q: "q",
    return: "return",
  },
  sb3: {
    step: "updates",
    updates: "updates",
    alpha: "alpha",
    alphaLoss: "alphaLoss",
    actorLoss: "actorLoss",
    criticLoss: "criticLoss",
    return: "return",
  },
  cleanrl: {
    step: "updates",
    alpha: "alphaAfter",
    alphaLoss: "alphaLoss",
    actorLoss: "actorLoss",
    criticLoss: "criticLoss",
    q: "q",
    return: "return",
  },
};

const FRAMEWORKS: Readonly<Record<Style, string>> = {
  entropy: "rlkit",
  sb3: "Stable-Baselines3",
  cleanrl: "CleanRL",
};

const LOSS_FORMS: Readonly<Record<Style, DeclaredSettings>> = {
  entropy: {},
  sb3: { lossForm: "log-alpha" },
  cleanrl: { lossForm: "alpha" },
};

/** Updates between rows. */
const EVERY: Readonly<Record<Style, number>> = { entropy: 100, sb3: 400, cleanrl: 100 };

/** @param share only the first part of the log, 0..1 */
export function styled(log: Log, style: Style, meta: Meta, share = 1): Series {
  const column = (name: string) => log.names.indexOf(name);
  const updates = column("updates");
  const end = log.rows.at(-1)![updates]! * share;
  const rows = log.rows.filter((row) => row[updates]! % EVERY[style] === 0 && row[updates]! <= end);
  const columns: Partial<Record<Quantity, Float64Array>> = {};
  for (const [quantity, name] of Object.entries(COLUMNS[style])) {
    const values = Float64Array.from(rows, (row) => row[column(name)]!);
    if (values.some(Number.isFinite)) columns[quantity as Quantity] = values;
  }
  const { learningStarts = 500, updatesPerStep = 1 } = meta;
  columns.step = columns.step!.map((n) => learningStarts + n / updatesPerStep);
  if (style === "sb3") columns.learningRate = new Float64Array(rows.length).fill(meta.learningRate);
  return {
    path: meta.name,
    format: style === "cleanrl" ? "tfevents" : "csv",
    framework: FRAMEWORKS[style],
    length: rows.length,
    columns,
    units: style === "cleanrl" ? "environment" : "unit",
    declared: { ...LOSS_FORMS[style], ...meta.declared },
    notes: [],
  };
}

/** The same log with every k-th row only. */
export function fewRows(series: Series, every: number): Series {
  return withRows(series, (values) => values.filter((_, i) => i % every === every - 1));
}

/** The same log with its steps counted anew in each third, as where learn() is called again. */
export function restarted(series: Series): Series {
  const third = Math.ceil(series.length / 3);
  const step = series.columns.step!.map((value, i) => {
    const begin = Math.floor(i / third) * third;
    return begin === 0 ? value : value - series.columns.step![begin - 1]!;
  });
  return { ...series, columns: { ...series.columns, step } };
}

/** The log of a run that was resumed after a share of it. @param anew its steps begin at 0 again */
export function resumed(series: Series, share: number, anew: boolean): Series {
  const from = Math.floor(series.length * share);
  const late = withRows(series, (values) => values.slice(from));
  const first = series.columns.step![0]!;
  const step = late.columns.step!.map((value) => (anew ? value - late.columns.step![0]! + first : value));
  return { ...late, columns: { ...late.columns, step } };
}

function withRows(series: Series, choose: (values: Float64Array) => Float64Array): Series {
  const columns = Object.fromEntries(
    Object.entries(series.columns).map(([name, values]) => [name, choose(values)]),
  );
  return { ...series, length: columns.step!.length, columns };
}
