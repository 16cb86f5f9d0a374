// The runs of a folder as the page sees them, kept up to date while somebody looks. Each look at the folder becomes
// events in the journal; the doctor sees a run again when it has grown by a tenth, and at most once a second.

import { decimate } from "../curves/decimate.ts";
import type { Axis, Curve, CurvePoints, RunSummary, RunView, WatchEvent } from "../curves/protocol.ts";
import { CURVES } from "../curves/protocol.ts";
import { firstDifference, type RunCurves, rowColumns, runCurves } from "../curves/run-curves.ts";
import { smoothed, UNSMOOTHED } from "../curves/smooth.ts";
import type { StudyView } from "../curves/study-protocol.ts";
import type { Series } from "../runs/series.ts";
import { Diagnoser } from "./diagnoser.ts";
import { Journal } from "./journal.ts";
import { runSummary } from "./run-summary.ts";
import type { ShownDiagnosis } from "./shown-diagnosis.ts";
import { WatchedStudy } from "./study.ts";
import { type FoundRun, turn, WatchedFolder } from "./watched-folder.ts";

/** More changed rows than that are not told one by one. */
const MAX_ROWS_TOLD = 1000;
const DIAGNOSE_EVERY_MS = 1000;
const DIAGNOSE_AT_LEAST_EVERY_MS = 10_000;
/** Smoothing would blur what α did; its curve is the program's own. */
const NEVER_SMOOTHED = new Set<Curve>(["alpha", "target"]);

interface LiveRun {
  found: FoundRun;
  curves: RunCurves;
  diagnosis: ShownDiagnosis;
  /** What the diagnosis has seen. */
  diagnosed: { series: Series | undefined; rows: number; at: number };
  generation: number;
  summary: RunSummary;
}

export interface ViewOptions {
  readonly axis: Axis;
  readonly points: number;
  readonly from?: number;
  readonly to?: number;
  /** 0 to 1, exclusive. */
  readonly smoothing: number;
}

export class LiveRuns {
  readonly journal = new Journal();
  readonly #folder: WatchedFolder;
  readonly #study: WatchedStudy;
  readonly #diagnoser = new Diagnoser();
  readonly #runs = new Map<string, LiveRun>();
  #scanning = true;
  #viewers = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #stopped = false;

  constructor(path: string) {
    this.#folder = new WatchedFolder(path);
    this.#study = new WatchedStudy(path);
  }

  /** Everything there is, for a page that knows nothing. */
  hello(): WatchEvent {
    const runs = [...this.#runs.values()].map(({ summary }) => summary);
    return { type: "hello", folder: this.#folder.path, scanning: this.#scanning, runs };
  }

  /** Looks at the folder as long as the returned function was not called. */
  view(): () => void {
    this.#viewers++;
    this.#schedule(0);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#viewers--;
    };
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#diagnoser.close();
  }

  /** The folder's runs as a study; undefined where no sweep has planned them. */
  study(): StudyView | undefined {
    return this.#study.view(this.#runs.values());
  }

  /** A run's curves, no more points than a chart can show; undefined where there is no such run. */
  curves(id: string, options: ViewOptions): RunView | undefined {
    const run = this.#runs.get(id);
    if (!run) return undefined;
    const axis = run.curves.axes[options.axis] ? options.axis : "step";
    const x = run.curves.axes[axis] ?? new Float64Array();
    const curves: Partial<Record<Curve, CurvePoints>> = {};
    for (const curve of CURVES) {
      const column = run.curves.curves[curve];
      if (!column) continue;
      const factor = NEVER_SMOOTHED.has(curve) ? 0 : options.smoothing;
      const { y, state } = factor === 0 ? { y: column, state: UNSMOOTHED } : smoothed(column, factor);
      const { points, from, to } = options;
      const kept = decimate(x, y, {
        points,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      });
      curves[curve] = { x: kept.x, y: kept.y.map((value) => Number(value.toPrecision(7))), state };
    }
    const first = x.find(Number.isFinite);
    const last = x.findLast(Number.isFinite);
    return {
      id,
      generation: run.generation,
      rows: run.curves.length,
      axis,
      ...(first !== undefined && last !== undefined && { extent: [first, last] as const }),
      curves,
    };
  }

  #schedule(after: number): void {
    if (this.#stopped || this.#looking) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Whatever goes wrong in a look, the next one is due.
      this.#looking = this.#look()
        .catch(() => {})
        .finally(() => {
          this.#looking = undefined;
          if (this.#viewers > 0) this.#schedule(this.#folder.pause);
        });
    }, after);
  }

  async #look(): Promise<void> {
    const found = await this.#folder.look((run) => this.#update(run));
    const gone = new Set(this.#runs.keys());
    for (const run of found) {
      gone.delete(run.id);
      await this.#update(run);
      // Many or long runs: whoever asks for curves meanwhile need not wait for all of them.
      await turn();
    }
    for (const id of gone) {
      this.#runs.delete(id);
      this.journal.add({ type: "removed", id });
    }
    if (this.#scanning) {
      this.#scanning = false;
      this.journal.add({ type: "scanned" });
    }
  }

  /** A run that cannot be shown is left out, and the others are shown. */
  async #update(found: FoundRun): Promise<void> {
    try {
      await this.#updateNow(found);
    } catch {
      this.#runs.delete(found.id);
    }
  }

  async #updateNow(found: FoundRun): Promise<void> {
    const known = this.#runs.get(found.id);
    if (!known) {
      this.#runs.set(found.id, await this.#newRun(found));
      return;
    }
    const isSame = known.found.series === found.series;
    const due = isDue(known, found.series);
    if (isSame && !due) return;
    if (due) await this.#diagnose(known, found.series);
    await turn();
    const curves = runCurves(found.series, known.diagnosis.evidence);
    await turn();
    const from = firstDifference(known.curves, curves);
    const isLonger = from < known.curves.length || curves.length !== known.curves.length;
    known.found = found;
    known.curves = curves;
    if (isLonger) this.#tellRows(known, from);
    this.#tellRun(known);
  }

  async #newRun(found: FoundRun): Promise<LiveRun> {
    const diagnosis = await this.#diagnoser.diagnose(found.series);
    await turn();
    const curves = runCurves(found.series, diagnosis.evidence);
    await turn();
    const generation = 0;
    const summary = runSummary({ ...found, curves, diagnosis, generation });
    this.journal.add({ type: "run", run: summary });
    const diagnosed = { series: found.series, rows: found.series.length, at: performance.now() };
    return { found, curves, diagnosis, diagnosed, generation, summary };
  }

  async #diagnose(run: LiveRun, series: Series): Promise<void> {
    run.diagnosis = await this.#diagnoser.diagnose(series);
    run.diagnosed = { series, rows: series.length, at: performance.now() };
  }

  #tellRows(run: LiveRun, from: number): void {
    const { curves, found } = run;
    const changed = curves.length - from;
    if (changed > MAX_ROWS_TOLD || changed <= 0) {
      run.generation++;
      return;
    }
    this.journal.add({
      type: "rows",
      id: found.id,
      generation: run.generation,
      from,
      rows: curves.length,
      columns: rowColumns(curves, from),
    });
  }

  #tellRun(run: LiveRun): void {
    const { curves, diagnosis, generation, found } = run;
    const summary = runSummary({ ...found, curves, diagnosis, generation });
    run.summary = summary;
    this.journal.add({ type: "run", run: summary });
  }
}

/** A look costs some milliseconds, and a verdict seldom turns on one row. */
function isDue({ diagnosed }: LiveRun, series: Series): boolean {
  if (diagnosed.series === series) return false;
  const since = performance.now() - diagnosed.at;
  if (since < DIAGNOSE_EVERY_MS) return false;
  const grown = Math.abs(series.length - diagnosed.rows) >= 0.1 * diagnosed.rows;
  return grown || since >= DIAGNOSE_AT_LEAST_EVERY_MS;
}
