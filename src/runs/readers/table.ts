// From points to rows. Points of different tags that stand at the same place (the same row of the file, the same step)
// share a row; places follow each other as the log has them, and a tag without a point there is missing.

import type { PointColumn } from "./points.ts";

export interface Table {
  readonly length: number;
  /** The place of each row: its number in the file, or the step its events carry. */
  readonly at: Float64Array;
  /** Cells by tag, NaN where missing. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** First row in which a tag was written as NaN or ±∞. */
  readonly notFinite: ReadonlyMap<string, number>;
}

/** One tag's points. */
export interface Strand {
  readonly tag: string;
  readonly at: Float64Array;
  readonly values: Float64Array;
  readonly firstNotFinite: number | undefined;
}

/** Rows by number: tags of a row were written together. */
export function joinByRow(columns: ReadonlyMap<string, PointColumn>): Table {
  return join(strandsOf(columns));
}

/** Rows by step. Where every long column falls back to its beginning, the program began anew: the rows follow on. */
export function joinByStep(strands: readonly Strand[]): Table {
  const parts = strands.map(({ at }) => beginnings(at));
  const most = Math.max(0, ...parts.map((cuts) => cuts.length));
  const agree = parts.every((cuts, i) => cuts.length === most || strands[i]!.at.length < 3);
  if (most < 2 || !agree) return join(strands.map(inOrder));
  const tables = Array.from({ length: most }, (_, part) =>
    join(strands.map((whole, i) => inOrder(cut(whole, parts[i]![part], parts[i]![part + 1])))),
  );
  return concatenate(tables);
}

export function strandsOf(columns: ReadonlyMap<string, PointColumn>): Strand[] {
  return [...columns].map(([tag, { at, values, firstNotFinite }]) => ({ tag, at, values, firstNotFinite }));
}

/** A run and its continuation: what the first wrote from the step on at which the second begins was written again. */
export function resumed(earlier: readonly Strand[], later: readonly Strand[]): Strand[] {
  const begin = Math.min(...later.map(({ at }) => at[0] ?? Number.POSITIVE_INFINITY));
  const continued = earlier.map((strand) => {
    const next = later.find(({ tag }) => tag === strand.tag);
    if (next === undefined) return strand;
    const kept = strand.at.findIndex((at) => at >= begin);
    const before = cut(strand, 0, kept < 0 ? strand.at.length : kept);
    const lost = before.firstNotFinite !== undefined && before.firstNotFinite >= begin;
    return {
      tag: strand.tag,
      at: appended(before.at, next.at),
      values: appended(before.values, next.values),
      firstNotFinite: lost ? next.firstNotFinite : (before.firstNotFinite ?? next.firstNotFinite),
    };
  });
  return [...continued, ...later.filter(({ tag }) => earlier.every((strand) => strand.tag !== tag))];
}

/** Tables of one run, one after the other. */
function concatenate(tables: readonly Table[]): Table {
  const length = tables.reduce((sum, table) => sum + table.length, 0);
  const at = new Float64Array(length);
  const columns = new Map<string, Float64Array>();
  const notFinite = new Map<string, number>();
  let row = 0;
  for (const table of tables) {
    at.set(table.at, row);
    for (const [tag, cells] of table.columns) {
      const whole = columns.get(tag) ?? new Float64Array(length).fill(Number.NaN);
      whole.set(cells, row);
      columns.set(tag, whole);
    }
    for (const [tag, first] of table.notFinite) if (!notFinite.has(tag)) notFinite.set(tag, row + first);
    row += table.length;
  }
  return { length, at, columns, notFinite };
}

/** Rows `[from, to)`. */
export function slice(table: Table, from: number, to: number): Table {
  const columns = new Map([...table.columns].map(([tag, cells]) => [tag, cells.subarray(from, to)]));
  const notFinite = new Map<string, number>();
  for (const [tag, row] of table.notFinite) if (row >= from && row < to) notFinite.set(tag, row - from);
  return { length: to - from, at: table.at.subarray(from, to), columns, notFinite };
}

function appended(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function cut(whole: Strand, from = whole.at.length, to = whole.at.length): Strand {
  return { ...whole, at: whole.at.subarray(from, to), values: whole.values.subarray(from, to) };
}

/** Where a column begins, and where it falls back to its beginning or before. */
function beginnings(at: Float64Array): number[] {
  const cuts = [0];
  for (let i = 3; i < at.length; i++) {
    const from = cuts[cuts.length - 1]!;
    if (at[i]! < at[i - 1]! && at[i]! <= at[from]! && i - from >= 3 && at[i - 1]! > at[from]!) cuts.push(i);
  }
  return cuts;
}

/** The same points by rising place; the order of equal places is kept. */
function inOrder(points: Strand): Strand {
  const { at, values } = points;
  let ordered = true;
  for (let i = 1; i < at.length && ordered; i++) ordered = at[i]! >= at[i - 1]!;
  if (ordered) return points;
  const order = Uint32Array.from(at, (_, i) => i).sort((a, b) => at[a]! - at[b]! || a - b);
  const pick = (from: Float64Array) => Float64Array.from(order, (i) => from[i]!);
  return { ...points, at: pick(at), values: pick(values) };
}

/** Merges ordered strands; equal places in one strand make further rows. */
function join(strands: readonly Strand[]): Table {
  const length = merge(strands, () => {});
  const at = new Float64Array(length);
  const columns = strands.map(() => new Float64Array(length).fill(Number.NaN));
  merge(strands, (row, place, which, value) => {
    at[row] = place;
    columns[which]![row] = value;
  });
  const notFinite = new Map<string, number>();
  for (const { tag, firstNotFinite } of strands) {
    if (firstNotFinite === undefined) continue;
    const row = at.findIndex((place) => place >= firstNotFinite);
    if (row >= 0) notFinite.set(tag, row);
  }
  return { length, at, columns: new Map(strands.map(({ tag }, i) => [tag, columns[i]!])), notFinite };
}

function merge(
  strands: readonly Strand[],
  visit: (row: number, place: number, which: number, value: number) => void,
): number {
  const cursors = new Uint32Array(strands.length);
  let rows = 0;
  for (;;) {
    let place = Number.POSITIVE_INFINITY;
    for (let s = 0; s < strands.length; s++) {
      const { at } = strands[s]!;
      if (cursors[s]! < at.length && at[cursors[s]!]! < place) place = at[cursors[s]!]!;
    }
    if (place === Number.POSITIVE_INFINITY) return rows;
    for (let s = 0; s < strands.length; s++) {
      const { at, values } = strands[s]!;
      const cursor = cursors[s]!;
      if (cursor >= at.length || at[cursor] !== place) continue;
      visit(rows, place, s, values[cursor]!);
      cursors[s] = cursor + 1;
    }
    rows++;
  }
}
