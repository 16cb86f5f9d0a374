// Kills a sweep with kill −9 at random instants, the coordinator, one of its trainings or all at once, and starts it again
// each time, until it ends; then compares every run with those of a study that nobody disturbed, to the bit. A run that had
// ended must never be touched again.
//
//   npx tsx test/sweep/kill-study.ts [--kills 30] [--seeds 2] [--steps 1500] [--workers 2] [--halving]

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { childrenOf, endings, mustBeSame, studyRemains, tempered, writeStudy } from "./sweeping.ts";

export interface KillOptions {
  readonly kills: number;
  readonly seeds: number;
  readonly steps: number;
  readonly workers: number;
  /** TOML that the study ends with, such as a table [halving]. */
  readonly extra?: string;
  readonly random?: () => number;
  readonly say?: (text: string) => void;
}

/** @returns how many of the kills hit, and how many studies it took to place them */
export async function killStudy({
  kills,
  seeds,
  steps,
  workers,
  extra = "",
  random = Math.random,
  say = () => {},
}: KillOptions): Promise<{ kills: number; studies: number }> {
  const scratch = mkdtempSync(join(tmpdir(), "tempered-sweep-"));
  const study = join(scratch, "study.toml");
  writeStudy(study, { seeds, steps, extra });
  const start = (out: string) =>
    tempered("sweep", study, "--out", out, "--workers", `${workers}`, "--yes", "--json");
  try {
    const whole = join(scratch, "whole");
    const began = performance.now();
    await start(whole).ended;
    const duration = performance.now() - began;
    say(`undisturbed: ${(duration / 1000).toFixed(1)} s`);
    const expected = studyRemains(whole);
    let [count, studies] = [0, 0];
    for (; count < kills; studies++) {
      const out = join(scratch, `out${studies}`);
      const before = count;
      for (let over = false; !over; ) {
        const run = start(out);
        const done = endings(out);
        let hit = false;
        const timer = setTimeout(
          () => {
            const trainings = childrenOf(run.child.pid!);
            const whom = random();
            // A third each: a training, the coordinator, and everything, as when a machine loses its power.
            const victims =
              whom < 1 / 3 && trainings.length > 0
                ? [trainings[Math.floor(random() * trainings.length)]!]
                : whom < 2 / 3
                  ? [run.child.pid!]
                  : [...trainings, run.child.pid!];
            for (const pid of victims) process.kill(pid, "SIGKILL");
            hit = true;
          },
          duration * (0.1 + 0.5 * random()),
        );
        over = count >= kills;
        if (over) clearTimeout(timer);
        const how = await run.ended;
        clearTimeout(timer);
        if (hit) count++;
        for (const [id, written] of done) {
          if (endings(out).get(id) !== written) throw new Error(`run ${id} had ended, and was made again`);
        }
        if (how === "ended") over = true;
      }
      mustBeSame(studyRemains(out), expected);
      const report = (path: string) =>
        (JSON.parse(readFileSync(join(path, "report.json"), "utf8")) as { settings: unknown }).settings;
      if (!isDeepStrictEqual(report(out), report(whole))) throw new Error("the reports differ");
      say(
        `study ${studies + 1}: killed ${count - before} times, ${count} in all; no run repeated, none lost, identical`,
      );
      rmSync(out, { recursive: true });
    }
    return { kills: count, studies };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Of two settings one is stopped. */
export const HALVING = "[halving]\nkeep = 0.5\nrungs = [650]\n";

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "30" },
      seeds: { type: "string", default: "2" },
      steps: { type: "string", default: "1500" },
      workers: { type: "string", default: "2" },
      halving: { type: "boolean", default: false },
    },
  });
  const { kills, studies } = await killStudy({
    kills: Number(values.kills),
    seeds: Number(values.seeds),
    steps: Number(values.steps),
    workers: Number(values.workers),
    extra: values.halving ? HALVING : "",
    say: console.log,
  });
  console.log(`killed ${kills} times in ${studies} studies: no run repeated, none lost, metrics identical`);
}
