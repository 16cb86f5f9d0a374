// One training run as three programs would log it: with the entropy (every 100 updates), with Stable-Baselines3's
// columns (every 4 episodes, no entropy), and with CleanRL's tags (every 100 updates, no entropy, α after its step).

import type { DeclaredSettings, Quantity, Series } from "../../src/runs/series.ts";
import type { Log } from "./train.ts";

export type Style = "entropy" | "sb3" | "cleanrl";

export interface Meta {
  readonly name: string;
  readonly declared?: DeclaredSettings;
  readonly learningRate: number;
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
