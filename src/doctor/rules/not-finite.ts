// NaN or infinity: everything after it is meaningless, and which series went first points at the cause.

import type { Quantity } from "../../runs/series.ts";
import { stepAt } from "../rows.ts";
import type { Rule } from "../rule.ts";

const WATCHED: readonly Quantity[] = ["alpha", "alphaLoss", "entropy", "q", "criticLoss", "actorLoss"];
/** Rows that a series must stay NaN, while others go on, before it is more than a missing cell. */
const ROWS = 3;
/** Share of the rows before in which the series must be present. */
const PRESENT = 0.8;

const CAUSES: Partial<Record<Quantity, string>> = {
  alpha:
    "optimise log α and read α as exp(log α); clamp log α to at most 20 (float32 exp overflows at 88.7), and see what else is found for why it ran away",
  alphaLoss:
    "clamp log π before it enters the α loss, with the stable form log(1 − tanh²u) = 2(log 2 − u − softplus(−2u))",
  entropy: "use the stable form log(1 − tanh²u) = 2(log 2 − u − softplus(−2u)) and clamp log σ to [−20, 2]",
  q: "clip gradients, lower the critic's learning rate, and scale rewards to the order of 1",
  criticLoss: "clip gradients, lower the critic's learning rate, and scale rewards to the order of 1",
  actorLoss: "use the stable form of the tanh correction and clamp log σ to [−20, 2]",
};

export const notFinite: Rule = ({ series }) => {
  let first: { quantity: Quantity; row: number } | undefined;
  for (const quantity of WATCHED) {
    const column = series.columns[quantity];
    const written = series.notFinite?.[quantity];
    const row = written ?? (column ? firstBad(column, (i) => othersGoOn(series.columns, quantity, i)) : -1);
    if (row >= 0 && (!first || row < first.row)) first = { quantity, row };
  }
  if (!first) return undefined;
  const { quantity, row } = first;
  const at = stepAt(series, row);
  return {
    id: "not-finite",
    severity: "error",
    confidence: 0.99,
    steps: [at, stepAt(series, series.length - 1)],
    evidence: { firstRow: row, firstStep: at },
    message: `${quantity} is NaN or infinite from step ${at} on, before any other series.`,
    fix: CAUSES[quantity]!,
    reference: "RLlib #14878, pranz24/pytorch-soft-actor-critic #34",
  };
};

/** The first infinite value, or the first NaN of a series that was there before and never comes back. */
function firstBad(column: Float64Array, othersGoOn: (row: number) => boolean): number {
  const infinite = column.findIndex((value) => value === Infinity || value === -Infinity);
  let last = column.length - 1;
  while (last >= 0 && !Number.isFinite(column[last]!)) last--;
  const from = last + 1;
  const before = column.subarray(0, from);
  const present = before.filter(Number.isFinite).length;
  let witnesses = 0;
  for (let i = from; i < column.length; i++) if (othersGoOn(i)) witnesses++;
  const lost = present >= PRESENT * before.length && present > 0 && witnesses >= ROWS ? from : -1;
  if (infinite < 0) return lost;
  return lost < 0 ? infinite : Math.min(infinite, lost);
}

/** Whether a row is one of training, in which the series ought to have been written. */
function othersGoOn(
  columns: Partial<Record<Quantity, Float64Array>>,
  quantity: Quantity,
  row: number,
): boolean {
  // α's loss may end by choice (α fixed from then on); the rest of the update goes on being logged.
  if (quantity === "alphaLoss" && Number.isFinite(columns.alpha?.[row])) return false;
  const companions: readonly Quantity[] = ["alpha", "alphaLoss", "actorLoss", "criticLoss", "q", "updates"];
  return companions.some((other) => other !== quantity && Number.isFinite(columns[other]?.[row]));
}
