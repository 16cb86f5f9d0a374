// From a table of tags to a `Series`: which program wrote it, which tag is which quantity, and what is declared.

import type { DeclaredSettings, Quantity, Series } from "../series.ts";
import type { Program } from "./programs.ts";
import { declaredSettings, numericSetting, type RawSettings } from "./settings.ts";
import { slice, type Table } from "./table.ts";
import { meaningsOf, plainTag, programOf, type TagMeaning } from "./tags.ts";

export interface TableOrigin {
  readonly path: string;
  readonly format: Series["format"];
  /** Whether a row's place is the step of its events. */
  readonly axis: "row" | "step";
  readonly settings: RawSettings;
  readonly notes: readonly string[];
  /** Whether columns were thinned, so that a row may lack its step. */
  readonly thinned: boolean;
  /** What our own run.json declares. */
  readonly declared?: DeclaredSettings | undefined;
}

type Columns = Partial<Record<Quantity, Float64Array>>;

/** What says nothing about learning by itself. */
const AXES = new Set<Quantity>(["step", "updates", "time"]);

/** One series a run in the table; none where no tag says anything about learning. */
export function seriesOf(table: Table, origin: TableOrigin): Series[] {
  const plain = new Map([...table.columns.keys()].map((tag) => [plainTag(tag), tag]));
  const tags = new Set(plain.keys());
  const program = programOf(tags);
  const meanings = meaningsOf(tags, program).map((meaning) => ({ ...meaning, tag: plain.get(meaning.tag)! }));
  if (meanings.every(({ quantity }) => AXES.has(quantity))) return [];
  const axes = (part: Table) => convert(part, meanings, program, origin);
  const cuts = newRuns(axes(table));
  return cuts.map((from, i) => {
    const columns = cuts.length === 1 ? axes(table) : axes(slice(table, from, cuts[i + 1] ?? table.length));
    return assemble(columns, table, from, meanings, program, origin, cuts.length > 1 ? i + 1 : 0);
  });
}

function convert(
  table: Table,
  meanings: readonly TagMeaning[],
  program: Program | undefined,
  origin: TableOrigin,
): Columns {
  const columns: Columns = {};
  for (const { quantity, tag, as } of meanings) {
    const cells = table.columns.get(tag)!;
    columns[quantity] =
      as === "negate" ? cells.map((x) => -x) : as === "exp" ? cells.map((x) => Math.exp(x)) : cells;
  }
  if (origin.thinned) {
    for (const axis of ["step", "updates"] as const) {
      if (columns[axis]) columns[axis] = interpolated(columns[axis], table.at);
    }
  }
  if (origin.axis === "step" && columns.step === undefined && table.at.some((at) => at !== table.at[0])) {
    columns.step = table.at;
    if (program?.axis === "updates") columns.updates ??= table.at;
  }
  return columns;
}

/** Missing values on the straight line between those around them; before the first and after the last stay missing. */
function interpolated(values: Float64Array, at: Float64Array): Float64Array {
  const filled = values.slice();
  let known = -1;
  for (let row = 0; row < filled.length; row++) {
    if (!Number.isFinite(filled[row]!)) continue;
    for (let gap = known + 1; known >= 0 && gap < row; gap++) {
      const share = (at[gap]! - at[known]!) / (at[row]! - at[known]!);
      filled[gap] = filled[known]! + share * (filled[row]! - filled[known]!);
    }
    known = row;
  }
  return filled;
}

function assemble(
  columns: Columns,
  table: Table,
  from: number,
  meanings: readonly TagMeaning[],
  program: Program | undefined,
  origin: TableOrigin,
  part: number,
): Series {
  const length = Object.values(columns)[0]?.length ?? 0;
  addUpdates(columns, origin.settings, program);
  const fixed = addFixedAlpha(columns, length, origin.settings, program);
  const restarts = restartsOf(columns.step);
  const notFinite: Partial<Record<Quantity, number>> = {};
  for (const { quantity, tag } of meanings) {
    const row = table.notFinite.get(tag);
    if (row !== undefined && row >= from && row < from + length) notFinite[quantity] = row - from;
  }
  return {
    path: part > 0 ? `${origin.path}#${part}` : origin.path,
    format: origin.format,
    framework: program?.name ?? "unknown",
    length,
    columns,
    declared: { ...declaredByColumns(columns, program), ...declaredOf(origin, program) },
    ...(program && { units: program.units }),
    ...(program?.lossForm && { usualLossForm: program.lossForm }),
    ...(program?.sideBySide && { sideBySide: program.sideBySide }),
    ...(program?.alphaLogged && { alphaLogged: program.alphaLogged }),
    ...(Object.keys(notFinite).length > 0 && { notFinite }),
    ...(restarts.length > 0 && { restarts }),
    notes: [
      ...(part > 0 ? [`The file holds several runs; this is number ${part}.`] : []),
      ...restartNote(restarts, columns.step),
      ...(fixed === undefined ? [] : [`${program!.name} keeps α at its setting, ${fixed}, and logs none.`]),
      ...origin.notes,
    ],
  };
}

function declaredOf(origin: TableOrigin, program: Program | undefined): DeclaredSettings {
  return { ...declaredSettings(origin.settings, program), ...origin.declared };
}

/** Settings that are logged as columns: a constant target, the learning rate that α shares. */
function declaredByColumns(columns: Columns, program: Program | undefined): DeclaredSettings {
  const rate =
    program?.alphaLearningRateFrom && columns[program.alphaLearningRateFrom]?.find(Number.isFinite);
  const targets = columns.targetEntropy?.filter(Number.isFinite);
  const target = targets?.every((x) => x === targets[0]) ? targets[0] : undefined;
  return {
    // Event files hold float32: 0.0003 and not 0.0003000000142.
    ...(rate !== undefined && { alphaLearningRate: Number(rate.toPrecision(7)) }),
    ...(target !== undefined && { targetEntropy: target }),
  };
}

/** Where the program makes one update a step after a declared number of steps, updates need not be logged. */
function addUpdates(columns: Columns, settings: RawSettings, program: Program | undefined): void {
  if (columns.updates || !columns.step || !program?.learningStarts) return;
  const start = numericSetting(settings, program.learningStarts);
  if (start !== undefined) columns.updates = columns.step.map((step) => Math.max(0, step - start));
}

/** A program that never tunes α need not log it. @returns the setting */
function addFixedAlpha(
  columns: Columns,
  length: number,
  settings: RawSettings,
  program: Program | undefined,
): number | undefined {
  if (!program?.fixedAlpha || columns.alpha || columns.alphaLoss) return undefined;
  const alpha = numericSetting(settings, program.fixedAlpha);
  if (alpha === undefined || !(alpha > 0)) return undefined;
  columns.alpha = new Float64Array(length).fill(alpha);
  return alpha;
}

function restartNote(restarts: readonly number[], step: Float64Array | undefined): string[] {
  if (restarts.length === 0) return [];
  const last = step!.subarray(0, restarts[0]).findLast(Number.isFinite) ?? 0;
  const times = restarts.length === 1 ? "once" : `${restarts.length} times`;
  return [
    `The step counter starts again ${times}, first after ${Math.round(last).toLocaleString("en-US")} (learn called again, or a run resumed): α runs on.`,
  ];
}

/** Rows at which the step falls, although the run goes on: its counter began anew. */
function restartsOf(step: Float64Array | undefined): number[] {
  const restarts: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  step?.forEach((s, row) => {
    if (!Number.isFinite(s)) return;
    if (s < last) restarts.push(row);
    last = s;
  });
  return restarts;
}

/**
 * Where a further run begins: the step falls back to its first value or before, and α to its own first. A step that
 * falls back alone is a resumed run that counts anew.
 */
function newRuns({ step, alpha }: Columns): number[] {
  const cuts = [0];
  if (!step || !alpha) return cuts;
  let begin = alpha.findIndex(Number.isFinite);
  let highest = Number.NEGATIVE_INFINITY;
  let fallen = -1;
  for (let row = 0; row < step.length; row++) {
    const s = step[row]!;
    if (Number.isFinite(s)) {
      if (s <= step[cuts[cuts.length - 1]!]! && s < highest) {
        fallen = row;
        highest = s;
      } else highest = Math.max(highest, s);
    }
    const a = alpha[row]!;
    if (fallen < 0 || !Number.isFinite(a)) continue;
    const first = alpha[begin]!;
    if (Math.abs(a - first) <= 0.01 * Math.abs(first) && row > begin) {
      cuts.push(fallen);
      begin = row;
    }
    fallen = -1;
  }
  return cuts;
}
