// A program that takes part in a benchmark: a child process, pinned to as many cores as it may use threads, that says
// when it is ready and then answers `run SECONDS` and `gemm SECONDS` with one JSON line each, until `quit`.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";

export interface Measurement {
  readonly updates: number;
  readonly seconds: number;
  /** Seconds of processor time, all threads together: what a busy machine changes less than the clock. */
  readonly cpu: number;
  /** Milliseconds of one update, 10th percentile and median. */
  readonly p10: number;
  readonly p50: number;
}

/** What a worker says of itself: versions, threads, instruction set. */
export type Info = Readonly<Record<string, string | number | boolean>>;

export interface Contender {
  readonly name: string;
  /** Starts it and warms it up. @throws Unavailable where it cannot run here */
  start(threads: number): Promise<Info>;
  run(seconds: number): Promise<Measurement>;
  /** Its own matrix product at its best, GFLOP/s. */
  gemm(seconds: number): Promise<number>;
  stop(): Promise<void>;
}

/** A contender that is missing something here; the message says what, in a few plain words. */
export class Unavailable extends Error {}

/** @param command the program and its arguments; `--threads N` is added */
export function childContender(name: string, command: readonly [string, ...string[]]): Contender {
  let child: ChildProcess | undefined;
  let answers: AsyncIterator<string> | undefined;
  let complaint = "";

  const answer = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await answers!.next();
    if (done) throw new Error(`${name} ended before it answered:\n${complaint.trim()}`);
    return JSON.parse(value);
  };
  const ask = (request: string) => {
    child!.stdin!.write(`${request}\n`);
    return answer();
  };

  return {
    name,
    async start(threads) {
      const [program, ...args] = [...heldTo(firstCores(threads)), ...command, "--threads", String(threads)];
      child = spawn(program!, args, { stdio: ["pipe", "pipe", "pipe"] });
      complaint = "";
      child.on("error", (error) => {
        complaint += error.message;
      });
      child.stdin!.on("error", () => {}); // a worker that ended shows as a missing answer
      child.stderr!.setEncoding("utf8").on("data", (text: string) => {
        complaint += text;
      });
      answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
      try {
        return (await answer()).info as Info;
      } catch (error) {
        throw missing(complaint, command[0]) ?? error;
      }
    },
    run: async (seconds) => (await ask(`run ${seconds}`)) as unknown as Measurement,
    gemm: async (seconds) => (await ask(`gemm ${seconds}`)).gflops as number,
    async stop() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child!.once("close", resolve));
      child.stdin!.end("quit\n");
      await ended;
    },
  };
}

/** Whether threads can be held to as many cores; without it, one thread may wander and the system may use more. */
export const canPin = spawnSync("taskset", ["-V"]).status === 0;

/** The beginning of a command line that holds what follows to these cores; empty where that cannot be done. */
export function heldTo(cores: readonly number[]): string[] {
  return canPin ? ["taskset", "-c", cores.join(",")] : [];
}

export function firstCores(threads: number): number[] {
  return Array.from({ length: threads }, (_, core) => core);
}

function missing(complaint: string, program: string): Unavailable | undefined {
  const module = /ModuleNotFoundError: No module named '([^']+)'/.exec(complaint)?.[1];
  if (module !== undefined) return new Unavailable(`${program} has no package ${module}`);
  const noProgram = /ENOENT|failed to execute/.test(complaint);
  return noProgram ? new Unavailable(`there is no program ${program}`) : undefined;
}
