// A worker's side of the protocol that contender.ts speaks, for programs written in TypeScript.

import { createInterface } from "node:readline";
import { quantile, timesOf } from "../src/measure/timing.ts";
import type { Info, Measurement } from "./contender.ts";

export interface Work {
  readonly info: Info;
  /** One update, with its batch and its noise drawn. */
  update(): Promise<void>;
  /** GFLOP/s of the engine's matrix product, measured for about `seconds`. */
  gemm(seconds: number): Promise<number>;
}

/** Warms up, then answers requests on standard input until `quit` or its end. */
export async function serve(work: Work, warmUp = 200): Promise<void> {
  for (let i = 0; i < warmUp; i++) await work.update();
  say({ ready: true, info: work.info });
  for await (const line of createInterface({ input: process.stdin })) {
    const [request, seconds] = line.trim().split(" ");
    if (request === "quit") return;
    say(
      request === "gemm" ? { gflops: await work.gemm(Number(seconds)) } : await rate(work, Number(seconds)),
    );
  }
}

async function rate(work: Work, seconds: number): Promise<Measurement> {
  const before = process.cpuUsage();
  const times = await timesOf(() => work.update(), seconds);
  const { user, system } = process.cpuUsage(before);
  const total = times.reduce((sum, time) => sum + time, 0);
  return {
    updates: times.length,
    seconds: total / 1e3,
    cpu: (user + system) / 1e6,
    p10: quantile(times, 0.1),
    p50: quantile(times, 0.5),
  };
}

function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
