// The halving of a study while it goes on: who waits at which rung, who goes on from there and who is stopped. Everything is
// asked of the study's directory again and again, so that nothing is lost with this process.

import { STEP } from "../runs/metrics-line.ts";
import { type Decision, decide, type Halving, type Standing, scoresAt } from "./halving.ts";
import type { PlannedRun } from "./plan.ts";
import { committedRows, progressOf } from "./run-store.ts";
import { stoppedOf, stopRun } from "./stopped.ts";

interface Seen {
  /** What it was read at. */
  readonly progress: number | "ended";
  readonly steps: number;
  readonly standing: Standing;
}

export class Rungs {
  private readonly seen = new Map<string, Seen>();
  private readonly out: string;
  private readonly runs: readonly PlannedRun[];
  private readonly halving: Halving;

  constructor(out: string, runs: readonly PlannedRun[], halving: Halving) {
    this.out = out;
    this.runs = runs;
    this.halving = halving;
  }

  /**
   * @param over runs that will come no further, beside those that have ended
   * @returns what becomes of every run, as things stand
   * @throws TemperedError (HALVING)
   */
  decide(over: ReadonlySet<string>): Map<string, Decision> {
    const standings = new Map(
      this.runs.map(({ id }) => {
        const { progress, standing } = this.look(id);
        const isOver = over.has(id) || (progress === "ended" && stoppedOf(this.out, id)?.by !== "halving");
        return [id, { ...standing, isOver }];
      }),
    );
    return decide(this.runs, this.halving, standings);
  }

  /** Whether a run has come to the rung to which it was sent. */
  isAt(id: string, until: number | undefined): boolean {
    return until !== undefined && this.look(id).steps >= until;
  }

  /** Ends a run that was not kept at a rung. */
  stop(id: string, { rung, score, needed }: Extract<Decision, { kind: "stop" }>): void {
    const finite = (value: number) => (Number.isFinite(value) ? value : null);
    stopRun(this.out, id, {
      by: "halving",
      step: this.look(id).steps,
      rung: rung + 1,
      score: finite(score),
      needed: finite(needed),
    });
  }

  private look(id: string): Seen {
    const progress = progressOf(this.out, id);
    const known = this.seen.get(id);
    if (known?.progress === progress) return known;
    const rows = committedRows(this.out, id);
    const standing = { isOver: false, scores: scoresAt(rows, this.halving.rungs) };
    const seen = { progress, steps: rows.at(-1)?.[STEP] ?? 0, standing };
    this.seen.set(id, seen);
    return seen;
  }
}
