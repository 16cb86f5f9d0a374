// NaN or infinity: everything after it is meaningless, and which series went first points at the cause.

import type { Quantity, Series } from "../../runs/series.ts";
import { stepAt } from "../rows.ts";
import { numbers, type Rule, say, sayStep } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";

const WATCHED: readonly Quantity[] = ["alpha", "alphaLoss", "entropy", "q", "criticLoss", "actorLoss"];
const CAUSES: Partial<Record<Quantity, string>> = {
  alpha:
    "# keep log α below 20: float32 exp overflows at 88.7; what else is found says why α ran away\nlog_alpha.data.clamp_(max=20)  # after optimizer.step()",
  alphaLoss:
    "clamp log π before it enters the α loss, with the stable form log(1 − tanh²u) = 2(log 2 − u − softplus(−2u))",
  entropy: "use the stable form log(1 − tanh²u) = 2(log 2 − u − softplus(−2u)) and clamp log σ to [−20, 2]",
  q: "clip gradients, lower the critic's learning rate, and scale rewards to the order of 1",
  criticLoss: "clip gradients, lower the critic's learning rate, and scale rewards to the order of 1",
  actorLoss: "use the stable form of the tanh correction and clamp log σ to [−20, 2]",
};

export const notFinite: Rule = ({ series }) => {
  const bad = WATCHED.flatMap((quantity) => {
    const row = firstBad(series, quantity);
    return row === undefined ? [] : [{ quantity, row }];
  });
  if (bad.length === 0) return undefined;
  const row = Math.min(...bad.map((one) => one.row));
  const first = bad.filter((one) => one.row === row).map(({ quantity }) => quantity);
  const at = stepAt(series, row);
  const grown = growthBefore(series, row);
  const diverged = grown !== undefined && grown > DIVERGED;
  const cause: Quantity = diverged || first.length > 2 ? "criticLoss" : first[0]!;
  const before = diverged
    ? ` The critic's loss had grown ${say(grown)} times before: Q diverged first.`
    : first.length > 1
      ? " The log does not show which went first: a shorter logging interval would."
      : "";
  return {
    id: "not-finite",
    severity: "error",
    confidence: 0.99,
    steps: [at, stepAt(series, series.length - 1)],
    evidence: {
      firstRow: row,
      firstStep: at,
      ...(grown !== undefined && numbers({ criticLossGrowth: grown })),
    },
    message: `${listed(first)} ${first.length > 1 ? "are" : "is"} NaN or infinite from step ${sayStep(at)} on${first.length > 1 ? ", all from the same row" : ", before any other series"}.${before}`,
    fix: CAUSES[cause]!,
    reference: "RLlib #14878, pranz24/pytorch-soft-actor-critic #34",
  };
};

/** Growth of the critic's loss beyond which it was diverging. */
const DIVERGED = 100;

/** The first value that was written as no number and is followed by none. A cell that was left empty says nothing. */
function firstBad({ columns, notFinite: written }: Series, quantity: Quantity): number | undefined {
  const column = columns[quantity];
  const row = written?.[quantity];
  let last = (column?.length ?? 0) - 1;
  while (last >= 0 && !Number.isFinite(column![last]!)) last--;
  if (row !== undefined && row > last) return row;
  if (row !== undefined && column) return laterBad(column, row, last);
  const infinite = column?.findIndex((value) => value === Infinity || value === -Infinity) ?? -1;
  return infinite >= 0 ? infinite : undefined;
}

/** Some logs write NaN for what they left out; infinity they never write for that. */
function laterBad(column: Float64Array, from: number, last: number): number | undefined {
  const infinite = column.findIndex((value, i) => i >= from && Math.abs(value) === Infinity);
  if (infinite >= 0) return infinite;
  const trailing = column.length - 1 - last;
  const holes = column.subarray(0, last + 1).filter(Number.isNaN).length;
  return trailing > 3 && holes < 0.1 * last ? last + 1 : undefined;
}

/** Critic loss at the last rows before, over its usual size in the first half. */
function growthBefore({ columns }: Series, row: number): number | undefined {
  const before = columns.criticLoss?.subarray(0, row).filter(Number.isFinite);
  if (!before || before.length < 6) return undefined;
  const usual = median(before.subarray(0, Math.ceil(before.length / 2)));
  return usual > 0 ? before[before.length - 1]! / usual : undefined;
}

function listed(quantities: readonly Quantity[]): string {
  const names = quantities.map((quantity) => NAMES[quantity] ?? quantity);
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

const NAMES: Partial<Record<Quantity, string>> = {
  alpha: "α",
  alphaLoss: "the α loss",
  entropy: "the entropy",
  q: "Q",
  criticLoss: "the critic's loss",
  actorLoss: "the actor's loss",
};
