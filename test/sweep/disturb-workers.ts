// A study that workers do from a PostgreSQL, disturbed in every way that machines are: workers and coordinator killed with
// kill −9 at random, the server taken down and up again, one worker stopped (SIGSTOP) until others have taken over what it
// had, and then continued. Every run must complete exactly once, with what the local engine computes, to the bit.
//
//   npx tsx test/sweep/disturb-workers.ts [--seeds 4] [--steps 1500] [--workers 3] [--restarts 2] [--store database]

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startPostgres } from "./postgres-server.ts";
import {
  childrenOf,
  endings,
  mustBeSame,
  type Started,
  studyRemains,
  tempered,
  writeStudy,
} from "./sweeping.ts";

export interface DisturbOptions {
  readonly seeds: number;
  readonly steps: number;
  readonly workers: number;
  /** Of the server. */
  readonly restarts: number;
  /** At most; the study may end before. */
  readonly kills: number;
  /** Where workers leave what they do. Default "directory" */
  readonly store?: "directory" | "database";
  readonly say?: (text: string) => void;
}

export interface Disturbed {
  readonly kills: number;
  readonly restarts: number;
  /** Segments that were given back by a worker that had been stopped. */
  readonly zombies: number;
}

/** Seconds of silence after which a worker is taken for dead. */
const EXPIRY = 3;
/** Seconds for others to take over what a stopped worker had, and to do it. */
const PATIENCE = 60;

export async function disturbWorkers(options: DisturbOptions): Promise<Disturbed> {
  const { seeds, steps, workers: count, store = "directory", say = () => {} } = options;
  const scratch = mkdtempSync(join(tmpdir(), "tempered-workers-"));
  const study = join(scratch, "study.toml");
  const [whole, out] = [join(scratch, "whole"), join(scratch, "out")];
  writeStudy(study, { seeds, steps });
  const server = await startPostgres();
  const started: Started[] = [];
  try {
    await tempered("sweep", study, "--out", whole, "--workers", "2", "--yes", "--json").ended;
    const expected = studyRemains(whole);
    say(`undisturbed, by the local engine: ${expected.size} runs`);

    const start = (...args: string[]) => {
      const process = tempered(...args, "--database", server.url, "--json");
      process.ended.catch(() => {}); // Looked at below.
      started.push(process);
      return process;
    };
    const coordinate = () =>
      start("sweep", study, "--out", out, "--yes", "--expiry", `${EXPIRY}`, "--store", store);
    const work = () => start("worker", "--workers", "1");
    let coordinator = coordinate();
    const workers = Array.from({ length: count }, work);
    const done = new Map<string, string>();
    let [kills, restarts, zombies] = [0, 0, 0];
    const isOver = () => coordinator.events.some(({ event }) => event === "done");
    const wait = async (seconds: number) => {
      for (let i = 0; i < 10 * seconds && !isOver() && coordinator.child.exitCode === null; i++)
        await pause(0.1);
      for (const [id, written] of endings(out)) {
        if (done.has(id) && done.get(id) !== written)
          throw new Error(`run ${id} had ended, and was made again`);
        done.set(id, written);
      }
    };
    /** Has reached the server, or ended; why it ended is told where it is waited for. */
    const arrived = async ({ events, child }: Started) => {
      while (events.length === 0 && child.exitCode === null && child.signalCode === null) await pause(0.1);
    };
    const isBusy = ({ events }: Started) => events.at(-1)?.event === "taken";

    const restart = async () => {
      // Who has not reached the server yet is refused while it is down, as he should be.
      await Promise.all([coordinator, ...workers].map(arrived));
      await server.restart();
      restarts++;
      say("the server was down and is up again");
    };
    while (!workers.some(isBusy)) await wait(0.2);
    if (options.restarts > 0) await restart();

    // The zombie: stopped in the middle of a segment, together with its training, until somebody else has done it.
    while (!workers.some(isBusy)) await wait(0.2);
    const zombie = workers.find(isBusy)!;
    const { id, index } = zombie.events.at(-1)!;
    const stopped = [zombie.child.pid!, ...childrenOf(zombie.child.pid!)];
    const before = new Map(workers.map((worker) => [worker, worker.events.length]));
    for (const pid of stopped) process.kill(pid, "SIGSTOP");
    say("one worker stopped in the middle of a segment");
    const isDone = () =>
      workers.some((worker) =>
        worker.events
          .slice(before.get(worker))
          .some((told) => told.event === "committed" && told.id === id && told.index === index),
      );
    for (let i = 0; i < PATIENCE && !isDone() && !isOver(); i++) await wait(1);
    for (const pid of stopped) process.kill(pid, "SIGCONT");
    const gaveUp = () => zombie.events.slice(before.get(zombie)).some(({ event }) => event === "dropped");
    for (let i = 0; i < 100 && !gaveUp(); i++) await pause(0.1);
    if (gaveUp()) zombies++;
    say(
      `and continued: ${zombies > 0 ? "its segment was another's, and it gave up" : "it had lost nothing"}`,
    );

    while (!isOver()) {
      await wait(1 + 3 * Math.random());
      if (isOver()) break;
      if (restarts < options.restarts && kills >= restarts) {
        await restart();
      } else if (kills < options.kills) {
        const i = Math.floor((count + 1) * Math.random());
        const victim = i < count ? workers[i]! : coordinator;
        victim.child.kill("SIGKILL");
        await victim.ended.catch(() => {});
        if (i < count) workers[i] = work();
        else coordinator = coordinate();
        kills++;
        say(`kill ${kills}: ${i < count ? "a worker" : "the coordinator"}`);
      }
      if (coordinator.child.exitCode !== null && !isOver()) await coordinator.ended;
    }
    // One that has only just been started does not listen yet.
    await Promise.all(workers.map(arrived));
    for (const { child } of workers) child.kill("SIGTERM");
    for (const worker of workers) await worker.ended;
    await wait(0);
    mustBeSame(studyRemains(out), expected);
    const left = server.sql("SELECT count(*) FROM tempered_sweep.job WHERE state < 'completed'");
    if (left !== "0") throw new Error(`${left} segments are left in the queue`);
    if (store === "database") {
      const pieces = server.sql("SELECT count(*) FROM tempered_sweep.stored_piece");
      if (pieces !== "0") throw new Error(`${pieces} pieces of archives are left in the database`);
    }
    return { kills, restarts, zombies };
  } finally {
    for (const { child } of started) child.kill("SIGKILL");
    server.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "4" },
      steps: { type: "string", default: "1500" },
      workers: { type: "string", default: "3" },
      restarts: { type: "string", default: "2" },
      kills: { type: "string", default: "1000" },
      store: { type: "string", default: "directory" },
    },
  });
  const result = await disturbWorkers({
    seeds: Number(values.seeds),
    steps: Number(values.steps),
    workers: Number(values.workers),
    restarts: Number(values.restarts),
    kills: Number(values.kills),
    store: values.store === "database" ? "database" : "directory",
    say: console.log,
  });
  console.log(
    `killed ${result.kills} times, server restarted ${result.restarts} times, ${result.zombies} zombie: every run once, identical`,
  );
}
