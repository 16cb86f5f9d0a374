// Successive halving over settings: at each rung, an environment step, the settings of an environment are ranked by how
// their seeds do together, and only a share of them goes on. What is decided follows from the runs' logs alone, so that it
// is the same again whenever it is asked, in whatever order the runs came there.

import { TemperedError } from "../errors.ts";
import { type Metrics, STEP } from "../runs/metrics-line.ts";

export interface Halving {
  /** Share of the settings that goes on at each rung, rounded up. */
  readonly keep: number;
  /** Environment steps, rising. */
  readonly rungs: readonly number[];
}

/** A run of which it is decided: it stands for its setting in its environment. */
export interface Contestant {
  readonly id: string;
  readonly env: string;
  readonly setting: string;
}

/** Where a run stands. */
export interface Standing {
  /** It will come no further: it has failed, or the doctor has stopped it. */
  readonly isOver: boolean;
  /** Its return at each rung that it has reached; NaN where no episode had ended. */
  readonly scores: readonly number[];
}

export type Decision =
  /** @property until the rung at which it waits for the others; undefined behind the last */
  | { readonly kind: "go"; readonly until: number | undefined }
  /** It is at a rung that others have not reached. */
  | { readonly kind: "wait" }
  /** @property rung 0 is the first; @property score of its setting; @property best of those that go on the worst */
  | { readonly kind: "stop"; readonly rung: number; readonly score: number; readonly needed: number };

/**
 * @param standings by the runs' ids
 * @returns by the runs' ids, what becomes of each
 * @throws TemperedError (HALVING) where a rung comes before the first episode of every run has ended
 */
export function decide(
  runs: readonly Contestant[],
  { keep, rungs }: Halving,
  standings: ReadonlyMap<string, Standing>,
): Map<string, Decision> {
  const decisions = new Map<string, Decision>();
  for (const env of new Set(runs.map((run) => run.env))) {
    const own = runs.filter((run) => run.env === env);
    let going = [...new Set(own.map(({ setting }) => setting))];
    rungs.forEach((until, rung) => {
      if (going.length === 0) return;
      const at = own.filter(({ setting }) => going.includes(setting));
      const score = ({ id }: Contestant) => {
        const { scores, isOver } = standings.get(id)!;
        return scores[rung] ?? (isOver ? Number.NEGATIVE_INFINITY : undefined);
      };
      if (at.some((run) => score(run) === undefined)) {
        // Nobody is judged before everybody is there.
        for (const run of at)
          decisions.set(run.id, score(run) === undefined ? { kind: "go", until } : { kind: "wait" });
        going = [];
        return;
      }
      if (at.every((run) => !Number.isFinite(score(run)))) throw tooEarly(env, until);
      const ranked = going
        .map((setting) => ({
          setting,
          score: middle(at.filter((run) => run.setting === setting).map((run) => score(run)!)),
        }))
        // Equal ones stay in the order of the plan.
        .sort((a, b) => (a.score === b.score ? 0 : b.score > a.score ? 1 : -1));
      const kept = ranked.slice(0, Math.ceil(keep * ranked.length));
      const needed = kept.at(-1)!.score;
      for (const { setting, score } of ranked.slice(kept.length))
        for (const { id } of at.filter((run) => run.setting === setting))
          decisions.set(id, { kind: "stop", rung, score, needed });
      going = going.filter((setting) => kept.some((each) => each.setting === setting));
    });
    for (const run of own)
      if (going.includes(run.setting)) decisions.set(run.id, { kind: "go", until: undefined });
  }
  return decisions;
}

/** The return at each rung that rows have reached: of the latest evaluation where there are any, else of training. */
export function scoresAt(rows: readonly Metrics[], rungs: readonly number[]): number[] {
  const latest = { evaluated: Number.NaN, trained: Number.NaN };
  const scores: number[] = [];
  for (const row of rows) {
    const { "eval/mean_reward": evaluated = Number.NaN, "rollout/ep_rew_mean": trained = Number.NaN } = row;
    if (Number.isFinite(evaluated)) latest.evaluated = evaluated;
    if (Number.isFinite(trained)) latest.trained = trained;
    // The first row at or behind a rung is the one at which a run waits there.
    while (scores.length < rungs.length && row[STEP]! >= rungs[scores.length]!)
      scores.push(Number.isFinite(latest.evaluated) ? latest.evaluated : latest.trained);
  }
  return scores;
}

/** The interquartile mean, in which a run without a return is the worst. */
function middle(scores: readonly number[]): number {
  const sorted = scores
    .map((score) => (Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score))
    .sort((a, b) => (a === b ? 0 : a - b));
  const cut = Math.floor(sorted.length / 4);
  const kept = sorted.slice(cut, sorted.length - cut);
  return kept.reduce((sum, score) => sum + score, 0) / kept.length;
}

function tooEarly(env: string, until: number): TemperedError {
  return new TemperedError(
    "HALVING",
    `Expected returns at the rung of ${until} steps, but no run of ${env} had finished an episode by then; ` +
      "put the rung later, or set evalEvery, and start again: what was done is kept",
  );
}
